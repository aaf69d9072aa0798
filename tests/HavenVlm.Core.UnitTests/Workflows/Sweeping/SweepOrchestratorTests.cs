using HavenVlm.Core.Common;
using HavenVlm.Core.UnitTests.Workflows.Ports;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Sweeping;

namespace HavenVlm.Core.UnitTests.Workflows.Sweeping;

/// <summary>The one instance that looks for request tags.</summary>
public sealed class SweepOrchestratorTests
{
    [Fact]
    public void Starts_what_is_new_and_ends_without_waiting_for_it()
    {
        var run = Script(new CheckSweepOutput(Due: false));

        var end = Run(run);

        Assert.Equal(["StartSweep", "CheckSweep"], run.Steps);
        Assert.Equal(["scenes-running", "scenes-new"], end.Output!.Requests.Select(id => id.Value));
        Assert.Equal("Running scenes-running, scenes-new", run.Statuses[^1].Message);
    }

    [Fact]
    public void Due_again_while_it_ran_means_one_more_look_under_a_name_of_its_own()
    {
        var run = Script(new CheckSweepOutput(Due: true), new CheckSweepOutput(Due: false));

        Run(run);

        Assert.Equal(["StartSweep", "CheckSweep", "timer 0.5s", "StartSweep", "CheckSweep"], run.Steps);
        var looks = run.InputsOf<StartSweepInput>(WorkflowNames.StartSweep).Select(input => input.Run).ToList();
        Assert.Distinct(looks);
        Assert.Equal(looks, run.InputsOf<CheckSweepInput>(WorkflowNames.CheckSweep).Select(input => input.Run));
    }

    [Fact]
    public void Reports_that_nothing_was_found()
    {
        var run = Script(new CheckSweepOutput(Due: false)).OnEach(WorkflowNames.StartSweep, new StartSweepOutput([]));

        Assert.Empty(Run(run).Output!.Requests);
        Assert.Equal("Nothing carries a request tag", run.Statuses[^1].Message);
    }

    [Fact]
    public void An_outage_of_Stash_is_waited_out_for_at_most_half_a_minute_at_a_time()
    {
        var run = Script(new CheckSweepOutput(Due: false))
            .OnEach(
                WorkflowNames.StartSweep,
                [.. Enumerable.Repeat<object>(new IOException("Stash is away"), 12), new StartSweepOutput([])]
            );

        Run(run);

        Assert.Equal(12, run.Timers.Count);
        Assert.Equal(TimeSpan.FromSeconds(30), run.Timers.Max());
        Assert.Equal(ProgressStage.Waiting, run.Statuses[1].Stage);
    }

    [Fact]
    public void What_only_a_person_can_fix_ends_it_Failed_with_the_reason()
    {
        var run = Script(new CheckSweepOutput(Due: false))
            .OnEach(WorkflowNames.StartSweep, new PermanentFailureException("The key is refused."));

        Assert.Equal("The key is refused.", Run(run).Failure);
    }

    [Fact]
    public void Continues_as_new_with_nothing_pending_and_remembers_what_it_started()
    {
        var run = Script([.. Enumerable.Repeat<object>(new CheckSweepOutput(Due: true), 60), new CheckSweepOutput(Due: false)]);

        var end = Run(run);

        Assert.Equal(2, run.Histories.Count);
        Assert.Empty(run.Histories[0].DroppedByContinuing);
        Assert.Equal("timer 0.5s", $"{run.Histories[0].Asked[^1]}");
        Assert.Equal(["scenes-running", "scenes-new"], end.Output!.Requests.Select(id => id.Value));
    }

    private static ScriptedEnd<SweepOutput> Run(ScriptedRun run) => run.Run(() => new SweepOrchestrator(), new SweepInput(), "sweep");

    private static ScriptedRun Script(params object[] checks) =>
        new ScriptedRun()
            .OnEach(WorkflowNames.StartSweep, new StartSweepOutput([InstanceId.Known("scenes-new")], [InstanceId.Known("scenes-running")]))
            .OnEach(WorkflowNames.CheckSweep, checks);
}
