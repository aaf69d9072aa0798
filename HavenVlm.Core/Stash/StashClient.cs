using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HavenVlm.Core.Stash;

/// <summary>
/// Speaks Stash's GraphQL: typed calls, batches as one request, differences between servers by introspection.
/// Every call throws <see cref="StashUnavailableException"/> where trying later helps and <see cref="StashException"/> where it does not.
/// </summary>
internal sealed partial class StashClient(StashTransport transport, TimeProvider time)
{
    private const int PageSize = 1000;

    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(60);

    // Stash runs the plugin hooks of every change before it answers, and waits for each without a limit.
    private static readonly TimeSpan TimeoutPerMutation = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SchemaLifetime = TimeSpan.FromMinutes(30);

    private static readonly string[] FieldLists = ["fields", "inputFields"];

    private volatile KnownSchema? _schema;

    /// <summary>Address of the Stash in use, without a trailing slash.</summary>
    public string BaseUrl => transport.BaseUrl;

    /// <summary>Sends calls as one request. Complaints about single calls are in the results; the rest has happened nevertheless.</summary>
    public async Task<GraphQlResults> SendAsync(IReadOnlyList<GraphQlCall> calls, CancellationToken cancellationToken)
    {
        var dependsOnSchema = calls.Any(call => call.Document.DependsOnSchema);
        try
        {
            return await SendOnceAsync(calls, dependsOnSchema ? await SchemaAsync(cancellationToken) : null, cancellationToken);
        }
        catch (StashException e) when (e.Kind == StashErrorKind.Invalid)
        {
            // The server was exchanged for another version while we ran.
            _schema = null;
            if (!dependsOnSchema || calls[0].Document.IsMutation)
            {
                throw;
            }
        }

        return await SendOnceAsync(calls, await SchemaAsync(cancellationToken), cancellationToken);
    }

    /// <summary>What the server can do.</summary>
    public async Task<StashSchema> SchemaAsync(CancellationToken cancellationToken)
    {
        if (_schema is { } known && known.Url.Equals(BaseUrl, StringComparison.Ordinal) && time.GetElapsedTime(known.Read) < SchemaLifetime)
        {
            return known.Schema;
        }

        var url = BaseUrl;
        List<GraphQlCall> calls = [GraphQlCall.Of("Version")];
        calls.AddRange(StashSchema.Types.Select(type => GraphQlCall.Of("IntrospectType", new JsonObject { ["name"] = type })));
        var results = (await SendOnceAsync(calls, schema: null, cancellationToken)).OrThrow();
        var fields =
            from index in Enumerable.Range(0, StashSchema.Types.Count)
            from part in FieldLists
            from field in results.Get<IReadOnlyList<NamedField>>(index + 1, part) ?? []
            select $"{StashSchema.Types[index]}.{field.Name}";
        var schema = new StashSchema(
            StashText.Clean(results.Get<string>(0, "version") ?? "unknown"),
            fields.ToHashSet(StringComparer.Ordinal)
        );
        _schema = new KnownSchema(url, schema, time.GetTimestamp());
        transport.Health.Version = schema.Version;
        return schema;
    }

    /// <summary>Whether Stash answers without any key: then it answers every stranger on its network too.</summary>
    public async Task<bool> AnswersStrangersAsync(CancellationToken cancellationToken)
    {
        var (query, variables) = GraphQlBatch.Compose([GraphQlCall.Of("Version")], schema: null);
        try
        {
            using var reply = await transport.SendAsync(query, variables, QueryTimeout, withKey: false, cancellationToken);
            return GraphQlResults.Read(reply, 1, BaseUrl).Errors.Count == 0;
        }
        catch (StashException e) when (e.Kind == StashErrorKind.Unauthorized)
        {
            return false;
        }
    }

    /// <summary>The size of the library.</summary>
    public async Task<StashStatistics> StatisticsAsync(CancellationToken cancellationToken) =>
        await SendForAsync<StashStatistics>(GraphQlCall.Of("Stats"), cancellationToken)
        ?? throw new StashUnavailableException(StashErrorKind.BrokenReply, "Stash sent no statistics.");

    /// <summary>Name of the tag that VR scenes carry, as set in Stash's interface settings; null = none.</summary>
    public async Task<string?> VrTagAsync(CancellationToken cancellationToken)
    {
        var settings = await SendForAsync<InterfaceSettings>(GraphQlCall.Of("InterfaceSettings"), cancellationToken);
        return
            settings?.Ui is { } ui
            && ui.TryGetValue("vrTag", out var tag)
            && tag.ValueKind == JsonValueKind.String
            && tag.GetString() is { Length: > 0 } name
            ? name
            : null;
    }

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

    /// <summary>How many scenes carry a tag themselves; cheap enough to be asked every few seconds.</summary>
    public async Task<int> CountScenesAsync(string tagId, CancellationToken cancellationToken)
    {
        var call = GraphQlCall.Of(
            "CountScenes",
            new JsonObject
            {
                ["filter"] = new JsonObject { ["per_page"] = 0 },
                ["scenes"] = new JsonObject { ["tags"] = TagCriterion(tagId) },
            }
        );
        return (await SendForAsync<Count>(call, cancellationToken))?.Value ?? 0;
    }

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

    private async Task<T?> SendForAsync<T>(GraphQlCall call, CancellationToken cancellationToken)
        where T : class => (await SendAsync([call], cancellationToken)).OrThrow().Get<T>(0);

    private async Task<GraphQlResults> SendOnceAsync(
        IReadOnlyList<GraphQlCall> calls,
        StashSchema? schema,
        CancellationToken cancellationToken
    )
    {
        var (query, variables) = GraphQlBatch.Compose(calls, schema);
        var timeout = calls[0].Document.IsMutation ? QueryTimeout + (TimeoutPerMutation * calls.Count) : QueryTimeout;
        using var reply = await transport.SendAsync(query, variables, timeout, withKey: true, cancellationToken);
        return GraphQlResults.Read(reply, calls.Count, BaseUrl);
    }

    private sealed record KnownSchema(string Url, StashSchema Schema, long Read);

    private sealed record NamedField(string Name);

    private sealed record InterfaceSettings(Dictionary<string, JsonElement>? Ui = null);

    private sealed record SceneTags(IReadOnlyList<TagId> Tags);

    private sealed record TagId(string Id);

    private sealed record SceneIds(IReadOnlyList<TagId> Scenes);

    private sealed record Count([property: System.Text.Json.Serialization.JsonPropertyName("count")] int Value);
}
