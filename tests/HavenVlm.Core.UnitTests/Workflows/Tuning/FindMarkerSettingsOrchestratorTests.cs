using HavenVlm.Core.Common;
using HavenVlm.Core.UnitTests.Workflows.Ports;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Tuning;

namespace HavenVlm.Core.UnitTests.Workflows.Tuning;

/// <summary>Completing the log of the scene to tune by, then searching.</summary>
public sealed class FindMarkerSettingsOrchestratorTests
{
    private static readonly FindMarkerSettingsOutput Found = new() { SceneId = SceneId.Known("12"), Message = "3 tags are better" };

    [Fact]
    public void Completes_the_log_then_searches()
    {
        var run = Script(Check(ended: false), Check(ended: true));

        var end = Run(run);

        Assert.Equal("3 tags are better", end.Output!.Message);
        Assert.Equal(["StartTuning", "CheckTuning", "timer 0.3s", "CheckTuning", "FindSettings"], run.Steps);
        Assert.Equal(
            new FindSettingsInput(InstanceId.Known("marker-settings-1"), SceneId.Known("12")),
            Assert.Single(run.InputsOf<FindSettingsInput>(WorkflowNames.FindSettings))
        );
    }

    [Fact]
    public void Shows_how_far_the_analysis_is_and_100_percent_only_at_the_end()
    {
        var run = Script(Check(ended: false), Check(ended: false), Check(ended: true));

        Run(run);

        Assert.Contains(run.Statuses, status => status is { Stage: ProgressStage.Analyzing, Percent: 40 });
        Assert.All(run.Statuses.SkipLast(1), status => Assert.InRange(status.Percent, 0, 99.9));
        Assert.Equal((ProgressStage.Done, 100), (run.Statuses[^1].Stage, run.Statuses[^1].Percent));
    }

    [Fact]
    public void Looks_less_and_less_often_up_to_five_seconds()
    {
        var run = Script([.. Enumerable.Repeat<object>(Check(ended: false), 20), Check(ended: true)]);

        Run(run);

        Assert.Equal(run.Timers.Order(), run.Timers);
        Assert.Equal(TimeSpan.FromSeconds(5), run.Timers[^1]);
    }

    [Fact]
    public void Continues_as_new_with_nothing_pending_and_starts_no_second_analysis()
    {
        var run = Script([.. Enumerable.Repeat<object>(Check(ended: false), 150), Check(ended: true)]);

        Run(run);

        Assert.Equal(2, run.Histories.Count);
        Assert.Empty(run.Histories[0].DroppedByContinuing);
        Assert.Equal(1, run.CallsOf(WorkflowNames.StartTuning));
    }

    [Fact]
    public void Without_a_scene_to_tune_by_it_ends_Failed_with_the_reason()
    {
        var run = Script(Check(ended: true))
            .OnEach(WorkflowNames.StartTuning, new PermanentFailureException("No scene carries VLM_TuneMe."));

        Assert.Equal("No scene carries VLM_TuneMe.", Run(run).Failure);
        Assert.Equal(ProgressStage.Failed, run.Statuses[^1].Stage);
    }

    [Fact]
    public void An_outage_of_Stash_while_searching_is_waited_out()
    {
        var run = Script(Check(ended: true)).OnEach(WorkflowNames.FindSettings, new IOException("Stash is away"), Found);

        Assert.NotNull(Run(run).Output);
        Assert.Equal(["StartTuning", "CheckTuning", "FindSettings", "timer 2s", "FindSettings"], run.Steps);
    }

    private static ScriptedEnd<FindMarkerSettingsOutput> Run(ScriptedRun run) =>
        run.Run(
            () => new FindMarkerSettingsOrchestrator(),
            new FindMarkerSettingsInput { SceneId = SceneId.Known("12") },
            "marker-settings-1"
        );

    private static ScriptedRun Script(params object[] checks) =>
        new ScriptedRun()
            .OnEach(WorkflowNames.StartTuning, new TuningStarted(SceneId.Known("12"), InstanceId.Known("scenes-tune")))
            .OnEach(WorkflowNames.CheckTuning, checks)
            .OnEach(WorkflowNames.FindSettings, Found);

    private static CheckTuningOutput Check(bool ended) =>
        new(ended, new ProgressStatus { Stage = ProgressStage.Analyzing, Percent = ended ? 90 : 40 });
}
