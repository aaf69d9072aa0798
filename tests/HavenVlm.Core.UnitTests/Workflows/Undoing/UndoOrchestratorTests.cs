using HavenVlm.Core.Common;
using HavenVlm.Core.UnitTests.Workflows.Ports;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Undoing;

namespace HavenVlm.Core.UnitTests.Workflows.Undoing;

/// <summary>Taking back what was written, chunk by chunk.</summary>
public sealed class UndoOrchestratorTests
{
    [Fact]
    public void Lists_once_then_undoes_chunk_after_chunk_and_adds_up()
    {
        var run = Script(total: 5, Undone(2), Undone(4), Undone(5));

        var end = Run(run, all: false);

        Assert.Equal(["SnapshotUndo", "UndoSubjects", "UndoSubjects", "UndoSubjects"], run.Steps);
        Assert.Equal([0, 2, 4], run.InputsOf<UndoSubjectsInput>(WorkflowNames.UndoSubjects).Select(input => input.From));
        Assert.Equal((3, 6), (end.Output!.Done, end.Output.Markers));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_everything_the_tags_made_for_it_go_last(bool dryRun)
    {
        var run = Script(total: 1, Undone(1)).OnEach(WorkflowNames.RemoveCreatedTags, new CreatedTagsOutput(["VLM"], ["Waving"]));

        var end = Run(run, all: true, dryRun);

        Assert.Equal("RemoveCreatedTags", run.Steps[^1]);
        Assert.Equal(dryRun, Assert.Single(run.InputsOf<RemoveCreatedTagsInput>(WorkflowNames.RemoveCreatedTags)).DryRun);
        Assert.Equal(["VLM"], end.Output!.RemovedTags);
        Assert.Equal(["Waving"], end.Output.KeptTags);
    }

    [Fact]
    public void With_nothing_written_it_ends_at_once()
    {
        var run = Script(total: 0);

        Assert.Equal(0, Run(run, all: false).Output!.Done);
        Assert.Equal(["SnapshotUndo"], run.Steps);
        Assert.Equal((ProgressStage.Done, 100), (run.Statuses[^1].Stage, run.Statuses[^1].Percent));
    }

    [Fact]
    public void Held_by_the_user_it_asks_for_the_same_chunk_after_a_second()
    {
        var run = Script(total: 2, Undone(0), Undone(2));

        Run(run, all: false);

        Assert.Equal(["SnapshotUndo", "UndoSubjects", "timer 1s", "UndoSubjects"], run.Steps);
        Assert.Equal([0, 0], run.InputsOf<UndoSubjectsInput>(WorkflowNames.UndoSubjects).Select(input => input.From));
    }

    [Fact]
    public void An_outage_of_Stash_is_waited_out_and_shown()
    {
        var run = Script(total: 2, new IOException("Stash is away"), Undone(2));

        Run(run, all: false);

        Assert.Equal(["SnapshotUndo", "UndoSubjects", "timer 2s", "UndoSubjects"], run.Steps);
        Assert.Contains(run.Statuses, status => status is { Stage: ProgressStage.Waiting, Message: "Stash is away" });
    }

    [Fact]
    public void A_refused_key_ends_it_Failed_with_the_reason()
    {
        var run = Script(total: 2, new PermanentFailureException("The key is refused."));

        Assert.Equal("The key is refused.", Run(run, all: false).Failure);
        Assert.Equal(ProgressStage.Failed, run.Statuses[^1].Stage);
    }

    [Fact]
    public void Continues_as_new_with_nothing_pending_and_keeps_what_was_done()
    {
        var run = Script(total: 150, [.. Enumerable.Range(1, 150).Select(Undone)]);

        var end = Run(run, all: false);

        Assert.Equal(2, run.Histories.Count);
        Assert.Empty(run.Histories[0].DroppedByContinuing);
        Assert.Equal(1, run.CallsOf(WorkflowNames.SnapshotUndo));
        Assert.Equal(150, end.Output!.Done);
    }

    [Fact]
    public void Progress_stays_below_100_percent_until_the_tags_are_gone_too()
    {
        var run = Script(total: 1, Undone(1))
            .OnEach(WorkflowNames.RemoveCreatedTags, new IOException("away"), new CreatedTagsOutput([], []));

        Run(run, all: true);

        Assert.All(run.Statuses.SkipLast(1), status => Assert.InRange(status.Percent, 0, 99.9));
        Assert.Equal(100, run.Statuses[^1].Percent);
    }

    private static ScriptedEnd<UndoOutput> Run(ScriptedRun run, bool all, bool dryRun = false) =>
        run.Run(() => new UndoOrchestrator(), new UndoInput(all, dryRun), "undo-1");

    private static ScriptedRun Script(int total, params object[] chunks) =>
        new ScriptedRun().OnEach(WorkflowNames.SnapshotUndo, total).OnEach(WorkflowNames.UndoSubjects, chunks);

    private static object Undone(int next) => new UndoProgress(next, new UndoOutput { Done = 1, Markers = 2 });
}
