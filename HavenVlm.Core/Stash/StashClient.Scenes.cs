using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace HavenVlm.Core.Stash;

/// <summary>Calls about scenes.</summary>
internal sealed partial class StashClient
{
    private const int PageSize = 1000;

    /// <summary>A scene with its files, tags and markers; null when there is none.</summary>
    public async Task<StashScene?> FindSceneAsync(string id, CancellationToken cancellationToken) =>
        StashText.IsId(id) ? await SendForAsync<StashScene>(FindSceneCall(id), cancellationToken) : null;

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
        calls.AddRange(family.All.Select(FindTagCall));
        var results = (await SendAsync(calls, cancellationToken)).OrThrow();
        var isStill = family.All.Select((tag, index) => family.IsStill(tag, results.Get<StashTag>(index + 1))).All(still => still);
        var scene = results.Get<SceneTags>(0);
        return (scene is null ? null : [.. scene.Tags.Select(tag => tag.Id)], isStill);
    }

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

    private static GraphQlCall UpdateScenesCall(string sceneId, IReadOnlyList<string> tagIds, string mode) =>
        GraphQlCall.Of(
            "UpdateScenes",
            new JsonObject
            {
                ["input"] = new JsonObject
                {
                    ["ids"] = new JsonArray(sceneId),
                    ["tag_ids"] = new JsonObject
                    {
                        ["ids"] = new JsonArray([.. tagIds.Select(id => JsonValue.Create(id))]),
                        ["mode"] = mode,
                    },
                },
            }
        );

    // Depth 0: the tag itself, not its children (the family's tags are children of `VLM`).
    private static JsonObject TagCriterion(string tagId) =>
        new()
        {
            ["value"] = new JsonArray(tagId),
            ["modifier"] = "INCLUDES",
            ["depth"] = 0,
        };

    private async IAsyncEnumerable<string> FindSceneIdsAsync(
        string search,
        JsonObject filter,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        // By id instead of by page number: what loses its tag meanwhile would shift the pages.
        for (long last = 0; ; )
        {
            var scenes = (JsonObject)filter.DeepClone();
            scenes["id"] = new JsonObject { ["value"] = last, ["modifier"] = "GREATER_THAN" };
            var find = new JsonObject
            {
                ["per_page"] = PageSize,
                ["sort"] = "id",
                ["direction"] = "ASC",
            };
            if (search.Length > 0)
            {
                find["q"] = search;
            }

            var call = GraphQlCall.Of("FindSceneIds", new JsonObject { ["filter"] = find, ["scenes"] = scenes });
            var page = (await SendForAsync<SceneIds>(call, cancellationToken))?.Scenes ?? [];
            var before = last;
            foreach (var scene in page.Where(scene => StashText.IsId(scene.Id)))
            {
                var id = long.Parse(scene.Id);
                if (id > last)
                {
                    last = id;
                    yield return scene.Id;
                }
            }

            if (page.Count < PageSize || last == before)
            {
                yield break;
            }
        }
    }

    private sealed record SceneTags(IReadOnlyList<TagId> Tags);

    private sealed record SceneIds(IReadOnlyList<TagId> Scenes);
}
