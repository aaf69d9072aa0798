using HavenVlm.Core.Analysis;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;

namespace HavenVlm.Core.Workflows.Scenes;

/// <summary>
/// Extracts and asks one chunk of a plan. Never fails for an endpoint's sake: it says what remains and when to ask again. Stops by
/// itself at its deadline, far inside the limits of any host.
/// </summary>
internal sealed class AnalyzeFramesActivity(
    SceneArtifacts artifacts,
    AnalysisLogs logs,
    SceneMedia media,
    ChunkAnalysis analysis,
    IOrchestrationClient client,
    SceneWatch scenes,
    LiveProgress live,
    TimeProvider time
) : IActivity<AnalyzeFramesInput, AnalyzeFramesOutput>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    public async Task<AnalyzeFramesOutput> RunAsync(AnalyzeFramesInput input, CancellationToken cancellationToken)
    {
        var deadline = new StepDeadline(time, Deadline);
        var snapshot = await artifacts.ReadSnapshotAsync(input.Snapshot, cancellationToken);
        if (await artifacts.ReadPlanAsync(input.Plan, cancellationToken) is not { } plan)
        {
            return new AnalyzeFramesOutput { Remaining = 1, Reason = $"the plan {input.Plan} is gone from the data folder or damaged" };
        }

        await using var log = await logs.OpenAsync(snapshot.Key, cancellationToken);
        var chunk = plan.Chunk(input.Chunk);
        var frames = MissingAnswers.StillIn(chunk.Frames, snapshot.TimelineOf(log), plan.Tolerance);
        var before = chunk.Frames.Count - frames.Count;
        if (frames.Count == 0)
        {
            // An earlier attempt may have failed to write them.
            await log.FlushAsync(cancellationToken);
            return new AnalyzeFramesOutput { Answered = before };
        }

        await using var watch = InstanceWatch.Begin(client, input.InstanceId, time, cancellationToken);
        await using var scene = scenes.Begin(snapshot.SceneId, watch.Stop);
        using var progress = live.Begin(input.InstanceId);
        await using var grace = new ShutdownGracePeriod(cancellationToken);
        try
        {
            await using var file = await media.OpenAsync(snapshot.Media, cancellationToken);
            var work = new ChunkWork
            {
                Snapshot = snapshot,
                Frames = frames,
                Planned = [.. chunk.Frames.Select(f => f.Time)],
                Number = input.Chunk,
                Scan = chunk.Scan,
                Tolerance = plan.Tolerance,
                Deadline = deadline,
                Stop = scene.Stop,
                FrameDone = progress.FrameDone,
            };
            var result = await analysis.RunAsync(work, file, log, grace.Token);
            cancellationToken.ThrowIfCancellationRequested();
            return new AnalyzeFramesOutput
            {
                Answered = before + result.Answered + result.Reused,
                Unanswered = result.Unanswered,
                Recorded = result.Answered + result.Reused + result.Unanswered,
                Remaining = result.Remaining,
                Requests = Math.Round(result.Requests, 2),
                Reason =
                    result.Remaining == 0 ? null
                    : watch.StoppedBy is { } state ? $"the instance is {state}"
                    : result.Reason,
                RetryAfter = watch.StoppedBy is null && !scene.IsGone ? result.RetryAfter : null,
                SceneIsGone = scene.IsGone,
            };
        }
        finally
        {
            // The orchestrator plans from the log: it must be on disk before the result is known.
            await log.FlushAsync(CancellationToken.None);
        }
    }
}
