using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.Workflows.Requests;

/// <summary>
/// A request for many scenes: takes the list once, then looks in one activity per timer tick which scenes have ended and starts
/// further ones up to <c>concurrency.scenes</c>. Scenes are instances of their own, so this one holds nothing but its timer.
/// </summary>
internal sealed class TagScenesOrchestrator : IOrchestrator<TagScenesInput, TagScenesOutput>
{
    // 100 ticks are about 600 events of history.
    private const int TicksPerHistory = 100;
    private static readonly TimeSpan ShortestTick = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestTick = TimeSpan.FromSeconds(5);

    private static ProgressStatus Preparing => new() { Stage = ProgressStage.Preparing, Message = "Reading the list of scenes from Stash" };

    public async Task<TagScenesOutput> RunAsync(IOrchestrationContext context, TagScenesInput input)
    {
        var startedAt = input.StartedAt ?? context.CurrentUtc;
        try
        {
            return await AdvanceAsync(context, input, startedAt);
        }
        catch (ActivityFailedException e)
        {
            context.SetCustomStatus(new ProgressStatus { Stage = ProgressStage.Failed, Message = e.Failure.Message });
            throw new OrchestrationFailedException(e.Failure.Message);
        }
    }

    private static async Task<TagScenesOutput> AdvanceAsync(IOrchestrationContext context, TagScenesInput input, DateTimeOffset startedAt)
    {
        var request = new RequestInput(context.InstanceId);
        if (!input.Prepared)
        {
            context.SetCustomStatus(Preparing);
            await context.CallActivityAsync<int>(
                WorkflowNames.SnapshotRequest,
                request,
                RetryPolicies.LongOutage,
                failure => context.SetCustomStatus(new ProgressStatus { Stage = ProgressStage.Waiting, Message = failure.Message }),
                () => context.SetCustomStatus(Preparing)
            );
        }

        var tick = ShortestTick;
        for (var ticks = 0; ; ticks++)
        {
            var result = await context.CallActivityAsync<AdvanceOutput>(WorkflowNames.AdvanceRequest, request, RetryPolicies.LongOutage);
            context.SetCustomStatus(Status(result.Progress, context.CurrentUtc - startedAt));
            if (result.Progress.Ended >= result.Progress.Total)
            {
                return Output(result);
            }

            tick = result.Progress.Moved ? ShortestTick : Min(tick * 1.5, LongestTick);
            await context.CreateTimerAsync(context.CurrentUtc + tick, CancellationToken.None);
            if (ticks >= TicksPerHistory)
            {
                context.ContinueAsNew(new TagScenesInput(Prepared: true, startedAt));
                return new TagScenesOutput();
            }
        }
    }

    private static ProgressStatus Status(RequestProgress progress, TimeSpan elapsed)
    {
        var hasEnded = progress.Ended >= progress.Total;
        var status = new ProgressStatus
        {
            Stage = hasEnded ? ProgressStage.Done : ProgressStage.Analyzing,
            ScenesDone = progress.Ended,
            ScenesTotal = progress.Total,
            FramesDone = progress.FramesDone,
            FramesTotal = progress.FramesTotal,
            Message = progress.Message,
        }.WithRate(elapsed);
        var running = progress.FramesTotal == 0 ? 0 : (double)progress.FramesDone / progress.FramesTotal * progress.Running;
        var scenes = Math.Min(progress.Total, progress.Ended + running);
        return status with
        {
            Percent = hasEnded ? 100 : ProgressStatus.PercentOf(scenes, progress.Total),
            // Scenes not begun yet have an unknown number of frames: the rate of scenes is the better guess.
            EtaSeconds = scenes > 0 ? Math.Round(elapsed.TotalSeconds / scenes * (progress.Total - scenes)) : null,
        };
    }

    private static TagScenesOutput Output(AdvanceOutput result) =>
        new()
        {
            Done = result.Progress.Done,
            Failed = result.Progress.Failed,
            Skipped = result.Progress.Skipped,
            Terminated = result.Progress.Terminated,
            Failures = result.Failures,
            Changes = result.Changes,
            Results = result.Results ?? [],
        };

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
