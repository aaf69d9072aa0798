using System.Globalization;
using System.Security.Cryptography;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Workflows.Collecting;
using HavenVlm.Core.Workflows.Collecting.Exports;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.Api;

/// <summary>Body of <c>POST /api/incorrect/collect</c>.</summary>
public sealed record CollectRequest
{
    /// <summary>Exports right markers and images too, so that a model can be trained on both.</summary>
    public bool All { get; init; }
}

/// <summary>Turns calls into instances that collect.</summary>
internal sealed class CollectRequests(
    CollectStore store,
    IOrchestrationClient client,
    SettingsSource settings,
    ExportRule rule,
    TimeProvider time
)
{
    /// <summary>Starts one, or joins the one of the same kind that runs: two would export the same; returns its instance id.</summary>
    public async Task<string> StartAsync(CollectRequest body, CancellationToken cancellationToken)
    {
        rule.Check(Path.GetFullPath(settings.Current.Export.OutputDir));
        var prefix = WorkflowNames.IncorrectPrefix + (body.All ? "all-" : "");
        var running = await client.ListAsync(
            new InstanceQuery { Prefix = prefix, Statuses = [RuntimeStatus.Pending, RuntimeStatus.Running, RuntimeStatus.Suspended] },
            cancellationToken
        );
        var isAll = (OrchestrationInstance instance) =>
            instance.InstanceId.Value.StartsWith(WorkflowNames.IncorrectPrefix + "all-", StringComparison.Ordinal);
        if (running.Instances.FirstOrDefault(instance => isAll(instance) == body.All) is { } active)
        {
            return active.InstanceId;
        }

        var token =
            time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)
            + "-"
            + RandomNumberGenerator.GetHexString(4, lowercase: true);
        var id = prefix + token;
        var folder = Path.GetFullPath(Path.Combine(settings.Current.Export.OutputDir, token));
        await store.WriteSelectionAsync(id, new CollectSelection(body.All, folder), cancellationToken);
        await client.StartAsync(WorkflowNames.CollectIncorrect, id, new CollectInput(), cancellationToken);
        return id;
    }
}
