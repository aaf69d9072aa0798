using HavenVlm.Core.Analysis.Images;
using HavenVlm.Core.Common;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Tags;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;

namespace HavenVlm.Core.Workflows.Images;

/// <summary>
/// Looks at one chunk of images. Never fails for an endpoint's sake: it says what remains and when to ask again. Stops by itself at its
/// deadline, far inside the limits of any host.
/// </summary>
internal sealed class AnalyzeImagesActivity(
    ImageRequestStore requests,
    ImageAnalysis analysis,
    StashClient stash,
    TagFamily family,
    IOrchestrationClient client,
    LiveProgress live,
    TimeProvider time
) : IActivity<AnalyzeImagesInput, AnalyzeImagesOutput>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    public async Task<AnalyzeImagesOutput> RunAsync(AnalyzeImagesInput input, CancellationToken cancellationToken)
    {
        var deadline = new StepDeadline(time, Deadline);
        var run = new ImageRunInput(input.InstanceId, input.Run);
        if (await requests.ReadOutcomeAsync(run, input.Chunk, cancellationToken) is not null)
        {
            return new AnalyzeImagesOutput();
        }

        var request = await requests.ReadRequestAsync(input.InstanceId, cancellationToken);
        var settings = await requests.ReadSettingsAsync(run, cancellationToken);
        var subjects = await SubjectsAsync(request, await requests.ReadIdsAsync(run, input.Chunk, cancellationToken), cancellationToken);
        await using var watch = InstanceWatch.Begin(client, input.InstanceId, time, cancellationToken);
        using var progress = live.Begin(input.InstanceId);
        await using var grace = new ShutdownGracePeriod(cancellationToken);
        var work = new ImageWork
        {
            Settings = settings,
            Images = subjects,
            ForceToken = request.ForceToken,
            GiveUpMedia = input.GiveUpMedia,
            Deadline = deadline,
            Stop = watch.Stop,
            ImageDone = progress.FrameDone,
        };
        var result = await analysis.RunAsync(work, grace.Token);
        cancellationToken.ThrowIfCancellationRequested();
        return new AnalyzeImagesOutput
        {
            Done = result.Done,
            Answered = result.Answered,
            Recorded = result.Recorded,
            Remaining = result.Remaining,
            MediaAway = result.MediaAway,
            Stopped = watch.StoppedBy is not null,
            Requests = Math.Round(result.Requests, 2),
            Reason =
                result.Remaining == 0 ? null
                : watch.StoppedBy is { } state ? $"the instance is {state}"
                : result.Reason,
            RetryAfter = watch.StoppedBy is null ? result.RetryAfter : null,
        };
    }

    private async Task<IReadOnlyList<ImageSubject>> SubjectsAsync(
        ImageRequest request,
        IReadOnlyList<string> ids,
        CancellationToken cancellationToken
    )
    {
        var tags = request.DryRun ? await family.PreviewAsync(cancellationToken) : await family.EnsureAsync(cancellationToken);
        var images = await stash.FindImagesAsync(ids, cancellationToken);
        return
        [
            .. ids.Where(images.ContainsKey)
                .Select(id => images[id])
                .Where(image => request.ByName || image.IsAskedForBy(tags.Requests))
                .Select(ImageSubjects.Of)
                .OfType<ImageSubject>(),
        ];
    }
}
