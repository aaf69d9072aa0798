using HavenVlm.Core.Common;
using HavenVlm.Core.UnitTests.Workflows.Ports;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Scenes;

namespace HavenVlm.Core.UnitTests.Workflows.Scenes;

/// <summary>One scene from request to markers, step by step.</summary>
public sealed class TagSceneOrchestratorTests
{
    private const string Snapshot = "runs/scene-12/snapshot.json";
    private static readonly TagSceneInput Input = new() { SceneId = SceneId.Known("12") };
    private static readonly TagSceneOutput Tagged = new() { Outcome = TagSceneOutcome.Tagged, Message = "2 markers" };

    [Fact]
    public void Prepares_plans_asks_plans_again_and_publishes()
    {
        var run = Script(Planned(frames: 64, chunks: 2), Nothing(done: 64));

        var end = Run(run);

        Assert.Equal(TagSceneOutcome.Tagged, end.Output!.Outcome);
        Assert.Equal(["PrepareScene", "PlanRound", "AnalyzeFrames", "AnalyzeFrames", "PlanRound", "PublishScene"], run.Steps);
        Assert.Equal([0, 1], run.InputsOf<AnalyzeFramesInput>(WorkflowNames.AnalyzeFrames).Select(input => input.Chunk));
        Assert.Equal(
            [(0, 0), (1, 64)],
            run.InputsOf<PlanRoundInput>(WorkflowNames.PlanRound).Select(input => (input.Round, input.Recorded))
        );
    }

    [Fact]
    public void What_the_log_holds_already_is_published_without_asking()
    {
        var run = Script(Nothing(done: 30));

        Assert.Equal(TagSceneOutcome.Tagged, Run(run).Output!.Outcome);
        Assert.Equal(["PrepareScene", "PlanRound", "PublishScene"], run.Steps);
    }

    [Fact]
    public void A_request_that_is_gone_ends_without_a_write()
    {
        var run = Script()
            .On<PrepareSceneInput, ScenePreparation>(
                WorkflowNames.PrepareScene,
                _ => new ScenePreparation { Message = "Scene 12 no longer carries a request tag" }
            );

        var end = Run(run);

        Assert.Equal((TagSceneOutcome.Skipped, "Scene 12 no longer carries a request tag"), (end.Output!.Outcome, end.Output.Message));
        Assert.Equal(["PrepareScene"], run.Steps);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void No_more_chunks_are_out_at_once_than_prepared(int inFlight)
    {
        var run = Script(Planned(frames: 320, chunks: 10), Nothing(done: 320))
            .On<PrepareSceneInput, ScenePreparation>(
                WorkflowNames.PrepareScene,
                _ => new ScenePreparation { Snapshot = Snapshot, ChunksInFlight = inFlight }
            );

        Run(run);

        Assert.Equal(10, run.CallsOf(WorkflowNames.AnalyzeFrames));
        Assert.Equal(inFlight, Assert.Single(run.Histories).MostInFlight);
    }

    [Fact]
    public void An_outage_is_waited_out_on_one_timer_and_only_the_rest_is_asked_again()
    {
        var run = Script(Planned(frames: 96, chunks: 3), Planned(frames: 64, chunks: 2), Nothing(done: 96))
            .OnEach(WorkflowNames.AnalyzeFrames, Answered(32), Away(), Away(), Answered(32), Answered(32));

        var end = Run(run);

        Assert.Equal(TagSceneOutcome.Tagged, end.Output!.Outcome);
        Assert.Equal([TimeSpan.FromSeconds(30)], run.Timers);
        Assert.Equal([0, 32, 96], run.InputsOf<PlanRoundInput>(WorkflowNames.PlanRound).Select(input => input.Recorded));
        var waiting = Assert.Single(run.Statuses, status => status.Stage == ProgressStage.Waiting);
        Assert.Contains("lm-studio does not answer", waiting.Message, StringComparison.Ordinal);
        Assert.Null(waiting.EtaSeconds);
    }

    [Fact]
    public void After_a_chunk_reports_an_outage_no_further_one_is_begun()
    {
        var run = Script(Planned(frames: 320, chunks: 10), Nothing(done: 320))
            .On<PrepareSceneInput, ScenePreparation>(
                WorkflowNames.PrepareScene,
                _ => new ScenePreparation { Snapshot = Snapshot, ChunksInFlight = 1 }
            )
            .OnEach(WorkflowNames.AnalyzeFrames, Answered(32), Away());

        Run(run);

        Assert.Equal(2, run.CallsOf(WorkflowNames.AnalyzeFrames));
    }

    [Fact]
    public void Of_several_outages_the_shortest_wait_counts()
    {
        var run = Script(Planned(frames: 64, chunks: 2), Nothing(done: 64))
            .OnEach(WorkflowNames.AnalyzeFrames, Away(seconds: 120), Away(seconds: 20));

        Run(run);

        Assert.Equal([TimeSpan.FromSeconds(20)], run.Timers);
    }

    [Fact]
    public void Without_a_limit_an_outage_of_days_is_no_failure()
    {
        var run = Script([.. Enumerable.Repeat<object>(Planned(frames: 32, chunks: 1), 200), Nothing(done: 32)])
            .OnEach(WorkflowNames.AnalyzeFrames, [.. Enumerable.Repeat<object>(Away(seconds: 1800), 199), Answered(32)]);

        Assert.Equal(TagSceneOutcome.Tagged, Run(run).Output!.Outcome);
        Assert.Equal(199, run.Timers.Count);
    }

    [Fact]
    public void Gives_up_after_the_limit_counted_from_the_last_answer()
    {
        var run = Script(Planned(frames: 32, chunks: 1))
            .On<PrepareSceneInput, ScenePreparation>(
                WorkflowNames.PrepareScene,
                _ => new ScenePreparation { Snapshot = Snapshot, GiveUpAfter = TimeSpan.FromMinutes(10) }
            )
            .OnEach(WorkflowNames.AnalyzeFrames, Away(seconds: 300));

        var end = Run(run);

        Assert.Contains("vlm.giveUpAfter", end.Failure, StringComparison.Ordinal);
        Assert.InRange(run.Timers.Count, 2, 3);
        Assert.Equal("MarkErrored", run.Steps[^1]);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(-400)]
    public void Gives_up_after_the_same_number_of_waits_when_the_clock_is_set(int days)
    {
        // The fourth step is the first wait.
        var run = Script(n => n == 4 ? TimeSpan.FromDays(days) : TimeSpan.Zero, Planned(frames: 32, chunks: 1))
            .On<PrepareSceneInput, ScenePreparation>(
                WorkflowNames.PrepareScene,
                _ => new ScenePreparation { Snapshot = Snapshot, GiveUpAfter = TimeSpan.FromMinutes(20) }
            )
            .OnEach(WorkflowNames.AnalyzeFrames, Away(seconds: 300));

        var end = Run(run);

        Assert.Contains("vlm.giveUpAfter", end.Failure, StringComparison.Ordinal);
        Assert.Equal(4, run.Timers.Count);
    }

    [Fact]
    public void Gives_up_at_the_limit_when_the_endpoint_is_away_for_longer()
    {
        var run = Script(Planned(frames: 32, chunks: 1))
            .On<PrepareSceneInput, ScenePreparation>(
                WorkflowNames.PrepareScene,
                _ => new ScenePreparation { Snapshot = Snapshot, GiveUpAfter = TimeSpan.FromSeconds(50) }
            )
            .OnEach(WorkflowNames.AnalyzeFrames, Away(seconds: 60));

        var end = Run(run);

        Assert.Contains("vlm.giveUpAfter", end.Failure, StringComparison.Ordinal);
        Assert.InRange(run.Timers.Aggregate(TimeSpan.Zero, (sum, timer) => sum + timer), TimeSpan.FromTicks(1), TimeSpan.FromSeconds(50));
    }

    [Fact]
    public void A_failure_is_marked_in_Stash_and_ends_Failed_with_its_reason()
    {
        var run = Script().OnEach(WorkflowNames.PrepareScene, new PermanentFailureException("Scene 12 has no file in Stash."));

        var end = Run(run);

        Assert.Equal("Scene 12 has no file in Stash.", end.Failure);
        Assert.Equal(["PrepareScene", "MarkErrored"], run.Steps);
        var marked = Assert.Single(run.InputsOf<MarkErroredInput>(WorkflowNames.MarkErrored));
        Assert.Equal(new MarkErroredInput(InstanceId.Known("scene-12"), SceneId.Known("12"), "Scene 12 has no file in Stash."), marked);
        Assert.Equal(ProgressStage.Failed, run.Statuses[^1].Stage);
    }

    [Fact]
    public void A_failure_found_while_preparing_is_marked_under_the_title()
    {
        var run = Script().OnEach(WorkflowNames.PrepareScene, new ScenePreparation { Title = "Waving", Failure = "The file is damaged." });

        Assert.Equal("The file is damaged.", Run(run).Failure);
        Assert.Equal(["PrepareScene", "MarkErrored"], run.Steps);
        Assert.Equal("Waving", run.Statuses[^1].Title);
    }

    [Fact]
    public void A_dry_run_that_fails_writes_nothing()
    {
        var run = Script().OnEach(WorkflowNames.PrepareScene, new PermanentFailureException("gone"));

        Assert.Equal("gone", Run(run, Input with { DryRun = true }).Failure);
        Assert.Equal(["PrepareScene"], run.Steps);
    }

    [Fact]
    public void Gives_both_reasons_when_marking_a_failure_fails()
    {
        var run = Script()
            .OnEach(WorkflowNames.PrepareScene, new PermanentFailureException("no file"))
            .OnEach(WorkflowNames.MarkErrored, new PermanentFailureException("Stash refuses the tag"));

        Assert.Equal("no file (VLM_Errored could not be set: Stash refuses the tag)", Run(run).Failure);
    }

    [Fact]
    public void A_step_that_fails_for_now_is_tried_again_with_growing_waits_of_at_most_five_minutes()
    {
        var run = Script(Nothing(done: 1))
            .OnEach(
                WorkflowNames.PrepareScene,
                [.. Enumerable.Repeat<object>(new IOException("Stash is away"), 20), new ScenePreparation { Snapshot = Snapshot }]
            );

        Assert.Equal(TagSceneOutcome.Tagged, Run(run).Output!.Outcome);
        Assert.Equal(21, run.CallsOf(WorkflowNames.PrepareScene));
        Assert.Equal(TimeSpan.FromSeconds(2), run.Timers[0]);
        Assert.Equal(run.Timers.Order(), run.Timers);
        Assert.Equal(TimeSpan.FromMinutes(5), run.Timers[^1]);
        Assert.Contains(run.Statuses, status => status is { Stage: ProgressStage.Waiting, Message: "Stash is away" });
    }

    [Fact]
    public void After_150_attempts_the_last_failure_is_the_reason()
    {
        var run = Script().OnEach(WorkflowNames.PrepareScene, new IOException("Stash is away"));

        Assert.Equal("Stash is away", Run(run).Failure);
        Assert.Equal(150, run.CallsOf(WorkflowNames.PrepareScene));
    }

    [Fact]
    public void A_scene_deleted_meanwhile_is_skipped_with_the_reason_and_asks_no_further_chunk()
    {
        var run = Script(Planned(32 * 20, 20))
            .OnEach(WorkflowNames.AnalyzeFrames, Answered(32), new AnalyzeFramesOutput { Remaining = 32, SceneIsGone = true });

        var output = Run(run).Output!;

        Assert.Equal((TagSceneOutcome.Skipped, "The scene was deleted in Stash"), (output.Outcome, output.Message));
        Assert.InRange(run.CallsOf(WorkflowNames.AnalyzeFrames), 2, 4);
        Assert.Equal(0, run.CallsOf(WorkflowNames.PublishScene));
    }

    [Fact]
    public void A_permanent_failure_is_not_tried_again()
    {
        var run = Script(Planned(32, 1)).OnEach(WorkflowNames.AnalyzeFrames, new PermanentFailureException("The file is gone."));

        Assert.Equal("The file is gone.", Run(run).Failure);
        Assert.Equal(1, run.CallsOf(WorkflowNames.AnalyzeFrames));
    }

    [Fact]
    public void Continues_as_new_with_nothing_pending_and_goes_on_where_it_was()
    {
        const int Frames = 300 * 32;
        var recorded = 0;
        var run = Script()
            .On<PlanRoundInput, RoundPlanned>(
                WorkflowNames.PlanRound,
                input =>
                {
                    Assert.Equal(recorded, input.Recorded);
                    return new RoundPlanned("plan", Frames - recorded, (Frames - recorded) / 32, recorded, Frames);
                }
            )
            .On<AnalyzeFramesInput, AnalyzeFramesOutput>(
                WorkflowNames.AnalyzeFrames,
                _ =>
                {
                    recorded += 32;
                    return Answered(32);
                }
            );

        var end = Run(run);

        Assert.Equal(TagSceneOutcome.Tagged, end.Output!.Outcome);
        Assert.Equal(3, run.Histories.Count);
        Assert.All(run.Histories, history => Assert.Empty(history.DroppedByContinuing));
        Assert.Equal(1, run.CallsOf(WorkflowNames.PrepareScene));
        Assert.Equal(300, run.CallsOf(WorkflowNames.AnalyzeFrames));
    }

    [Fact]
    public void Three_rounds_without_progress_end_the_scene()
    {
        var run = Script(Planned(32, 1))
            .OnEach(WorkflowNames.AnalyzeFrames, new AnalyzeFramesOutput { Remaining = 32, Reason = "deadline" });

        Assert.Equal("No frame could be finished in 3 rounds: deadline", Run(run).Failure);
        Assert.InRange(run.CallsOf(WorkflowNames.AnalyzeFrames), 3, 4);
    }

    [Fact]
    public void Asks_no_more_than_the_plan_of_the_scene_allows()
    {
        var run = Script(new RoundPlanned("plan", 32, 1, 0, MostRecords: 64)).OnEach(WorkflowNames.AnalyzeFrames, Answered(32));

        Assert.StartsWith("Stopped after 64 frames", Run(run).Failure, StringComparison.Ordinal);
        Assert.Equal(2, run.CallsOf(WorkflowNames.AnalyzeFrames));
    }

    [Fact]
    public void A_scene_held_before_it_is_written_asks_again_after_it_was_resumed()
    {
        var run = Script(Nothing(done: 1))
            .OnEach(
                WorkflowNames.PublishScene,
                new PublishSceneOutput(Held: true, Output: null),
                new PublishSceneOutput(Held: true, Output: null),
                new PublishSceneOutput(Held: false, Tagged)
            );

        Assert.Equal(TagSceneOutcome.Tagged, Run(run).Output!.Outcome);
        Assert.Equal(["PrepareScene", "PlanRound", "PublishScene", "timer 1s", "PublishScene", "timer 1s", "PublishScene"], run.Steps);
    }

    [Fact]
    public void Options_of_the_request_reach_the_steps()
    {
        var run = Script(Nothing(done: 1));

        Run(
            run,
            new TagSceneInput
            {
                SceneId = SceneId.Known("12"),
                ByName = true,
                ForceToken = "token",
                DryRun = true,
                Reset = true,
            }
        );

        var prepare = Assert.Single(run.InputsOf<PrepareSceneInput>(WorkflowNames.PrepareScene));
        Assert.Equal(("12", true, "token", true), (prepare.SceneId, prepare.ByName, prepare.ForceToken, prepare.DryRun));
        var publish = Assert.Single(run.InputsOf<PublishSceneInput>(WorkflowNames.PublishScene));
        Assert.Equal(new PublishSceneInput(InstanceId.Known("scene-12"), Snapshot, DryRun: true, Reset: true), publish);
    }

    [Fact]
    public void Progress_reaches_100_percent_only_at_the_end_and_counts_requests()
    {
        var run = Script(Planned(frames: 64, chunks: 2), Nothing(done: 64));

        var end = Run(run);

        Assert.Equal(100, run.Statuses[^1].Percent);
        Assert.Equal(ProgressStage.Done, run.Statuses[^1].Stage);
        Assert.All(run.Statuses.SkipLast(1), status => Assert.InRange(status.Percent, 0, 99.9));
        Assert.Equal(64, end.Output!.Requests);
    }

    private static ScriptedEnd<TagSceneOutput> Run(ScriptedRun run, TagSceneInput? input = null) =>
        run.Run(() => new TagSceneOrchestrator(), input ?? Input, "scene-12");

    private static ScriptedRun Script(params object[] plans) => Script(_ => TimeSpan.Zero, plans);

    private static ScriptedRun Script(Func<int, TimeSpan> clockIsSet, params object[] plans) =>
        new ScriptedRun { ClockIsSet = clockIsSet }
            .On<PrepareSceneInput, ScenePreparation>(WorkflowNames.PrepareScene, _ => new ScenePreparation { Snapshot = Snapshot })
            .OnEach(WorkflowNames.PlanRound, plans.Length == 0 ? [Nothing(0)] : plans)
            .OnEach(WorkflowNames.AnalyzeFrames, Answered(32))
            .OnEach(WorkflowNames.PublishScene, new PublishSceneOutput(Held: false, Tagged))
            .OnEach(WorkflowNames.MarkErrored, true);

    private static RoundPlanned Planned(int frames, int chunks) => new("plan", frames, chunks, Done: 0);

    private static RoundPlanned Nothing(int done) => new("", 0, 0, done);

    private static AnalyzeFramesOutput Answered(int frames) =>
        new()
        {
            Answered = frames,
            Recorded = frames,
            Requests = frames,
        };

    private static AnalyzeFramesOutput Away(int seconds = 30) =>
        new()
        {
            Remaining = 32,
            Reason = "lm-studio does not answer",
            RetryAfter = TimeSpan.FromSeconds(seconds),
        };
}
