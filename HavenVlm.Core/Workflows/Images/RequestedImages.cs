using System.Runtime.CompilerServices;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Tags;

namespace HavenVlm.Core.Workflows.Images;

/// <summary>What carries a request tag in Stash: images, and galleries that stand for their images.</summary>
internal sealed class RequestedImages(StashClient stash, TagFamily family)
{
    private const int GalleriesPerRequest = 50;

    /// <summary>The family; what is missing is created.</summary>
    public Task<StashTagFamily> TagsAsync(CancellationToken cancellationToken) => family.EnsureAsync(cancellationToken);

    /// <summary>The family as it is, for callers who may change nothing.</summary>
    public async Task<StashTagFamily> PreviewTagsAsync(CancellationToken cancellationToken) =>
        family.Remembered ?? await family.PreviewAsync(cancellationToken);

    /// <summary>Ids of the galleries that carry a request tag.</summary>
    public async Task<IReadOnlyList<string>> GalleriesAsync(StashTagFamily tags, CancellationToken cancellationToken)
    {
        var wanted = Existing(tags);
        return wanted.Count == 0 ? [] : await stash.FindGalleryIdsByTagAsync(wanted, cancellationToken).ToListAsync(cancellationToken);
    }

    /// <summary>Ids of the images that carry a request tag themselves, then of the others in these galleries.</summary>
    public async IAsyncEnumerable<string> ImagesAsync(
        StashTagFamily tags,
        IReadOnlyList<string> galleries,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var wanted = Existing(tags);
        if (wanted.Count == 0)
        {
            yield break;
        }

        await foreach (var id in stash.FindImageIdsByTagAsync(wanted, cancellationToken))
        {
            yield return id;
        }

        await foreach (var id in stash.FindImageIdsOfGalleriesAsync(galleries, wanted, cancellationToken))
        {
            yield return id;
        }
    }

    /// <summary>Takes the request tags off galleries.</summary>
    /// <param name="galleryIds">The galleries.</param>
    /// <param name="evenUnfinished">Whether also off galleries with images that were neither analyzed nor failed, such as new ones.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task ReleaseGalleriesAsync(IReadOnlyList<string> galleryIds, bool evenUnfinished, CancellationToken cancellationToken)
    {
        if (galleryIds.Count == 0)
        {
            return;
        }

        var tags = await family.EnsureAsync(cancellationToken);
        foreach (var page in galleryIds.Chunk(GalleriesPerRequest))
        {
            var present = await stash.FindGalleryTagsAsync(page, cancellationToken);
            var unfinished = evenUnfinished
                ? new HashSet<string>(StringComparer.Ordinal)
                : await stash.FindGalleriesWithImagesWithoutAsync(page, [tags.Tagged, tags.Errored], cancellationToken);
            List<GraphQlCall> calls =
            [
                .. present
                    .Values.Where(gallery => !unfinished.Contains(gallery.Id) && tags.Requests.Any(gallery.HasTag))
                    .Select(gallery => StashClient.RemoveGalleryTagsCall([gallery.Id], [.. tags.Requests.Where(gallery.HasTag)])),
            ];
            if (calls.Count > 0)
            {
                // A gallery that went away meanwhile needs nothing; its call fails alone.
                _ = await stash.SendAsync(calls, cancellationToken);
            }
        }
    }

    // What does not exist yet is on no image.
    private static IReadOnlyList<string> Existing(StashTagFamily tags) => [.. tags.Requests.Where(StashText.IsId)];
}
