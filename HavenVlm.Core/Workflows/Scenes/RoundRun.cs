using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.Workflows.Scenes;

/// <summary>Part of the TagScene orchestrator: one round's chunks, a bounded number in flight. Deterministic like its caller.</summary>
internal sealed class RoundRun(IOrchestrationContext context, ScenePreparation preparation, RoundPlanned plan, SceneTotals totals)
{
    /// <summary>Runs the chunks; after the first one that reports an outage no further one is begun.</summary>
    /// <param name="most">No more chunks than this, so that the history stays short; the next round plans what is left.</param>
    public async Task<RoundOutcome> RunAsync(int most)
    {
        var chunks = Math.Min(plan.Chunks, most);
        var outcome = new RoundOutcome(0, 0, 0, null, null, SceneIsGone: false);
        var running = new List<Task<AnalyzeFramesOutput>>();
        var next = 0;
        context.SetCustomStatus(totals.Status(context.CurrentUtc));
        while (next < chunks || running.Count > 0)
        {
            while (next < chunks && running.Count < preparation.ChunksInFlight && outcome is { RetryAfter: null, SceneIsGone: false })
            {
                running.Add(StartAsync(next++));
            }

            if (running.Count == 0)
            {
                break;
            }

            var ended = await Task.WhenAny(running);
            running.Remove(ended);
            var result = await ended;
            totals.Add(result);
            outcome = outcome.With(result);
            context.SetCustomStatus(totals.Status(context.CurrentUtc));
        }

        return outcome;
    }

    private Task<AnalyzeFramesOutput> StartAsync(int chunk) =>
        context.CallActivityAsync<AnalyzeFramesOutput>(
            WorkflowNames.AnalyzeFrames,
            new AnalyzeFramesInput(context.InstanceId, preparation.Snapshot, plan.Plan, chunk),
            RetryPolicies.LongOutage,
            failure =>
                context.SetCustomStatus(
                    totals.Status(context.CurrentUtc) with
                    {
                        Stage = ProgressStage.Waiting,
                        EtaSeconds = null,
                        Message = failure.Message,
                    }
                ),
            () => context.SetCustomStatus(totals.Status(context.CurrentUtc))
        );
}

/// <summary>What a round came to.</summary>
/// <param name="Answered">Frames answered or reused.</param>
/// <param name="Unanswered">Frames given up for this run.</param>
/// <param name="Recorded">Frames of both that the round itself recorded.</param>
/// <param name="Reason">Why frames remain.</param>
/// <param name="RetryAfter">Not null = endpoints are away.</param>
/// <param name="SceneIsGone">Whether the scene was deleted in Stash meanwhile.</param>
internal sealed record RoundOutcome(int Answered, int Unanswered, int Recorded, string? Reason, TimeSpan? RetryAfter, bool SceneIsGone)
{
    public RoundOutcome With(AnalyzeFramesOutput chunk) =>
        new(
            Answered + chunk.Answered,
            Unanswered + chunk.Unanswered,
            Recorded + chunk.Recorded,
            chunk.Reason ?? Reason,
            chunk.RetryAfter is { } wait && (RetryAfter is null || wait < RetryAfter) ? wait : RetryAfter,
            SceneIsGone || chunk.SceneIsGone
        );
}

/// <summary>Counts of one run of a scene, from the results in its history.</summary>
/// <param name="startedAt">When this history began; the rate is counted from then.</param>
/// <param name="title">Title of the scene.</param>
/// <param name="requests">Requests made before this history.</param>
internal sealed class SceneTotals(DateTimeOffset startedAt, string title, double requests)
{
    private int _doneBefore;
    private int _doneAtStart = -1;
    private int _round;
    private int _roundFrames;
    private int _roundDone;

    /// <summary>Whether the scene was deleted in Stash: nothing more is asked.</summary>
    public bool SceneIsGone { get; set; }

    /// <summary>Requests made so far.</summary>
    public double Requests { get; private set; } = requests;

    /// <param name="plan">What it asks.</param>
    /// <param name="round">From 0.</param>
    public void BeginRound(RoundPlanned plan, int round)
    {
        _round = round + 1;
        _doneBefore = plan.Done;
        _roundFrames = plan.Frames;
        _roundDone = 0;
        if (_doneAtStart < 0)
        {
            _doneAtStart = plan.Done;
        }
    }

    public void Add(AnalyzeFramesOutput chunk)
    {
        _roundDone += chunk.Answered + chunk.Unanswered;
        Requests += chunk.Requests;
    }

    public ProgressStatus Status(DateTimeOffset now)
    {
        // What the log held before this run cost no time: the rate counts only what this run did.
        var done = _doneBefore + _roundDone;
        var total = _doneBefore + _roundFrames;
        var rated = new ProgressStatus
        {
            Stage = ProgressStage.Analyzing,
            FramesDone = done - Math.Max(0, _doneAtStart),
            FramesTotal = total - Math.Max(0, _doneAtStart),
        }.WithRate(now - startedAt);
        return rated with
        {
            Title = title,
            ScenesTotal = 1,
            Round = _round,
            FramesDone = done,
            FramesTotal = total,
            Percent = ProgressStatus.PercentOf(done, total),
        };
    }
}
