using HavenVlm.Core.Configuration;
using HavenVlm.Core.Workflows.Running;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Functions.Triggers;

/// <summary>Forgets ended instances that were started longer ago than <c>storage.keepHistory</c>, and what they wrote for themselves.</summary>
/// <param name="settings">How long they are kept.</param>
/// <param name="artifacts">What they wrote.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it is logged.</param>
public sealed class HistoryTimer(SettingsSource settings, InstanceArtifacts artifacts, TimeProvider time, ILogger<HistoryTimer> logger)
{
    private const int PageSize = 250;

    private static readonly OrchestrationRuntimeStatus[] Ended =
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
        var count = 0;
        var query = new OrchestrationQuery(CreatedTo: before, Statuses: Ended, PageSize: PageSize);
        await foreach (var instance in client.GetAllInstancesAsync(query).WithCancellation(cancellationToken))
        {
            // The storage's own bounds differ between versions.
            if (instance.CreatedAt >= before || !instance.IsCompleted)
            {
                continue;
            }

            var names = await artifacts.ListAsync(instance.Name, instance.InstanceId, cancellationToken);
            var purged = await client.PurgeInstanceAsync(instance.InstanceId, cancellationToken);
            if (purged.PurgedInstanceCount > 0)
            {
                await artifacts.DeleteAsync(instance.Name, instance.InstanceId, names, cancellationToken);
                count++;
            }
        }

        logger.LogInformation("Forgot {Count} instances that were started before {Before}", count, before);
    }
}
