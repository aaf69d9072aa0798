using System.Text.Json.Nodes;

namespace HavenVlm.Core.Stash.Client;

/// <summary>Calls about tags.</summary>
internal sealed partial class StashClient
{
    /// <summary>The call that reads a tag by its id, for batches; null when there is none.</summary>
    public static GraphQlCall FindTagCall(string id) => GraphQlCall.Of("FindTag", new JsonObject { ["id"] = id });

    /// <summary>
    /// The call that finds tags by name, for batches. Stash compares with SQL's LIKE, so the reply may hold others: compare again.
    /// </summary>
    public static GraphQlCall FindTagsByNameCall(string name) => FindTagsCall(Equal("name", name));

    /// <summary>The call that finds tags by alias, for batches; the same care as with <see cref="FindTagsByNameCall"/>.</summary>
    public static GraphQlCall FindTagsByAliasCall(string alias) => FindTagsCall(Equal("aliases", alias));

    /// <summary>The call that creates a tag which Stash's auto-tagging leaves alone, for batches.</summary>
    public static GraphQlCall CreateTagCall(string name, string? parentId)
    {
        var input = new JsonObject { ["name"] = name, ["ignore_auto_tag"] = true };
        if (parentId is not null)
        {
            input["parent_ids"] = new JsonArray(parentId);
        }

        return GraphQlCall.Of("CreateTag", new JsonObject { ["input"] = input });
    }

    /// <summary>Tags in a reply to one of the calls that find tags.</summary>
    public static IReadOnlyList<StashTag> ReadTags(GraphQlResults results, int call) =>
        results.Get<IReadOnlyList<StashTag>>(call, "tags") ?? [];

    /// <summary>The tag of that name, else the one that has it as an alias; null when there is none.</summary>
    public async Task<StashTag?> FindTagAsync(string name, CancellationToken cancellationToken)
    {
        var results = (await SendAsync([FindTagsByNameCall(name), FindTagsByAliasCall(name)], cancellationToken)).OrThrow();
        return StashTagMatch.ByName(ReadTags(results, 0), name) ?? StashTagMatch.ByAlias(ReadTags(results, 1), name);
    }

    /// <summary>The tags directly under a tag, with their descriptions, in order of their names.</summary>
    /// <exception cref="StashException">There is no tag of that name.</exception>
    public async Task<IReadOnlyList<StashTag>> FindChildTagsAsync(string parentName, CancellationToken cancellationToken)
    {
        var parent =
            await FindTagAsync(parentName, cancellationToken)
            ?? throw new StashException(
                StashErrorKind.NeedsUser,
                $"Stash has no tag '{StashText.Clean(parentName)}': make it, or correct tagsFromStash."
            );
        var call = FindTagsCall(new JsonObject { ["parents"] = TagCriterion(parent.Id) });
        var tags = ReadTags((await SendAsync([call], cancellationToken)).OrThrow(), 0);
        return [.. tags.OrderBy(tag => tag.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Every tag of the library, in order of their names.</summary>
    public async Task<IReadOnlyList<StashTag>> FindAllTagsAsync(CancellationToken cancellationToken)
    {
        var tags = ReadTags((await SendAsync([FindTagsCall([])], cancellationToken)).OrThrow(), 0);
        return [.. tags.OrderBy(tag => tag.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>How many scenes, images and galleries carry each tag; a tag that is gone is left out.</summary>
    public async Task<IReadOnlyList<StashTagCount>> CountTagsAsync(IReadOnlyList<string> tagIds, CancellationToken cancellationToken)
    {
        var calls = tagIds.Select(id => GraphQlCall.Of("CountTag", new JsonObject { ["id"] = id })).ToList();
        var results = (await SendAsync(calls, cancellationToken)).OrThrow();
        return [.. Enumerable.Range(0, calls.Count).Select(results.Get<StashTagCount>).OfType<StashTagCount>()];
    }

    private static GraphQlCall FindTagsCall(JsonObject filter) =>
        GraphQlCall.Of(
            "FindTags",
            new JsonObject
            {
                ["filter"] = new JsonObject { ["per_page"] = -1 },
                ["tags"] = filter,
            }
        );

    private static JsonObject Equal(string field, string value) =>
        new()
        {
            [field] = new JsonObject { ["value"] = value, ["modifier"] = "EQUALS" },
        };
}

/// <summary>Picks the tag that was meant out of what Stash's LIKE found.</summary>
internal static class StashTagMatch
{
    /// <summary>The tag of exactly that name, else of that name in another case (Stash allows only one of them).</summary>
    public static StashTag? ByName(IEnumerable<StashTag> tags, string name) => Best(tags, name, tag => [tag.Name]);

    public static StashTag? ByAlias(IEnumerable<StashTag> tags, string alias) => Best(tags, alias, tag => tag.Aliases);

    private static StashTag? Best(IEnumerable<StashTag> tags, string wanted, Func<StashTag, IReadOnlyList<string>> names)
    {
        StashTag? best = null;
        foreach (var tag in tags)
        {
            foreach (var name in names(tag))
            {
                if (string.Equals(name, wanted, StringComparison.Ordinal))
                {
                    return tag;
                }

                if (StashText.SameName(name, wanted))
                {
                    best ??= tag;
                }
            }
        }

        return best;
    }
}
