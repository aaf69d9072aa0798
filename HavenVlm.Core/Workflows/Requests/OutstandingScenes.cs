using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.Workflows.Requests;

/// <summary>The scenes that requests which have not ended still hold, suspended ones included.</summary>
/// <param name="SceneIds">The scenes.</param>
/// <param name="Listing">Selections whose list a request is about to take: what carries their tag now will be in it.</param>
/// <param name="Requests">Requests for tagged scenes that run.</param>
internal sealed record OutstandingScenes(
    IReadOnlySet<SceneId> SceneIds,
    IReadOnlySet<SceneSelection> Listing,
    IReadOnlyList<InstanceId> Requests
);

/// <summary>Reads which scenes are in a request that has not ended.</summary>
internal sealed class OutstandingSceneReader(RequestStore requests, IOrchestrationClient client)
{
    /// <summary>What is outstanding now; read it before Stash is asked which scenes carry a tag.</summary>
    /// <param name="except">A request that does not count; null = all do.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<OutstandingScenes> ReadAsync(string? except, CancellationToken cancellationToken)
    {
        var scenes = new HashSet<SceneId>();
        var listing = new HashSet<SceneSelection>();
        var tagged = new List<InstanceId>();
        await foreach (var instance in client.ListActiveAsync(WorkflowNames.RequestPrefix, cancellationToken))
        {
            // A dry run leaves the request tags on: it is not what they ask for.
            if (
                string.Equals(instance.InstanceId, except, StringComparison.Ordinal)
                || await requests.FindRequestAsync(instance.InstanceId, cancellationToken) is not { DryRun: false } request
            )
            {
                continue;
            }

            if (!request.ByName && instance.RuntimeStatus is not RuntimeStatus.Suspended)
            {
                tagged.Add(instance.InstanceId);
            }

            if (await requests.ReadScenesAsync(instance.InstanceId, cancellationToken) is { } list)
            {
                var state = await requests.ReadStateAsync(instance.InstanceId, cancellationToken);
                scenes.UnionWith(list.Skip(state.Next));
                scenes.UnionWith(state.Running.Select(scene => scene.SceneId));
            }
            else if (instance.RuntimeStatus is not RuntimeStatus.Suspended)
            {
                listing.Add(request.Selection);
            }
        }

        // What was terminated loses its tag in a moment.
        await foreach (var release in client.ListActiveAsync(WorkflowNames.ReleasePrefix, cancellationToken))
        {
            scenes.Add(SceneId.Known(release.InstanceId.Value[WorkflowNames.ReleasePrefix.Length..]));
        }

        return new OutstandingScenes(scenes, listing, tagged);
    }
}
