using HavenVlm.Core.Common;
using HavenVlm.Core.UnitTests.Workflows.Ports;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;

namespace HavenVlm.Core.UnitTests.Workflows.Requests;

/// <summary>A request for many scenes, tick by tick.</summary>
public sealed class TagScenesOrchestratorTests
{
    [Fact]
    public void Takes_the_list_once_then_looks_until_every_scene_has_ended()
    {
        var run = Script(Progress(done: 0), Progress(done: 1), Ended(done: 2, failed: 1));

        var end = Run(run);

        Assert.Equal((2, 1), (end.Output!.Done, end.Output.Failed));
        Assert.Equal("no file", Assert.Single(end.Output.Failures).Reason);
        Assert.Equal(["SnapshotRequest", "AdvanceRequest", "timer 0.5s", "AdvanceRequest", "timer 0.5s", "AdvanceRequest"], run.Steps);
        Assert.All(run.InputsOf<RequestInput>(WorkflowNames.AdvanceRequest), input => Assert.Equal("scenes-1", input.InstanceId));
    }

    [Fact]
    public void A_request_for_nothing_ends_at_the_first_look()
    {
        var run = Script(new AdvanceOutput(new RequestProgress { Total = 0 }, [], []));

        Assert.Equal(0, Run(run).Output!.Done);
        Assert.Equal(["SnapshotRequest", "AdvanceRequest"], run.Steps);
        Assert.Equal((ProgressStage.Done, 100), (run.Statuses[^1].Stage, run.Statuses[^1].Percent));
    }

    [Fact]
    public void Polls_less_often_while_nothing_moves_up_to_five_seconds()
    {
        var still = Progress(done: 1, moved: false);
        var run = Script([.. Enumerable.Repeat<object>(still, 12), Ended(done: 3, failed: 0)]);

        Run(run);

        Assert.Equal(TimeSpan.FromSeconds(0.75), run.Timers[0]);
        Assert.Equal(run.Timers.Order(), run.Timers);
        Assert.Equal(TimeSpan.FromSeconds(5), run.Timers[^1]);
    }

    [Fact]
    public void Looks_often_again_once_something_moves()
    {
        var run = Script(
            Progress(done: 0, moved: false),
            Progress(done: 0, moved: false),
            Progress(done: 1, moved: true),
            Ended(done: 3, failed: 0)
        );

        Run(run);

        Assert.Equal(TimeSpan.FromSeconds(0.5), run.Timers[^1]);
    }

    [Fact]
    public void Continues_as_new_with_nothing_pending_and_takes_no_second_list()
    {
        var run = Script([.. Enumerable.Repeat<object>(Progress(done: 1), 250), Ended(done: 3, failed: 0)]);

        Run(run);

        Assert.Equal(3, run.Histories.Count);
        Assert.All(run.Histories, history => Assert.Empty(history.DroppedByContinuing));
        Assert.All(run.Histories.SkipLast(1), history => Assert.Equal("timer 0.5s", $"{history.Asked[^1]}"));
        Assert.Equal(1, run.CallsOf(WorkflowNames.SnapshotRequest));
    }

    [Fact]
    public void Time_remaining_counts_from_the_begin_of_the_request_over_all_histories()
    {
        var run = Script([.. Enumerable.Repeat<object>(Progress(done: 1), 150), Ended(done: 3, failed: 0)]);

        Run(run);

        var etas = run.Histories.Select(history =>
            history.Statuses.FindLast(status => status.Stage == ProgressStage.Analyzing)!.EtaSeconds!.Value
        );
        Assert.Equal(etas.Order(), etas);
    }

    [Fact]
    public void Scenes_that_could_not_be_listed_end_the_request_with_the_reason()
    {
        var run = Script(Progress(0)).OnEach(WorkflowNames.SnapshotRequest, new PermanentFailureException("There is no filter Beach."));

        Assert.Equal("There is no filter Beach.", Run(run).Failure);
        Assert.Equal((ProgressStage.Failed, "There is no filter Beach."), (run.Statuses[^1].Stage, run.Statuses[^1].Message));
    }

    [Fact]
    public void An_outage_of_Stash_while_listing_is_waited_out_and_shown()
    {
        var run = Script(Ended(done: 3, failed: 0)).OnEach(WorkflowNames.SnapshotRequest, new IOException("Stash is away"), 3);

        Assert.Equal(3, Run(run).Output!.Done);
        Assert.Equal("timer 2s", run.Steps[1]);
        Assert.Equal(
            [ProgressStage.Preparing, ProgressStage.Waiting, ProgressStage.Preparing, ProgressStage.Done],
            run.Statuses.Select(status => status.Stage)
        );
    }

    [Theory]
    [InlineData(3, 2, 1, 40, 40)]
    [InlineData(100_000, 99_990, 10, 999, 1000)]
    public void Progress_stays_below_100_percent_until_every_scene_has_ended(int total, int done, int running, int framesDone, int frames)
    {
        var almost = new RequestProgress
        {
            Total = total,
            Done = done,
            Running = running,
            FramesDone = framesDone,
            FramesTotal = frames,
        };
        var run = Script(new AdvanceOutput(almost, [], []), new AdvanceOutput(almost with { Done = total, Running = 0 }, [], []));

        Run(run);

        Assert.InRange(run.Statuses[^2].Percent, 90, 99.9);
        Assert.Equal(100, run.Statuses[^1].Percent);
    }

    private static ScriptedEnd<TagScenesOutput> Run(ScriptedRun run) =>
        run.Run(() => new TagScenesOrchestrator(), new TagScenesInput(), "scenes-1");

    private static ScriptedRun Script(params object[] looks) =>
        new ScriptedRun().OnEach(WorkflowNames.SnapshotRequest, 3).OnEach(WorkflowNames.AdvanceRequest, looks);

    private static AdvanceOutput Progress(int done, bool moved = true) =>
        new(
            new RequestProgress
            {
                Total = 3,
                Done = done,
                Running = 1,
                Moved = moved,
            },
            [],
            []
        );

    private static AdvanceOutput Ended(int done, int failed) =>
        new(
            new RequestProgress
            {
                Total = done + failed,
                Done = done,
                Failed = failed,
            },
            failed == 0 ? [] : [new SceneFailure(SceneId.Known("3"), "no file")],
            []
        );
}
