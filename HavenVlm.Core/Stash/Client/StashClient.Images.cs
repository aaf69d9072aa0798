using System.Text.Json.Nodes;

namespace HavenVlm.Core.Stash.Client;

/// <summary>Calls about images and galleries.</summary>
internal sealed partial class StashClient
{
    // One request for so many images: by the list of ids alone an old server would send its whole library.
    private const int ImagesPerRequest = 100;
    private const int GalleriesPerFilter = 100;

    /// <summary>The images of these ids; those that Stash does not have are left out.</summary>
    public async Task<IReadOnlyDictionary<string, StashImage>> FindImagesAsync(IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        var images = new Dictionary<string, StashImage>(StringComparer.Ordinal);
        foreach (var page in ids.Where(StashText.IsId).Distinct(StringComparer.Ordinal).Chunk(ImagesPerRequest))
        {
            var results = (await SendAsync([.. page.Select(FindImageCall)], cancellationToken)).OrThrow();
            for (var i = 0; i < page.Length; i++)
            {
                if (results.Get<StashImage>(i) is { } image)
                {
                    images[page[i]] = image;
                }
            }
        }

        return images;
    }

    /// <summary>An image with its files, tags and galleries; null when there is none.</summary>
    public async Task<StashImage?> FindImageAsync(string id, CancellationToken cancellationToken) =>
        (await FindImagesAsync([id], cancellationToken)).GetValueOrDefault(id);

    /// <summary>Ids of the images that carry one of these tags themselves, in order, page by page.</summary>
    public IAsyncEnumerable<string> FindImageIdsByTagAsync(IReadOnlyList<string> tagIds, CancellationToken cancellationToken) =>
        FindIdsAsync(ImageIds, "", new JsonObject { ["tags"] = TagCriterion(tagIds) }, cancellationToken);

    /// <summary>Ids of the images in these galleries that carry none of these tags themselves, page by page; ordered within 100 galleries.</summary>
    public async IAsyncEnumerable<string> FindImageIdsOfGalleriesAsync(
        IReadOnlyList<string> galleryIds,
        IReadOnlyList<string> withoutTagIds,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        foreach (var galleries in galleryIds.Chunk(GalleriesPerFilter))
        {
            await foreach (var id in FindIdsAsync(ImageIds, "", ImagesOf(galleries, withoutTagIds), cancellationToken))
            {
                yield return id;
            }
        }
    }

    /// <summary>Ids of the galleries that carry one of these tags themselves, in order, page by page.</summary>
    public IAsyncEnumerable<string> FindGalleryIdsByTagAsync(IReadOnlyList<string> tagIds, CancellationToken cancellationToken) =>
        FindIdsAsync(GalleryIds, "", new JsonObject { ["tags"] = TagCriterion(tagIds) }, cancellationToken);

    /// <summary>Ids of the tags that each of these galleries carries; galleries that Stash does not have are left out.</summary>
    public async Task<IReadOnlyDictionary<string, StashGalleryTags>> FindGalleryTagsAsync(
        IReadOnlyList<string> ids,
        CancellationToken cancellationToken
    )
    {
        var found = new Dictionary<string, StashGalleryTags>(StringComparer.Ordinal);
        foreach (var page in ids.Where(StashText.IsId).Distinct(StringComparer.Ordinal).Chunk(ImagesPerRequest))
        {
            var calls = page.Select(id => GraphQlCall.Of("FindGalleryTags", new JsonObject { ["id"] = id })).ToList();
            var results = (await SendAsync(calls, cancellationToken)).OrThrow();
            for (var i = 0; i < page.Length; i++)
            {
                if (results.Get<StashGalleryTags>(i) is { } gallery)
                {
                    found[page[i]] = gallery;
                }
            }
        }

        return found;
    }

    /// <summary>Of these galleries those that hold an image which carries none of these tags itself.</summary>
    public async Task<IReadOnlySet<string>> FindGalleriesWithImagesWithoutAsync(
        IReadOnlyList<string> galleryIds,
        IReadOnlyList<string> withoutTagIds,
        CancellationToken cancellationToken
    )
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var page in galleryIds.Chunk(ImagesPerRequest))
        {
            var calls = page.Select(id =>
                GraphQlCall.Of(
                    ImageIds.Document,
                    new JsonObject
                    {
                        ["filter"] = new JsonObject { ["per_page"] = 1 },
                        [ImageIds.Part] = ImagesOf([id], withoutTagIds),
                    }
                )
            );
            var results = (await SendAsync([.. calls], cancellationToken)).OrThrow();
            found.UnionWith(page.Where((_, index) => results.Get<IReadOnlyList<TagId>>(index, ImageIds.Part) is { Count: > 0 }));
        }

        return found;
    }

    /// <summary>The call that reads an image, for batches.</summary>
    public static GraphQlCall FindImageCall(string id) => GraphQlCall.Of("FindImage", new JsonObject { ["id"] = id });

    /// <summary>The call that puts tags on images, for batches; nothing of it happens when one of the ids does not exist.</summary>
    public static GraphQlCall AddImageTagsCall(IReadOnlyList<string> imageIds, IReadOnlyList<string> tagIds) =>
        BulkTagsCall("UpdateImages", imageIds, tagIds, "ADD");

    /// <summary>The call that takes tags off images, for batches; nothing of it happens when one of the ids does not exist.</summary>
    public static GraphQlCall RemoveImageTagsCall(IReadOnlyList<string> imageIds, IReadOnlyList<string> tagIds) =>
        BulkTagsCall("UpdateImages", imageIds, tagIds, "REMOVE");

    /// <summary>The call that takes tags off galleries, for batches; nothing of it happens when one of the ids does not exist.</summary>
    public static GraphQlCall RemoveGalleryTagsCall(IReadOnlyList<string> galleryIds, IReadOnlyList<string> tagIds) =>
        BulkTagsCall("UpdateGalleries", galleryIds, tagIds, "REMOVE");

    private static JsonObject ImagesOf(IReadOnlyList<string> galleryIds, IReadOnlyList<string> withoutTagIds) =>
        new()
        {
            ["galleries"] = new JsonObject { ["value"] = Texts(galleryIds), ["modifier"] = "INCLUDES" },
            ["tags"] = TagCriterion(withoutTagIds, "EXCLUDES"),
        };

    private static GraphQlCall BulkTagsCall(string document, IReadOnlyList<string> ids, IReadOnlyList<string> tagIds, string mode) =>
        GraphQlCall.Of(
            document,
            new JsonObject
            {
                ["input"] = new JsonObject
                {
                    ["clientMutationId"] = OwnMutation,
                    ["ids"] = Texts(ids),
                    ["tag_ids"] = new JsonObject { ["ids"] = Texts(tagIds), ["mode"] = mode },
                },
            }
        );
}
