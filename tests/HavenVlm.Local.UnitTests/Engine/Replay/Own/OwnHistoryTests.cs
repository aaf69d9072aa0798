using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Local.Engine.Journal;
using HavenVlm.Local.Engine.Replay;
using HavenVlm.Local.Engine.Running;
using HavenVlm.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace HavenVlm.Local.UnitTests.Engine.Replay.Own;

/// <summary>
/// Recorded histories of the product's own orchestrators against the orchestrators of today. One that no longer fits means that an update
/// would start the running instances of users again from their input, with what that costs: see docs/dev/histories.md before recording
/// again with HAVEN_WRITE_REFERENCE=1.
/// </summary>
public sealed class OwnHistoryTests : IClassFixture<OwnHistoryTests.Recording>
{
    private const int Hurry = 200;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    public static TheoryData<string> Names => [.. OwnCourses.All.Select(course => course.Name)];

    [Theory, MemberData(nameof(Names))]
    public void A_recorded_history_fits_the_orchestrator_of_today(string name)
    {
        var history = RecordedHistory.LoadOwn(name);

        var run = Create(history.Orchestrator);
        run.Replay(history.Events);

        Assert.Null(run.Mismatch);
        var last = history.Events[^1];
        // An output may gain a field; how it ended, and why, may not change.
        var isCompleted = last.Kind is HistoryEventKind.Completed;
        Assert.Equal(isCompleted ? RunEnd.Completed : RunEnd.Failed, run.Outcome?.End);
        Assert.True(isCompleted || run.Outcome?.Data == last.Data, run.Outcome?.Data);
        Assert.Empty(run.TakeNew().Requests);
    }

    [Theory, MemberData(nameof(Names))]
    public void An_instance_that_was_cut_off_anywhere_goes_on(string name)
    {
        var history = RecordedHistory.LoadOwn(name);
        for (var cut = 0; cut < history.Events.Count; cut++)
        {
            var run = Create(history.Orchestrator);
            run.Replay([.. history.Events.Take(cut)]);

            Assert.Null(run.Mismatch);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public async Task The_same_course_on_the_engine_of_today_asks_for_the_same(string name)
    {
        var recorded = RecordedHistory.LoadOwn(name).Events.Where(e => e.IsRequest).Select(e => e.Describe());

        var today = await RunAsync(OwnCourses.All.Single(course => course.Name == name));

        Assert.Equal(recorded, today.Where(e => e.IsRequest).Select(e => e.Describe()));
    }

    [Theory, MemberData(nameof(Names))]
    public void An_activity_of_another_name_is_a_mismatch(string name)
    {
        var history = RecordedHistory.LoadOwn(name);
        var run = Create(history.Orchestrator);

        run.Replay([.. history.Events.Select(e => e.Kind is HistoryEventKind.ActivityScheduled ? e with { Name = $"Other{e.Name}" } : e)]);

        Assert.Equal(RunEnd.Mismatched, run.Outcome?.End);
    }

    [Fact]
    public void Every_orchestrator_has_a_normal_course_an_outage_and_a_failure() =>
        Assert.All(
            OwnHistory.Product.Orchestrators,
            orchestrator =>
                Assert.Superset(
                    new HashSet<string>(StringComparer.Ordinal) { "normal", "outage", "failure" },
                    OwnCourses.All.Where(c => c.Orchestrator == orchestrator.Name).Select(c => c.Course).ToHashSet(StringComparer.Ordinal)
                )
        );

    private static OrchestratorRun Create(string orchestrator) =>
        new(OwnHistory.Product.FindOrchestrator(orchestrator)!, "one", NullLoggerFactory.Instance, () => { });

    /// <summary>Runs a course to its end on the embedded engine; the history in its journal.</summary>
    private static async Task<IReadOnlyList<HistoryEvent>> RunAsync(OwnHistory course)
    {
        using var folder = new TempFolder();
        using var locked = await DataFolderLock.AcquireAsync(folder.Path, TimeProvider.System, CancellationToken.None);
        await using var services = new ServiceCollection().BuildServiceProvider();
        var held = new HeldOrchestrators();
        await using var engine = new EmbeddedEngine(
            new WorkflowCatalog(OwnHistory.Product.Orchestrators.Select(held.Held), course.Scripted()),
            services,
            locked,
            new HurriedClock(Start, Hurry),
            new EngineOptions(),
            NullLogger<EmbeddedEngine>.Instance
        );
        await engine.StartAsync(CancellationToken.None);
        await engine.StartAsync(course.Orchestrator, course.InstanceId, course.Input, CancellationToken.None);
        var journal = new JournalReader(new JournalFile(locked.Folder));
        using var deadline = new CancellationTokenSource(Deadline);
        while (true)
        {
            var history = journal.ReadHistory(course.InstanceId);
            if (HeldOrchestrators.IsHeld(history))
            {
                return held.Ended(history);
            }

            if (history is [.., { Kind: HistoryEventKind.Failed }])
            {
                return history;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), deadline.Token);
        }
    }

    /// <summary>Before the tests, records the histories again where that is asked for.</summary>
    public sealed class Recording : IAsyncLifetime
    {
        public async ValueTask InitializeAsync()
        {
            if (Environment.GetEnvironmentVariable("HAVEN_WRITE_REFERENCE") is "1")
            {
                foreach (var course in OwnCourses.All)
                {
                    await RecordedHistory.WriteOwnAsync(course.Name, course.Orchestrator, await RunAsync(course));
                }
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Keeps orchestrators at their end, because the journal drops the history of what has ended well.</summary>
    private sealed class HeldOrchestrators
    {
        private static readonly DateTimeOffset Never = Start + TimeSpan.FromDays(10_000);
        private volatile string? _output;

        public static bool IsHeld(IReadOnlyList<HistoryEvent> history) => history.Count > 0 && history[^1].Due == Never;

        public OrchestratorRegistration Held(OrchestratorRegistration orchestrator) =>
            orchestrator with
            {
                RunAsync = async (context, input) =>
                {
                    var output = await orchestrator.RunAsync(context, input);
                    _output = JsonSerializer.Serialize(output, orchestrator.OutputType, HavenJson.Options);
                    await context.CreateTimerAsync(Never, CancellationToken.None);
                    return output;
                },
            };

        /// <summary>The history as it would be without being held.</summary>
        public IReadOnlyList<HistoryEvent> Ended(IReadOnlyList<HistoryEvent> history) =>
            [
                .. history.SkipLast(1),
                new HistoryEvent(HistoryEventKind.Completed, history[^1].At) { Position = history[^1].Position, Data = _output },
            ];
    }
}
