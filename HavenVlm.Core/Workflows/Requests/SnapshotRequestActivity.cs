using HavenVlm.Core.Common;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Filters;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;

namespace HavenVlm.Core.Workflows.Requests;

/// <summary>Asks Stash once which scenes a request is for and writes the list down; a repeated call finds it written.</summary>
internal sealed class SnapshotRequestActivity(
    RequestStore requests,
    RequestedScenes requested,
    OutstandingSceneReader outstanding,
    SavedFilters filters,
    StashClient stash
) : IActivity<RequestInput, int>
{
    public Task<int> RunAsync(RequestInput input, CancellationToken cancellationToken) =>
        StashOutagePolicy.RunAsync(() => SnapshotAsync(input, cancellationToken));

    private async Task<int> SnapshotAsync(RequestInput input, CancellationToken cancellationToken)
    {
        if (await requests.ReadScenesAsync(input.InstanceId, cancellationToken) is { } known)
        {
            return known.Length;
        }

        var request = await requests.ReadRequestAsync(input.InstanceId, cancellationToken);
        var others = request.NewOnly ? await outstanding.ReadAsync(input.InstanceId, cancellationToken) : null;
        var ids = await FindAsync(request, cancellationToken);
        if (others is not null)
        {
            ids = [.. ids.Where(id => !others.SceneIds.Contains(id))];
        }

        await requests.WriteScenesAsync(input.InstanceId, ids, cancellationToken);
        return ids.Count;
    }

    private async Task<IReadOnlyList<SceneId>> FindAsync(SceneRequest request, CancellationToken cancellationToken)
    {
        switch (request.Selection)
        {
            case SceneSelection.Named:
                return request.SceneIds;
            case SceneSelection.Filter:
                var filter = await filters.FindAsync(request.Filter, cancellationToken);
                return await ListAsync(stash.FindSceneIdsAsync(filter, cancellationToken), cancellationToken);
            default:
                var tags = request.DryRun
                    ? await requested.PreviewTagsAsync(cancellationToken)
                    : await requested.TagsAsync(cancellationToken);
                var tag = request.Selection is SceneSelection.TagMe ? tags.TagMe : tags.UpdateMe;
                return await ListAsync(requested.ListAsync(tag, cancellationToken), cancellationToken);
        }
    }

    private static async Task<IReadOnlyList<SceneId>> ListAsync(IAsyncEnumerable<string> ids, CancellationToken cancellationToken)
    {
        var list = new List<SceneId>();
        await foreach (var id in ids.WithCancellation(cancellationToken))
        {
            list.Add(SceneId.Known(id));
        }

        return list;
    }
}
