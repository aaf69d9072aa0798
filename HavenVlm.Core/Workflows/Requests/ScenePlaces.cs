using HavenVlm.Core.Configuration;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.Workflows.Requests;

/// <summary>
/// How many further scenes may start: <c>concurrency.scenes</c> holds over all requests, and scenes requested by name go first. Suspended
/// scenes hold no place: they hold no resources.
/// </summary>
internal sealed class ScenePlaces(RequestStore requests, IOrchestrationClient client, SettingsSource settings, TimeProvider time)
{
    /// <summary>Places free for a request, under the admission lock; none or less than none = it waits.</summary>
    public async Task<int> CountFreeAsync(SceneRequest request, CancellationToken cancellationToken)
    {
        if (!request.ByName && await requests.IsAnyWaitingAsync(time.GetUtcNow(), cancellationToken))
        {
            return 0;
        }

        var limit = settings.Current.Concurrency.Scenes;
        var query = new InstanceQuery
        {
            Prefix = WorkflowNames.ScenePrefix,
            Statuses = [RuntimeStatus.Pending, RuntimeStatus.Running],
            Top = Math.Min(1000, limit + 1),
        };
        var running = await client.ListAsync(query, cancellationToken);
        return limit - running.Instances.Count;
    }
}
