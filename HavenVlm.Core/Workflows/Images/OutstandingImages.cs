using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.Workflows.Images;

/// <summary>The images and galleries that requests which have not ended still hold, suspended ones included.</summary>
/// <param name="ImageIds">The images.</param>
/// <param name="GalleryIds">The galleries, held until their request ends.</param>
/// <param name="IsListing">Whether a request is about to take its list, or tags are just being taken off: what is tagged now is no news.</param>
/// <param name="Requests">Requests for tagged images that run.</param>
internal sealed record OutstandingImages(
    IReadOnlySet<ImageId> ImageIds,
    IReadOnlySet<string> GalleryIds,
    bool IsListing,
    IReadOnlyList<InstanceId> Requests
);

/// <summary>Reads which images are in a request that has not ended.</summary>
internal sealed class OutstandingImageReader(ImageRequestStore requests, IOrchestrationClient client)
{
    /// <summary>What is outstanding now; read it before Stash is asked which images carry a tag.</summary>
    /// <param name="except">A request that does not count; null = all do.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<OutstandingImages> ReadAsync(string? except, CancellationToken cancellationToken)
    {
        var images = new HashSet<ImageId>();
        var galleries = new HashSet<string>(StringComparer.Ordinal);
        var tagged = new List<InstanceId>();
        var isListing = false;
        await foreach (var instance in client.ListActiveAsync(WorkflowNames.ImagesPrefix, cancellationToken))
        {
            // A dry run leaves the request tags on: it is not what they ask for.
            if (
                string.Equals(instance.InstanceId, except, StringComparison.Ordinal)
                || await requests.FindRequestAsync(instance.InstanceId, cancellationToken) is not { DryRun: false } request
            )
            {
                continue;
            }

            var isHeld = instance.RuntimeStatus is RuntimeStatus.Suspended;
            if (!request.ByName && !isHeld)
            {
                tagged.Add(instance.InstanceId);
            }

            if (await requests.LatestRunAsync(instance.InstanceId, cancellationToken) is { } name)
            {
                var run = new ImageRunInput(instance.InstanceId, name);
                galleries.UnionWith(await requests.ReadGalleriesAsync(run, cancellationToken));
                images.UnionWith(await requests.ReadOutstandingAsync(run, cancellationToken));
            }
            else
            {
                isListing |= !request.ByName && !isHeld;
            }
        }

        await foreach (var release in client.ListActiveAsync(WorkflowNames.ReleasePrefix + WorkflowNames.ImagesPrefix, cancellationToken))
        {
            isListing |= release.RuntimeStatus is not RuntimeStatus.Suspended;
        }

        return new OutstandingImages(images, galleries, isListing, tagged);
    }
}
