using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Images;
using HavenVlm.Core.Workflows.Requests;

namespace HavenVlm.Core.Workflows.Sweeping;

/// <summary>What carries a request tag and is in no request that runs.</summary>
/// <param name="TagMe">Whether scenes with VLM_TagMe do.</param>
/// <param name="UpdateMe">Whether scenes with VLM_UpdateMe do.</param>
/// <param name="Images">Whether images or galleries do.</param>
/// <param name="Requests">Requests for tagged scenes and images that run already.</param>
internal sealed record NewWork(bool TagMe, bool UpdateMe, bool Images, IReadOnlyList<InstanceId> Requests)
{
    public bool IsAny => TagMe || UpdateMe || Images;
}

/// <summary>Finds out whether something carries a request tag that no request holds yet.</summary>
internal sealed class NewRequests(
    RequestedScenes requestedScenes,
    RequestedImages requestedImages,
    OutstandingSceneReader outstandingScenes,
    OutstandingImageReader outstandingImages
)
{
    // So many ids come in one page of Stash: looking through them costs one request.
    private const int OnePage = 1000;
    private int? _surplus;

    /// <summary>Looks at everything that is tagged.</summary>
    public async Task<NewWork> FindAsync(CancellationToken cancellationToken)
    {
        // What is held is read first: what ends meanwhile loses its tag before that is checked.
        var scenes = await outstandingScenes.ReadAsync(except: null, cancellationToken);
        var images = await outstandingImages.ReadAsync(except: null, cancellationToken);
        return await FindAsync(await requestedScenes.CountAsync(cancellationToken), scenes, images, cancellationToken);
    }

    /// <summary>
    /// Whether there is something new. While a large backlog is worked off, its thousands of ids are listed only when more is tagged beyond
    /// what is held than at the last look; a schedule's sweep lists them all.
    /// </summary>
    public async Task<bool> IsAnyAsync(CancellationToken cancellationToken)
    {
        var scenes = await outstandingScenes.ReadAsync(except: null, cancellationToken);
        var images = await outstandingImages.ReadAsync(except: null, cancellationToken);
        var counts = await requestedScenes.CountAsync(cancellationToken);
        var surplus = counts.Total - scenes.SceneIds.Count - images.ImageIds.Count - images.GalleryIds.Count;
        var before = _surplus;
        _surplus = surplus;
        return (counts.Total <= OnePage || before is null || surplus > before)
            && (await FindAsync(counts, scenes, images, cancellationToken)).IsAny;
    }

    private async Task<NewWork> FindAsync(
        RequestedCounts counts,
        OutstandingScenes scenes,
        OutstandingImages images,
        CancellationToken cancellationToken
    ) =>
        new(
            counts.TagMe > 0 && await IsAnySceneNewAsync(SceneSelection.TagMe, scenes, cancellationToken),
            counts.UpdateMe > 0 && await IsAnySceneNewAsync(SceneSelection.UpdateMe, scenes, cancellationToken),
            counts.Images + counts.Galleries > 0 && !images.IsListing && await IsAnyImageNewAsync(images, cancellationToken),
            [.. scenes.Requests, .. images.Requests]
        );

    private async Task<bool> IsAnySceneNewAsync(SceneSelection selection, OutstandingScenes scenes, CancellationToken cancellationToken)
    {
        if (scenes.Listing.Contains(selection))
        {
            return false;
        }

        var tags = await requestedScenes.TagsAsync(cancellationToken);
        var tag = selection is SceneSelection.TagMe ? tags.TagMe : tags.UpdateMe;
        return await IsAnyNewAsync(
            requestedScenes.ListAsync(tag, cancellationToken),
            id => scenes.SceneIds.Contains(SceneId.Known(id)),
            cancellationToken
        );
    }

    private async Task<bool> IsAnyImageNewAsync(OutstandingImages images, CancellationToken cancellationToken)
    {
        // Their tags exist, something carries one: nothing has to be made.
        var tags = await requestedImages.PreviewTagsAsync(cancellationToken);
        var galleries = await requestedImages.GalleriesAsync(tags, cancellationToken);
        return galleries.Any(id => !images.GalleryIds.Contains(id))
            || await IsAnyNewAsync(
                requestedImages.ImagesAsync(tags, [], cancellationToken),
                id => images.ImageIds.Contains(ImageId.Known(id)),
                cancellationToken
            );
    }

    private static async Task<bool> IsAnyNewAsync(
        IAsyncEnumerable<string> ids,
        Func<string, bool> isHeld,
        CancellationToken cancellationToken
    )
    {
        await foreach (var id in ids.WithCancellation(cancellationToken))
        {
            if (!isHeld(id))
            {
                return true;
            }
        }

        return false;
    }
}
