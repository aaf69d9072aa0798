using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;

namespace HavenVlm.Core.Api;

/// <summary>Instances as the API shows them, with live progress.</summary>
internal sealed class InstanceViews(IOrchestrationClient client, LiveProgress live)
{
    /// <summary>State of an instance, or null.</summary>
    public async Task<InstanceResponse?> GetAsync(string instanceId, bool withInput, CancellationToken cancellationToken) =>
        await client.GetAsync(instanceId, withInput, cancellationToken) is { } instance ? InstanceResponse.From(instance, live) : null;

    /// <summary>One page of them, and where the next begins; null = this is the last.</summary>
    public async Task<(IReadOnlyList<InstanceResponse> Instances, string? Continuation)> ListAsync(
        InstanceQuery query,
        CancellationToken cancellationToken
    )
    {
        var page = await client.ListAsync(query, cancellationToken);
        return ([.. page.Instances.Select(i => InstanceResponse.From(i, live))], page.Continuation);
    }
}
