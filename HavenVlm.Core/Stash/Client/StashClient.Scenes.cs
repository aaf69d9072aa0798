using System.Text.Json.Nodes;

namespace HavenVlm.Core.Stash.Client;

/// <summary>Calls about scenes.</summary>
internal sealed partial class StashClient
{
    /// <summary>A scene with its files, tags and markers; null when there is none.</summary>
    public async Task<StashScene?> FindSceneAsync(string id, CancellationToken cancellationToken) =>
        StashText.IsId(id) ? await SendForAsync<StashScene>(FindSceneCall(id), cancellationToken) : null;

    /// <summary>A scene (null when there is none) and the tag of VR scenes (null = none is set), in one request.</summary>
    public async Task<(StashScene? Scene, string? VrTag)> FindSceneAndVrTagAsync(string id, CancellationToken cancellationToken)
    {
        if (!StashText.IsId(id))
        {
            return (null, null);
        }

        var results = (await QueryAsync([FindSceneCall(id), VrTagCall()], cancellationToken)).OrThrow();
        return (results.Get<StashScene>(0), VrTagOf(results.Get<InterfaceSettings>(1)));
    }

    /// <summary>Ids of the tags that a scene carries (null when there is no such scene), and whether the family still is what it was.</summary>
    public async Task<(IReadOnlyList<string>? Tags, bool FamilyIsStill)> FindSceneTagsAsync(
        string id,
        StashTagFamily family,
        CancellationToken cancellationToken
    )
    {
        if (!StashText.IsId(id))
        {
            return (null, FamilyIsStill: true);
        }

        var calls = new List<GraphQlCall> { GraphQlCall.Of("FindSceneTags", new JsonObject { ["id"] = id }) };
        // A family that was only read lacks what does not exist.
        var known = family.All.Where(StashText.IsId).ToList();
        calls.AddRange(known.Select(FindTagCall));
        var results = (await QueryAsync(calls, cancellationToken)).OrThrow();
        var isStill = known.Select((tag, index) => family.IsUnchanged(tag, results.Get<StashTag>(index + 1))).All(still => still);
        var scene = results.Get<SceneTags>(0);
        return (scene is null ? null : [.. scene.Tags.Select(tag => tag.Id)], isStill);
    }

    /// <summary>Whether there is such a scene.</summary>
    public async Task<bool> HasSceneAsync(string id, CancellationToken cancellationToken) =>
        StashText.IsId(id)
        && (await QueryAsync([GraphQlCall.Of("FindSceneTags", new JsonObject { ["id"] = id })], cancellationToken))
            .OrThrow()
            .Get<SceneTags>(0)
            is not null;

    /// <summary>Ids of the scenes that carry a tag themselves, in order; scenes that change meanwhile neither repeat nor hide others.</summary>
    public IAsyncEnumerable<string> FindSceneIdsByTagAsync(string tagId, CancellationToken cancellationToken) =>
        FindSceneIdsAsync("", new JsonObject { ["tags"] = TagCriterion(tagId) }, cancellationToken);

    /// <summary>Ids of the scenes that a saved filter shows, in order of their ids.</summary>
    public IAsyncEnumerable<string> FindSceneIdsAsync(StashSceneFilter filter, CancellationToken cancellationToken) =>
        FindSceneIdsAsync(filter.Search, filter.Scenes, cancellationToken);

    /// <summary>Changes the tags of a scene: first the additions, then the removals, as one request. Ids that are already so cost a hook.</summary>
    /// <exception cref="StashException">Stash refused one of them; the other may have happened.</exception>
    public async Task ChangeSceneTagsAsync(
        string sceneId,
        IReadOnlyList<string> add,
        IReadOnlyList<string> remove,
        CancellationToken cancellationToken
    )
    {
        var calls = new List<GraphQlCall>();
        if (add.Count > 0)
        {
            calls.Add(UpdateScenesCall(sceneId, add, "ADD"));
        }

        if (remove.Count > 0)
        {
            calls.Add(UpdateScenesCall(sceneId, remove, "REMOVE"));
        }

        if (calls.Count > 0)
        {
            _ = (await SendAsync(calls, cancellationToken)).OrThrow();
        }
    }

    /// <summary>The call that reads a scene, for batches.</summary>
    public static GraphQlCall FindSceneCall(string id) => GraphQlCall.Of("FindScene", new JsonObject { ["id"] = id });

    /// <summary>Puts tags on a scene.</summary>
    public static GraphQlCall AddSceneTagsCall(string sceneId, IReadOnlyList<string> tagIds) => UpdateScenesCall(sceneId, tagIds, "ADD");

    /// <summary>Takes tags off a scene.</summary>
    public static GraphQlCall RemoveSceneTagsCall(string sceneId, IReadOnlyList<string> tagIds) =>
        UpdateScenesCall(sceneId, tagIds, "REMOVE");

    private static GraphQlCall UpdateScenesCall(string sceneId, IReadOnlyList<string> tagIds, string mode) =>
        BulkTagsCall("UpdateScenes", [sceneId], tagIds, mode);

    private IAsyncEnumerable<string> FindSceneIdsAsync(string search, JsonObject filter, CancellationToken cancellationToken) =>
        FindIdsAsync(SceneIds, search, filter, cancellationToken);

    private sealed record SceneTags(IReadOnlyList<TagId> Tags);
}
