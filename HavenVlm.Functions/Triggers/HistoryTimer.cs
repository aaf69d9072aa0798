using HavenVlm.Core.Configuration;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Functions.Triggers;

/// <summary>Forgets ended instances that were started longer ago than <c>storage.keepHistory</c>.</summary>
/// <param name="settings">How long they are kept.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it is logged.</param>
public sealed class HistoryTimer(SettingsSource settings, TimeProvider time, ILogger<HistoryTimer> logger)
{
    private static readonly OrchestrationRuntimeStatus[] s_ended =
    [
        OrchestrationRuntimeStatus.Completed,
        OrchestrationRuntimeStatus.Failed,
        OrchestrationRuntimeStatus.Terminated,
    ];

    /// <summary>Every night at half past three.</summary>
    [Function(nameof(HistoryTimer))]
    public async Task RunAsync(
        [TimerTrigger("0 30 3 * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        var before = time.GetUtcNow() - settings.Current.Storage.KeepHistory;
        var filter = new PurgeInstancesFilter(CreatedTo: before, Statuses: s_ended);
        var purged = await client.PurgeAllInstancesAsync(filter, cancellationToken);
        logger.LogInformation("Forgot {Count} instances that were started before {Before}", purged.PurgedInstanceCount, before);
    }
}
