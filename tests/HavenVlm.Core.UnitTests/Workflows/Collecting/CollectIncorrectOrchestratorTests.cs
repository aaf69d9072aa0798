using HavenVlm.Core.Common;
using HavenVlm.Core.UnitTests.Workflows.Ports;
using HavenVlm.Core.Workflows.Collecting;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.UnitTests.Workflows.Collecting;

/// <summary>Exporting what is wrong, and only then releasing it in Stash.</summary>
public sealed class CollectIncorrectOrchestratorTests
{
    [Fact]
    public void Nothing_is_released_before_everything_is_exported_and_the_manifest_is_written()
    {
        var run = Script(total: 3, exported: [2, 3], released: [Released(1), Released(3)]);

        var end = Run(run);

        Assert.Equal(
            ["ListIncorrect", "ExportIncorrect", "ExportIncorrect", "WriteManifest", "ReleaseIncorrect", "ReleaseIncorrect"],
            run.Steps
        );
        Assert.Equal(("exports/one", 4), (end.Output!.Folder, end.Output.Untagged));
    }

    [Fact]
    public void With_nothing_marked_nothing_is_exported_or_released()
    {
        var run = Script(total: 0, exported: [], released: []).OnEach(WorkflowNames.WriteManifest, new CollectOutput());

        Assert.Equal("", Run(run).Output!.Folder);
        Assert.Equal(["ListIncorrect", "WriteManifest"], run.Steps);
        Assert.Equal("Nothing is marked as incorrect", run.Statuses[^1].Message);
    }

    [Fact]
    public void A_failed_export_releases_nothing_and_ends_Failed_with_the_reason()
    {
        var run = Script(total: 3, exported: [new PermanentFailureException("The disk is full.")], released: []);

        Assert.Equal("The disk is full.", Run(run).Failure);
        Assert.Equal(["ListIncorrect", "ExportIncorrect"], run.Steps);
        Assert.Equal((ProgressStage.Failed, "The disk is full."), (run.Statuses[^1].Stage, run.Statuses[^1].Message));
    }

    [Fact]
    public void A_failed_manifest_releases_nothing()
    {
        var run = Script(total: 1, exported: [1], released: [])
            .OnEach(WorkflowNames.WriteManifest, new PermanentFailureException("No such folder."));

        Assert.Equal("No such folder.", Run(run).Failure);
        Assert.Equal(0, run.CallsOf(WorkflowNames.ReleaseIncorrect));
    }

    [Fact]
    public void Held_by_the_user_it_goes_on_with_the_same_scene_after_a_second()
    {
        var run = Script(total: 2, exported: [0, 2], released: [Released(0), Released(2)]);

        Run(run);

        Assert.Equal([0, 0], run.InputsOf<CollectChunkInput>(WorkflowNames.ExportIncorrect).Select(input => input.From));
        Assert.Equal([0, 0], run.InputsOf<CollectChunkInput>(WorkflowNames.ReleaseIncorrect).Select(input => input.From));
        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)], run.Timers);
    }

    [Fact]
    public void An_outage_while_releasing_is_waited_out_and_exports_nothing_twice()
    {
        var run = Script(total: 1, exported: [1], released: [new IOException("Stash is away"), Released(1)]);

        Run(run);

        Assert.Equal(1, run.CallsOf(WorkflowNames.ExportIncorrect));
        Assert.Equal(2, run.CallsOf(WorkflowNames.ReleaseIncorrect));
        Assert.Contains(run.Statuses, status => status is { Stage: ProgressStage.Waiting, Message: "Stash is away" });
    }

    [Fact]
    public void Continues_as_new_with_nothing_pending_and_writes_the_manifest_once()
    {
        var run = Script(
            total: 120,
            exported: [.. Enumerable.Range(1, 120).Select(next => (object)next)],
            released: [.. Enumerable.Range(1, 120).Select(next => (object)Released(next))]
        );

        Run(run);

        Assert.Equal(3, run.Histories.Count);
        Assert.All(run.Histories, history => Assert.Empty(history.DroppedByContinuing));
        Assert.Equal(1, run.CallsOf(WorkflowNames.ListIncorrect));
        Assert.Equal(1, run.CallsOf(WorkflowNames.WriteManifest));
        Assert.Equal(120, run.CallsOf(WorkflowNames.ReleaseIncorrect));
    }

    [Fact]
    public void Progress_is_half_exporting_half_releasing_and_100_percent_only_at_the_end()
    {
        var run = Script(total: 4, exported: [2, 4], released: [Released(2), Released(4)]);

        Run(run);

        var percents = run.Statuses.Select(status => status.Percent).ToList();
        Assert.Equal(percents.Order(), percents);
        Assert.All(percents.SkipLast(1), percent => Assert.InRange(percent, 0, 99.9));
        Assert.Equal(100, percents[^1]);
    }

    private static ScriptedEnd<CollectOutput> Run(ScriptedRun run) =>
        run.Run(() => new CollectIncorrectOrchestrator(), new CollectInput(), "incorrect-1");

    private static ScriptedRun Script(int total, object[] exported, object[] released) =>
        new ScriptedRun()
            .OnEach(WorkflowNames.ListIncorrect, total)
            .OnEach(WorkflowNames.ExportIncorrect, exported)
            .OnEach(WorkflowNames.WriteManifest, new CollectOutput { Folder = "exports/one", Markers = total })
            .OnEach(WorkflowNames.ReleaseIncorrect, released);

    private static CollectReleased Released(int next) => new(next, Untagged: 2, Deleted: 1, Left: []);
}
