using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.EngineHost;
using HavenVlm.Local.Engine.Journal;
using HavenVlm.Local.Engine.Replay;

namespace HavenVlm.Local.UnitTests.Engine.Replay;

/// <summary>Random orchestrations, forgotten and replayed at random points, with completions in random order.</summary>
public sealed class RandomTreeProperties
{
    [Fact]
    public void However_often_it_is_replayed_a_run_ends_as_if_undisturbed() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<int>(),
                seed =>
                {
                    var random = new Random(seed);
                    var input = new TreeInput(Tree.Random(random, depth: 3), random.Next(1, 3), 0);
                    return new Simulation(random, input).Run() == TreeOrchestrator.Expected(input);
                }
            )
            .QuickCheckThrowOnFailure();

    /// <summary>What the engine does around a run, without disk and time, and with accidents.</summary>
    private sealed class Simulation(Random random, TreeInput input)
    {
        private readonly List<HistoryEvent> _history = [];
        private readonly Dictionary<int, HistoryEvent> _requests = [];
        private DateTimeOffset _now = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);

        public long Run()
        {
            var next = JsonSerializer.Serialize(input, HavenJson.Options);
            while (true)
            {
                var outcome = RunOnce(next);
                if (outcome.End != RunEnd.ContinuedAsNew)
                {
                    Assert.Equal(RunEnd.Completed, outcome.End);
                    return long.Parse(outcome.Data!, System.Globalization.CultureInfo.InvariantCulture);
                }

                next = outcome.Data!;
            }
        }

        private RunOutcome RunOnce(string json)
        {
            _history.Clear();
            _requests.Clear();
            Append(new HistoryEvent(HistoryEventKind.Started, _now) { Data = json });
            Append(new HistoryEvent(HistoryEventKind.Begun, _now));
            var run = Replay();
            while (run.Outcome is null)
            {
                if (random.Next(20) == 0)
                {
                    // A crash before what was just asked for was written.
                    run = Replay();
                    continue;
                }

                foreach (var request in run.TakeNew().Requests)
                {
                    Append(request);
                    _requests[request.Task] = request;
                }

                if (random.Next(5) == 0)
                {
                    run = Replay();
                    continue;
                }

                _now = _now.AddMilliseconds(random.Next(3));
                run.Deliver(Append(Answer(Pick(run))));
            }

            return run.Outcome;
        }

        private OrchestratorRun Replay()
        {
            var run = TestRuns.Create<TreeInput, long>((context, tree) => new TreeOrchestrator().RunAsync(context, tree));
            run.Replay([.. _history]);
            Assert.Null(run.Mismatch);
            return run;
        }

        private int Pick(OrchestratorRun run)
        {
            // The far deadlines come last, as they would.
            var near = run.Pending.Where(p => p.Value.Due is not { } due || due < _now.AddMinutes(30)).Select(p => p.Key).ToList();
            return near[random.Next(near.Count)];
        }

        private HistoryEvent Answer(int task)
        {
            var request = _requests[task];
            if (request.Kind == HistoryEventKind.TimerCreated)
            {
                return new HistoryEvent(HistoryEventKind.TimerFired, _now) { Task = task, Due = request.Due };
            }

            var leaf = JsonSerializer.Deserialize<Leaf>(request.Data!, HavenJson.Options)!;
            return leaf.Attempt > leaf.Failures
                ? new HistoryEvent(HistoryEventKind.ActivityCompleted, _now) { Task = task, Data = $"{leaf.Value}" }
                : new HistoryEvent(HistoryEventKind.ActivityFailed, _now)
                {
                    Task = task,
                    Data = JsonSerializer.Serialize(new ActivityFailure("X", "failed", IsPermanent: false), HavenJson.Options),
                };
        }

        private HistoryEvent Append(HistoryEvent e)
        {
            var appended = e with { Position = _history.Count + 1 };
            _history.Add(appended);
            return appended;
        }
    }
}
