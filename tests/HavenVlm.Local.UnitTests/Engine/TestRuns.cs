using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Local.Engine.Journal;
using HavenVlm.Local.Engine.Replay;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HavenVlm.Local.UnitTests.Engine;

/// <summary>Runs of orchestrators without an engine around them.</summary>
internal static class TestRuns
{
    public static OrchestratorRun Create<TInput, TOutput>(
        Func<IOrchestrationContext, TInput, Task<TOutput>> orchestrator,
        ILoggerFactory? loggers = null,
        Action? onLeft = null
    )
    {
        var registration = new OrchestratorRegistration(
            "Test",
            typeof(TInput),
            typeof(TOutput),
            async (context, input) => await orchestrator(context, (TInput)input!)
        );
        return new OrchestratorRun(registration, "one", loggers ?? NullLoggerFactory.Instance, onLeft ?? (() => { }));
    }

    /// <summary>A run that has begun.</summary>
    public static OrchestratorRun Begin<TOutput>(Func<IOrchestrationContext, string, Task<TOutput>> orchestrator, Action? onLeft = null)
    {
        var run = Create(orchestrator, onLeft: onLeft);
        run.Replay([
            new HistoryEvent(HistoryEventKind.Started, DateTimeOffset.UnixEpoch) { Position = 1, Data = "\"\"" },
            new HistoryEvent(HistoryEventKind.Begun, DateTimeOffset.UnixEpoch) { Position = 2 },
        ]);
        return run;
    }

    /// <summary>An activity's result.</summary>
    public static HistoryEvent Result(int task, string json) =>
        new(HistoryEventKind.ActivityCompleted, DateTimeOffset.UnixEpoch)
        {
            Position = 100 + task,
            Task = task,
            Data = json,
        };
}
