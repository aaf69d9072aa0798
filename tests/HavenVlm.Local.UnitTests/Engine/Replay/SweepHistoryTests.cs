using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Sweeping;
using HavenVlm.Local.Engine.Journal;
using HavenVlm.Local.Engine.Replay;

namespace HavenVlm.Local.UnitTests.Engine.Replay;

/// <summary>Sweeps that began before sweeps stopped waiting for what they started.</summary>
public sealed class SweepHistoryTests
{
    private static readonly DateTimeOffset Ten = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void One_that_waits_for_its_requests_is_started_again_from_its_input()
    {
        var run = TestRuns.Create<SweepInput, SweepOutput>((context, input) => new SweepOrchestrator().RunAsync(context, input));

        run.Replay([
            Event(1, HistoryEventKind.Started, data: "{}"),
            Event(2, HistoryEventKind.Begun),
            Event(3, HistoryEventKind.ActivityScheduled, 1, WorkflowNames.StartSweep, """{"run":"20260301100000000"}"""),
            Event(4, HistoryEventKind.ActivityCompleted, 1, data: """{"requests":["scenes-sweep-20260301100000000-tag"]}"""),
            Event(5, HistoryEventKind.ActivityScheduled, 2, WorkflowNames.CheckSweep, """{"requests":["scenes-sweep-1-tag"]}"""),
            Event(6, HistoryEventKind.ActivityCompleted, 2, data: """{"ended":false,"due":false,"scenesDone":0,"scenesTotal":1}"""),
            Event(7, HistoryEventKind.TimerCreated, 3) with
            {
                Due = Ten.AddSeconds(1),
            },
        ]);

        Assert.Equal(RunEnd.Mismatched, run.Outcome?.End);
        var again = TestRuns.Create<SweepInput, SweepOutput>((context, input) => new SweepOrchestrator().RunAsync(context, input));
        again.Replay([
            Event(1, HistoryEventKind.Started, data: """{"requests":["scenes-sweep-1-tag"]}"""),
            Event(2, HistoryEventKind.Begun),
        ]);
        Assert.Equal(WorkflowNames.StartSweep, Assert.Single(again.TakeNew().Requests).Name);
    }

    private static HistoryEvent Event(int position, HistoryEventKind kind, int task = 0, string? name = null, string? data = null) =>
        new(kind, Ten)
        {
            Position = position,
            Task = task,
            Name = name,
            Data = data,
        };
}
