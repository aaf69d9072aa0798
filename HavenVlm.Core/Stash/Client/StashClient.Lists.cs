using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace HavenVlm.Core.Stash.Client;

/// <summary>Lists of ids, page by page.</summary>
internal sealed partial class StashClient
{
    private const int PageSize = 1000;
    private static readonly IdList SceneIds = new("FindSceneIds", "scenes");
    private static readonly IdList ImageIds = new("FindImageIds", "images");
    private static readonly IdList GalleryIds = new("FindGalleryIds", "galleries");

    // Depth 0: the tag itself, not its children (the family's tags are children of `VLM`).
    private static JsonObject TagCriterion(string tagId) => TagCriterion([tagId]);

    private static JsonObject TagCriterion(IReadOnlyList<string> tagIds, string modifier = "INCLUDES") =>
        new()
        {
            ["value"] = Texts(tagIds),
            ["modifier"] = modifier,
            ["depth"] = 0,
        };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    /// <summary>By id instead of by page number: what loses its tag meanwhile would shift the pages.</summary>
    private async IAsyncEnumerable<string> FindIdsAsync(
        IdList list,
        string search,
        JsonObject filter,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        for (long last = 0; ; )
        {
            var further = (JsonObject)filter.DeepClone();
            further["id"] = new JsonObject { ["value"] = last, ["modifier"] = "GREATER_THAN" };
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

            var call = GraphQlCall.Of(list.Document, new JsonObject { ["filter"] = find, [list.Part] = further });
            var results = (await SendAsync([call], cancellationToken)).OrThrow();
            var page = results.Get<IReadOnlyList<TagId>>(0, list.Part) ?? [];
            var before = last;
            foreach (var found in page.Where(found => StashText.IsId(found.Id)))
            {
                var id = long.Parse(found.Id);
                if (id > last)
                {
                    last = id;
                    yield return found.Id;
                }
            }

            if (page.Count < PageSize || last == before)
            {
                yield break;
            }
        }
    }

    /// <summary>A kind of list.</summary>
    /// <param name="Document">Name of the query.</param>
    /// <param name="Part">Name of the rows in its result, and of the variable that filters them.</param>
    private sealed record IdList(string Document, string Part);
}
