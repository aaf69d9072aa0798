using System.Runtime.CompilerServices;

namespace HavenVlm.Core.Workflows.Ports;

/// <summary>Instances that have not ended.</summary>
internal static class ActiveInstances
{
    private const int PageSize = 500;
    private static readonly RuntimeStatus[] Active = [RuntimeStatus.Pending, RuntimeStatus.Running, RuntimeStatus.Suspended];

    /// <summary>Whether long activities are still wanted: ending or holding an instance does not stop its activities on every engine.</summary>
    public static async Task<bool> IsActiveAsync(
        this IOrchestrationClient client,
        string instanceId,
        CancellationToken cancellationToken
    ) =>
        (await client.GetAsync(instanceId, withInput: false, cancellationToken))?.RuntimeStatus
            is RuntimeStatus.Running
                or RuntimeStatus.Pending;

    /// <summary>The instances whose ids begin so and that are pending, running or suspended.</summary>
    public static async IAsyncEnumerable<OrchestrationInstance> ListActiveAsync(
        this IOrchestrationClient client,
        string prefix,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var query = new InstanceQuery
        {
            Prefix = prefix,
            Statuses = Active,
            Top = PageSize,
        };
        do
        {
            var page = await client.ListAsync(query, cancellationToken);
            foreach (var instance in page.Instances)
            {
                yield return instance;
            }

            query = query with { Continuation = page.Continuation };
        } while (query.Continuation is not null);
    }
}
