using System.Globalization;
using HavenVlm.Core.Analysis;
using HavenVlm.Core.Common;
using HavenVlm.Core.Media.Pictures;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;

namespace HavenVlm.Core.Workflows.Images;

/// <summary>
/// A request for images, chunk by chunk: ask what the log lacks, write the difference. An outage of the endpoints is waited out on durable
/// timers. When the run as a whole cannot go on, what is left is marked as failed and the instance ends Failed with the reason.
/// </summary>
internal sealed class TagImagesOrchestrator : IOrchestrator<TagImagesInput, TagImagesOutput>
{
    // A chunk takes two or three activity calls.
    private const int ChunksPerHistory = 40;
    private const int CallsPerHistory = 150;
    private const int CallsWithoutProgress = 3;
    private const int MediaAttempts = 5;
    private static readonly TimeSpan MediaWait = TimeSpan.FromSeconds(20);

    public async Task<TagImagesOutput> RunAsync(IOrchestrationContext context, TagImagesInput input)
    {
        var state =
            input.State
            ?? new TagImagesState
            {
                Run = context.CurrentUtc.UtcDateTime.ToString("yyyyMMdd't'HHmmssfff", CultureInfo.InvariantCulture),
                StartedAt = context.CurrentUtc,
                LastAnswerAt = context.CurrentUtc,
            };
        var run = new ImageRun(context, state);
        try
        {
            if (state.Failure is null)
            {
                return await run.TagAsync();
            }
        }
        catch (Exception e) when (e is ActivityFailedException or OrchestrationFailedException)
        {
            var reason = e is ActivityFailedException failed ? failed.Failure.Message : e.Message;
            if (run.State.Prepared is null)
            {
                context.SetCustomStatus(run.Status(ProgressStage.Failed, reason));
                throw new OrchestrationFailedException(reason);
            }

            run.State = run.State with { Failure = reason };
        }

        return await run.FailAsync();
    }

    /// <summary>One history's part of a run. Deterministic like its caller.</summary>
    private sealed class ImageRun(IOrchestrationContext context, TagImagesState state)
    {
        private int _calls;

        public TagImagesState State { get; set; } = state;

        private ImageRunInput Id => new(context.InstanceId, State.Run);

        public async Task<TagImagesOutput> TagAsync()
        {
            if (State.Prepared is null)
            {
                context.SetCustomStatus(Status(ProgressStage.Preparing, "Reading the list of images from Stash"));
                var prepared = await CallAsync<ImagesPrepared>(WorkflowNames.PrepareImages, Id, "");
                State = State with { Prepared = prepared };
                if (prepared.Failure is { } failure)
                {
                    throw new OrchestrationFailedException(failure);
                }
            }

            var first = State.Next;
            while (State.Next < State.Prepared.Chunks)
            {
                if (State.Next - first >= ChunksPerHistory || !await AnalyzeAsync())
                {
                    context.ContinueAsNew(new TagImagesInput(State));
                    return new TagImagesOutput();
                }

                Count(await PublishAsync());
            }

            return await FinishAsync();
        }

        /// <summary>Marks what is left as failed, then fails.</summary>
        public async Task<TagImagesOutput> FailAsync()
        {
            var (reason, chunks) = (State.Failure!, State.Prepared!.Chunks);
            context.SetCustomStatus(Status(ProgressStage.Failed, reason));
            try
            {
                for (var first = State.Next; State.Next < chunks; )
                {
                    if (State.Next - first >= ChunksPerHistory)
                    {
                        context.ContinueAsNew(new TagImagesInput(State));
                        return new TagImagesOutput();
                    }

                    var input = new FailImagesInput(context.InstanceId, State.Run, State.Next, reason);
                    Count(await context.CallActivityAsync<PublishImagesOutput>(WorkflowNames.FailImages, input, RetryPolicies.LongOutage));
                }

                _ = await context.CallActivityAsync<TagImagesOutput>(WorkflowNames.FinishImages, Id, RetryPolicies.LongOutage);
            }
            catch (ActivityFailedException e)
            {
                throw new OrchestrationFailedException($"{reason} (VLM_Errored could not be set: {e.Failure.Message})");
            }

            throw new OrchestrationFailedException(reason);
        }

        public ProgressStatus Status(ProgressStage stage, string message, int analyzed = 0)
        {
            var total = State.Prepared?.Total ?? 0;
            return new ProgressStatus
            {
                Stage = stage,
                Unit = ProgressStatus.Images,
                FramesDone = Math.Min(total, State.Ended + analyzed),
                FramesTotal = total,
                Message = message,
            }.WithRate(context.CurrentUtc - State.StartedAt);
        }

        /// <summary>Asks until nothing is lacking; false = this history is long enough.</summary>
        private async Task<bool> AnalyzeAsync()
        {
            context.SetCustomStatus(Status(ProgressStage.Analyzing, ""));
            var triesOfMedia = 0;
            var idle = 0;
            while (_calls < CallsPerHistory)
            {
                var began = context.CurrentUtc;
                var input = new AnalyzeImagesInput(context.InstanceId, State.Run, State.Next, triesOfMedia >= MediaAttempts);
                var result = await CallAsync<AnalyzeImagesOutput>(WorkflowNames.AnalyzeImages, input, "");
                State = State with
                {
                    Requests = State.Requests + result.Requests,
                    Recorded = State.Recorded + result.Recorded,
                    LastAnswerAt = result.Answered > 0 ? context.CurrentUtc : State.LastAnswerAt,
                    WithoutAnswer = result.Answered > 0 ? TimeSpan.Zero : State.WithoutAnswer.WithRound(began, context.CurrentUtc),
                };
                if (result.Remaining == 0)
                {
                    context.SetCustomStatus(Status(ProgressStage.Publishing, "", result.Done));
                    return true;
                }

                ThrowIfNoProgress();
                if (result.RetryAfter is { } wait)
                {
                    await WaitForEndpointAsync(result, wait);
                }
                else if (result.MediaAway == result.Remaining)
                {
                    triesOfMedia++;
                    context.SetCustomStatus(Waiting(result.Reason ?? "", result.Done));
                    await context.CreateTimerAsync(context.CurrentUtc + MediaWait, CancellationToken.None);
                    context.SetCustomStatus(Status(ProgressStage.Analyzing, "", result.Done));
                }
                else
                {
                    idle = result.Answered > 0 || result.Stopped ? 0 : idle + 1;
                    if (idle >= CallsWithoutProgress)
                    {
                        throw new OrchestrationFailedException($"No image could be finished in {idle} steps: {result.Reason}");
                    }

                    // After a suspension this is delivered only when the instance goes on, so it does not spin.
                    await context.CreateTimerAsync(context.CurrentUtc + TimeSpan.FromSeconds(1), CancellationToken.None);
                }
            }

            return false;
        }

        /// <summary>No picture is asked twice in a run: more than a chunk can have means that the log loses answers.</summary>
        private void ThrowIfNoProgress()
        {
            var most = State.Prepared!.BatchSize * AnimationSamples.MaxCount;
            if (State.Recorded >= most)
            {
                throw new OrchestrationFailedException(
                    $"Stopped after {State.Recorded} pictures: {State.Prepared.BatchSize} images need at most {most}. "
                        + "The analysis log loses answers; check the disk of the data folder."
                );
            }
        }

        private async Task WaitForEndpointAsync(AnalyzeImagesOutput result, TimeSpan asked)
        {
            var limit = State.Prepared!.GiveUpAfter;
            var wait =
                EndpointWait.Within(asked, State.WithoutAnswer, limit)
                ?? throw new OrchestrationFailedException(EndpointWait.GivenUp(limit, State.LastAnswerAt, result.Reason));
            context.SetCustomStatus(
                Waiting($"Waiting for an endpoint, no answer since {State.LastAnswerAt:u}. {result.Reason}", result.Done)
            );
            var began = context.CurrentUtc;
            await context.CreateTimerAsync(began + wait, CancellationToken.None);
            State = State with { WithoutAnswer = State.WithoutAnswer.WithWait(began, context.CurrentUtc, wait) };
            context.SetCustomStatus(Status(ProgressStage.Analyzing, "", result.Done));
        }

        private async Task<PublishImagesOutput> PublishAsync()
        {
            while (true)
            {
                var published = await CallAsync<PublishImagesOutput>(
                    WorkflowNames.PublishImages,
                    new ImageChunkInput(context.InstanceId, State.Run, State.Next),
                    "The answers are kept; writing to Stash is tried again. "
                );
                if (!published.Held)
                {
                    return published;
                }

                // Delivered only after the instance was resumed, so this does not spin.
                await context.CreateTimerAsync(context.CurrentUtc + TimeSpan.FromSeconds(1), CancellationToken.None);
            }
        }

        private async Task<TagImagesOutput> FinishAsync()
        {
            var output = await CallAsync<TagImagesOutput>(WorkflowNames.FinishImages, Id, "") with
            {
                Requests = Math.Round(State.Requests, 2),
            };
            context.SetCustomStatus(
                Status(ProgressStage.Done, $"{output.Done} done, {output.Failed} failed, {output.Skipped} skipped") with
                {
                    Percent = 100,
                    EtaSeconds = 0,
                }
            );
            return output;
        }

        private void Count(PublishImagesOutput chunk) =>
            State = State with
            {
                Next = State.Next + 1,
                Recorded = 0,
                Done = State.Done + chunk.Done,
                Failed = State.Failed + chunk.Failed,
                Skipped = State.Skipped + chunk.Skipped,
            };

        private Task<TResult> CallAsync<TResult>(string activity, object input, string whenItFails)
        {
            _calls++;
            return context.CallActivityAsync<TResult>(
                activity,
                input,
                RetryPolicies.LongOutage,
                failure => context.SetCustomStatus(Waiting(whenItFails + failure.Message)),
                () => context.SetCustomStatus(Status(State.Prepared is null ? ProgressStage.Preparing : ProgressStage.Analyzing, ""))
            );
        }

        private ProgressStatus Waiting(string message, int analyzed = 0) =>
            Status(ProgressStage.Waiting, message, analyzed) with
            {
                EtaSeconds = null,
            };
    }
}
