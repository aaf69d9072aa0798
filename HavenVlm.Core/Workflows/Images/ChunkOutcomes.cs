using HavenVlm.Core.Common;
using HavenVlm.Core.Stash.Images;

namespace HavenVlm.Core.Workflows.Images;

/// <summary>Counts what publishing a chunk did.</summary>
internal static class ChunkOutcomes
{
    private const int ChangesKept = 60;

    public static ChunkOutcome Of(ImagePublicationResult result, ImageRequest request)
    {
        var gone = result.Images.Where(image => image.Outcome == ImageOutcome.Gone).ToList();
        List<ImageFailure> failures =
        [
            .. result
                .Images.Where(image => image.Failure is not null)
                .Select(image => new ImageFailure(ImageId.Known(image.ImageId), image.Failure!)),
            .. gone.Where(_ => request.ByName).Select(image => new ImageFailure(ImageId.Known(image.ImageId), "Stash has no such image.")),
        ];
        return new ChunkOutcome
        {
            Done = result.Images.Count(image => image.Outcome == ImageOutcome.Published),
            Failed = failures.Count,
            Skipped = result.Images.Count(image => image.Outcome == ImageOutcome.Skipped) + (request.ByName ? 0 : gone.Count),
            Writes = request.DryRun ? 0 : result.Images.Sum(image => image.Changes.Count),
            Failures = failures,
            Changes = request.DryRun
                ?
                [
                    .. result
                        .Images.SelectMany(image => image.Changes.Select(change => $"image {image.ImageId}: {change.ToText()}"))
                        .Take(ChangesKept),
                ]
                : [],
        };
    }

    public static PublishImagesOutput Output(ChunkOutcome outcome) =>
        new()
        {
            Done = outcome.Done,
            Failed = outcome.Failed,
            Skipped = outcome.Skipped,
        };
}
