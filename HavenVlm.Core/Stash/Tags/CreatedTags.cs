using System.Text.Json;
using System.Text.Json.Nodes;
using HavenVlm.Core.Common;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Stash.Tags;

/// <summary>
/// The tags that Haven VLM created in Stash. One that nothing uses and nobody changed can be removed: no scene, marker, image, gallery,
/// performer, studio or group carries it, no other tag stands under it, no saved filter names it.
/// </summary>
internal sealed class CreatedTags(StashClient client, TagRegistry registry, TagFamily family, TagResolver resolver)
{
    private const int BatchSize = 100;

    // Content tags, the family, its base: each round removes what the one before it made childless.
    private const int Rounds = 10;

    /// <summary>Removes those that nothing uses any more; again, it removes nothing more.</summary>
    /// <param name="dryRun">Names those that would be removed if nothing used them, and removes nothing.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Names of those removed, and of ours that stay because they are used or were changed.</returns>
    public async Task<(IReadOnlyList<string> Removed, IReadOnlyList<string> Kept)> RemoveUnusedAsync(
        bool dryRun,
        CancellationToken cancellationToken
    )
    {
        if (await registry.IntendedAsync(cancellationToken) is { Count: > 0 } intended)
        {
            // Stash may have created them although its reply was lost: found, they are recorded as ours.
            _ = await resolver.LookUpAsync(intended, [], [], cancellationToken);
        }

        var recorded = await registry.ReadAsync(cancellationToken);
        var ours = recorded
            .Where(tag => tag.Value.Ours)
            .DistinctBy(tag => tag.Value.Id, StringComparer.Ordinal)
            .ToDictionary(tag => tag.Value.Id, StringComparer.Ordinal);
        var filters = ours.Count == 0 ? "" : await FiltersAsync(cancellationToken);
        var removed = new List<string>();
        var present = await UsesAsync([.. ours.Keys], cancellationToken);
        bool IsUntouched(TagUse use) => IsOurs(use, ours[use.Id]) && !IsNamedIn(filters, use);
        if (dryRun)
        {
            return Result(present.Where(IsUntouched).Select(use => use.Name), present.Where(use => !IsUntouched(use)), ours);
        }

        for (var round = 0; round < Rounds; round++)
        {
            var unused = present.Where(use => use is { Count: 0, Children.Count: 0 } && IsUntouched(use)).ToList();
            if (unused.Count == 0)
            {
                break;
            }

            removed.AddRange(await DestroyAsync(unused, cancellationToken));
            present = await UsesAsync([.. present.Select(use => use.Id)], cancellationToken);
        }

        family.Forget();
        var gone = ours.Keys.Except(present.Select(use => use.Id), StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        await registry.ForgetAsync(gone, cancellationToken);
        return Result(removed, present, ours);
    }

    private static (IReadOnlyList<string> Removed, IReadOnlyList<string> Kept) Result(
        IEnumerable<string> removed,
        IEnumerable<TagUse> present,
        Dictionary<string, KeyValuePair<string, RecordedTag>> ours
    ) =>
        (
            [.. removed.Order(StringComparer.Ordinal)],
            [.. present.Where(use => ours[use.Id].Value.Is(use.Tag)).Select(use => use.Name).Order(StringComparer.Ordinal)]
        );

    /// <summary>Whether we made the tag and nobody changed it since.</summary>
    private static bool IsOurs(TagUse use, KeyValuePair<string, RecordedTag> recorded) =>
        recorded.Value.Is(use.Tag)
        && use.Name.Equals(recorded.Key, StringComparison.Ordinal)
        && use.Aliases.Count == 0
        && string.IsNullOrEmpty(use.Description)
        && string.Equals(use.CreatedAt, use.UpdatedAt, StringComparison.Ordinal);

    private static bool IsNamedIn(string filters, TagUse use) =>
        filters.Contains($"\"id\":\"{use.Id}\"", StringComparison.Ordinal)
        && filters.Contains(WithoutSpaces(use.Name), StringComparison.Ordinal);

    /// <summary>Destroys tags; one that somebody put to use a moment ago is refused and stays.</summary>
    private async Task<List<string>> DestroyAsync(List<TagUse> tags, CancellationToken cancellationToken)
    {
        var destroyed = new List<string>();
        foreach (var batch in tags.Chunk(BatchSize))
        {
            var results = await client.SendAsync([.. batch.Select(tag => DestroyCall(tag.Id))], cancellationToken);
            if (results.Errors.Any(error => error.Call is null))
            {
                _ = results.OrThrow();
            }

            var refused = results.Errors.Select(error => error.Call).ToHashSet();
            destroyed.AddRange(batch.Where((_, index) => !refused.Contains(index)).Select(tag => tag.Name));
        }

        return destroyed;
    }

    private async Task<List<TagUse>> UsesAsync(List<string> ids, CancellationToken cancellationToken)
    {
        var uses = new List<TagUse>();
        foreach (var batch in ids.Chunk(BatchSize))
        {
            var calls = batch.Select(id => GraphQlCall.Of("FindTagUse", new JsonObject { ["id"] = id })).ToList();
            var results = (await client.SendAsync(calls, cancellationToken)).OrThrow();
            uses.AddRange(Enumerable.Range(0, calls.Count).Select(results.Get<TagUse>).OfType<TagUse>());
        }

        return uses;
    }

    /// <summary>What the user's saved filters and page settings say, in whatever form, without what differs between the forms.</summary>
    private async Task<string> FiltersAsync(CancellationToken cancellationToken)
    {
        var results = (
            await client.SendAsync([GraphQlCall.Of("AllSavedFilters"), GraphQlCall.Of("InterfaceSettings")], cancellationToken)
        ).OrThrow();
        var text = JsonSerializer.Serialize(new[] { results.Get<JsonNode>(0), results.Get<JsonNode>(1) }, HavenJson.Options);
        return WithoutSpaces(text);
    }

    // Filters of older servers are JSON within JSON within JSON.
    private static string WithoutSpaces(string text) =>
        text.Replace("\\u0022", "\"", StringComparison.Ordinal)
            .Replace("\\", "", StringComparison.Ordinal)
            .Replace(" ", "", StringComparison.Ordinal);

    private static GraphQlCall DestroyCall(string id) =>
        GraphQlCall.Of("DestroyTag", new JsonObject { ["input"] = new JsonObject { ["id"] = id } });

    private sealed record TagUse(string Id, string Name, string? Description, string? CreatedAt, string? UpdatedAt)
    {
        public IReadOnlyList<string> Aliases { get; init; } = [];

        public IReadOnlyList<StashTagReference> Children { get; init; } = [];

        public int SceneCount { get; init; }

        public int SceneMarkerCount { get; init; }

        public int ImageCount { get; init; }

        public int GalleryCount { get; init; }

        public int PerformerCount { get; init; }

        public int StudioCount { get; init; }

        public int GroupCount { get; init; }

        public int Count => SceneCount + SceneMarkerCount + ImageCount + GalleryCount + PerformerCount + StudioCount + GroupCount;

        public StashTag Tag =>
            new()
            {
                Id = Id,
                Name = Name,
                CreatedAt = CreatedAt,
            };
    }

    private sealed record StashTagReference(string Id);
}
