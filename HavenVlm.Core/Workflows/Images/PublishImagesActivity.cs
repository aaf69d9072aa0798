using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Images;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Images;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Core.Workflows.Images;

/// <summary>From the log to Stash: one chunk's tags and states, and only the difference to what is there.</summary>
internal sealed class PublishImagesActivity(
    ImageRequestStore requests,
    ImagePublisher publisher,
    AnalysisLogs logs,
    IOrchestrationClient client,
    ILogger<PublishImagesActivity> logger
) : IActivity<ImageChunkInput, PublishImagesOutput>
{
    public Task<PublishImagesOutput> RunAsync(ImageChunkInput input, CancellationToken cancellationToken) =>
        StashOutagePolicy.RunAsync(() => PublishAsync(input, cancellationToken));

    private async Task<PublishImagesOutput> PublishAsync(ImageChunkInput input, CancellationToken cancellationToken)
    {
        var run = new ImageRunInput(input.InstanceId, input.Run);
        if (await requests.ReadOutcomeAsync(run, input.Chunk, cancellationToken) is { } known)
        {
            return ChunkOutcomes.Output(known);
        }

        var request = await requests.ReadRequestAsync(input.InstanceId, cancellationToken);
        var settings = await requests.ReadSettingsAsync(run, cancellationToken);
        var ids = await requests.ReadIdsAsync(run, input.Chunk, cancellationToken);
        var result = await publisher.PublishAsync(
            new ImagePublication
            {
                ImageIds = ids,
                Run = input.Run,
                Reset = request.Reset,
                DryRun = request.DryRun,
                Judge = (image, record, family, token) =>
                    request.ByName || image.IsAskedForBy(family.Requests) || string.Equals(record.Run, input.Run, StringComparison.Ordinal)
                        ? JudgeAsync(settings, image, token)
                        : Task.FromResult<ImageVerdict?>(null),
                StillWanted = async token => await StateAsync(input, token) is RuntimeStatus.Running or RuntimeStatus.Pending,
            },
            cancellationToken
        );
        if (result.CalledOff)
        {
            // Of an instance that has ended nobody reads this.
            return new PublishImagesOutput { Held = true };
        }

        var outcome = ChunkOutcomes.Of(result, request);
        foreach (var failure in outcome.Failures)
        {
            logger.LogWarning("Image {Image} failed: {Reason}", failure.ImageId, failure.Reason);
        }

        await requests.WriteOutcomeAsync(run, input.Chunk, outcome, cancellationToken);
        return ChunkOutcomes.Output(outcome);
    }

    private async Task<ImageVerdict?> JudgeAsync(ImageSettings settings, StashImage image, CancellationToken cancellationToken)
    {
        if (ImageSubjects.Of(image) is not { } subject)
        {
            return ImageVerdict.Failed("It has no file in Stash.");
        }

        var key = settings.KeyOf(subject.Fingerprint);
        await using var log = await logs.OpenAsync(key, cancellationToken);
        var answers = ImageAnswers.Of(settings, log, subject.Fingerprint);
        if (answers.Missing.Count > 0)
        {
            // Its file was exchanged, or it was asked for since: the next run looks at it.
            return null;
        }

        return answers.Failure is { } failure
            ? ImageVerdict.Failed(failure)
            : ImageVerdict.Analyzed(answers.TagNames(), new ImageAnswerPlace(key, subject.Fingerprint));
    }

    private async Task<RuntimeStatus?> StateAsync(ImageChunkInput input, CancellationToken cancellationToken) =>
        (await client.GetAsync(input.InstanceId, withInput: false, cancellationToken))?.RuntimeStatus;
}
