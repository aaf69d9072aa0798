using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;

namespace HavenVlm.Core.Workflows.Images;

/// <summary>The end of a run: the galleries whose images are all done or failed lose their request, and the counts are put together.</summary>
internal sealed class FinishImagesActivity(ImageRequestStore requests, RequestedImages requested)
    : IActivity<ImageRunInput, TagImagesOutput>
{
    private const int FailuresKept = 20;
    private const int ChangesKept = 60;
    private const int ReasonLength = 300;

    public Task<TagImagesOutput> RunAsync(ImageRunInput input, CancellationToken cancellationToken) =>
        StashOutagePolicy.RunAsync(() => FinishAsync(input, cancellationToken));

    private async Task<TagImagesOutput> FinishAsync(ImageRunInput input, CancellationToken cancellationToken)
    {
        if (await requests.ReadFinishedAsync(input, cancellationToken) is { } known)
        {
            await requests.DeleteRunAsync(input, cancellationToken);
            return known;
        }

        var request = await requests.ReadRequestAsync(input.InstanceId, cancellationToken);
        if (!request.DryRun)
        {
            var galleries = await requests.ReadGalleriesAsync(input, cancellationToken);
            await requested.ReleaseGalleriesAsync(galleries, evenUnfinished: false, cancellationToken);
        }

        var (output, failed) = await SumAsync(input, cancellationToken);
        if (failed.Count > 0 && !request.ByName)
        {
            await requests.WriteFailedAsync(input, failed, cancellationToken);
        }

        await requests.WriteFinishedAsync(input, output, cancellationToken);
        await requests.DeleteRunAsync(input, cancellationToken);
        return output;
    }

    private async Task<(TagImagesOutput Output, IReadOnlyList<ImageId> Failed)> SumAsync(
        ImageRunInput input,
        CancellationToken cancellationToken
    )
    {
        var prepared = await requests.RequirePreparedAsync(input, cancellationToken);
        var sum = new TagImagesOutput();
        var failed = new List<ImageId>();
        for (var chunk = 0; chunk < prepared.Chunks; chunk++)
        {
            if (await requests.ReadOutcomeAsync(input, chunk, cancellationToken) is not { } outcome)
            {
                continue;
            }

            failed.AddRange(outcome.Failures.Select(failure => failure.ImageId));
            sum = sum with
            {
                Done = sum.Done + outcome.Done,
                Failed = sum.Failed + outcome.Failed,
                Skipped = sum.Skipped + outcome.Skipped,
                Writes = sum.Writes + outcome.Writes,
                Failures = [.. sum.Failures.Concat(outcome.Failures.Select(Shortened)).Take(FailuresKept)],
                Changes = [.. sum.Changes.Concat(outcome.Changes).Take(ChangesKept)],
            };
        }

        return (sum, failed);
    }

    private static ImageFailure Shortened(ImageFailure failure) =>
        failure.Reason.Length > ReasonLength ? failure with { Reason = failure.Reason[..ReasonLength] + "…" } : failure;
}
