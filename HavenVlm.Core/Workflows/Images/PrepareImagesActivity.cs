using HavenVlm.Core.Analysis.Images;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;
using HavenVlm.Core.Workflows.Scenes;

namespace HavenVlm.Core.Workflows.Images;

/// <summary>Asks Stash once which images a request is for, and freezes list and settings for the run.</summary>
internal sealed class PrepareImagesActivity(
    ImageRequestStore requests,
    RequestedImages requested,
    OutstandingImageReader outstanding,
    TagsOfStash tagsOfStash,
    SettingsSource settings
) : IActivity<ImageRunInput, ImagesPrepared>
{
    public Task<ImagesPrepared> RunAsync(ImageRunInput input, CancellationToken cancellationToken) =>
        StashOutagePolicy.RunAsync(() => PrepareAsync(input, cancellationToken));

    private async Task<ImagesPrepared> PrepareAsync(ImageRunInput input, CancellationToken cancellationToken)
    {
        if (await requests.ReadPreparedAsync(input, cancellationToken) is { } known)
        {
            return known;
        }

        var request = await requests.ReadRequestAsync(input.InstanceId, cancellationToken);
        var options = settings.Current;
        var total = await ListAsync(input, request, options.Images.BatchSize, cancellationToken);
        var prepared = new ImagesPrepared
        {
            Total = total,
            Chunks = (total + options.Images.BatchSize - 1) / options.Images.BatchSize,
            BatchSize = options.Images.BatchSize,
            GiveUpAfter = options.Vlm.GiveUpAfter,
            Failure = await FreezeSettingsAsync(input, options, cancellationToken),
        };
        await requests.WritePreparedAsync(input, prepared, cancellationToken);
        return await requests.RequirePreparedAsync(input, cancellationToken);
    }

    private async Task<int> ListAsync(ImageRunInput input, ImageRequest request, int batchSize, CancellationToken cancellationToken)
    {
        if (request.ImageIds is { } named)
        {
            return await requests.WriteIdsAsync(input, batchSize, named.ToAsyncEnumerable(), cancellationToken);
        }

        var others = request.NewOnly ? await outstanding.ReadAsync(input.InstanceId, cancellationToken) : null;
        var tags = request.DryRun ? await requested.PreviewTagsAsync(cancellationToken) : await requested.TagsAsync(cancellationToken);
        var galleries = await requested.GalleriesAsync(tags, cancellationToken);
        if (others is not null)
        {
            galleries = [.. galleries.Where(id => !others.GalleryIds.Contains(id))];
        }

        await requests.WriteGalleriesAsync(input, galleries, cancellationToken);
        var images = requested.ImagesAsync(tags, galleries, cancellationToken).Select(ImageId.Known);
        if (others is not null)
        {
            images = images.Where(id => !others.ImageIds.Contains(id));
        }

        return await requests.WriteIdsAsync(input, batchSize, images, cancellationToken);
    }

    /// <summary>Why there are no settings to work with; null = they are frozen.</summary>
    private async Task<string?> FreezeSettingsAsync(ImageRunInput input, HavenOptions options, CancellationToken cancellationToken)
    {
        try
        {
            var all = await tagsOfStash.AddToAsync(options, cancellationToken);
            await requests.WriteSettingsAsync(input, ImageSettings.Of(all, input.Run), cancellationToken);
            return null;
        }
        catch (PermanentFailureException e)
        {
            return e.Message;
        }
    }
}
