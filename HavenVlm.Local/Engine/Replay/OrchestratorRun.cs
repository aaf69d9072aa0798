using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Local.Engine.Journal;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Local.Engine.Replay;

/// <summary>How a run ended.</summary>
internal enum RunEnd
{
    /// <summary>The orchestrator returned.</summary>
    Completed,

    /// <summary>The orchestrator threw or broke the rules.</summary>
    Failed,

    /// <summary>The next run of the instance takes over.</summary>
    ContinuedAsNew,

    /// <summary>The history does not fit the orchestrator.</summary>
    Mismatched,
}

/// <summary>The end of a run.</summary>
/// <param name="End">How.</param>
/// <param name="Data">Output or next input (JSON), or the reason (text).</param>
internal sealed record RunOutcome(RunEnd End, string? Data);

/// <summary>
/// One run of an orchestrator in memory. Fed with the events of its history in order, delivers completions one at a time and
/// gathers what the orchestrator asks for. Used by one turn at a time.
/// </summary>
internal sealed class OrchestratorRun
{
    private readonly OrchestratorRegistration _orchestrator;
    private readonly TurnThread _thread;
    private readonly OrchestrationContext _context;
    private readonly Queue<HistoryEvent> _held = new();
    private string? _input;
    private Task<string>? _task;
    private bool _suspended;

    /// <param name="orchestrator">What to run.</param>
    /// <param name="instanceId">For whom.</param>
    /// <param name="loggers">For the orchestrator's loggers.</param>
    /// <param name="onLeft">Called, from any thread, when orchestrator code is seen outside of a turn.</param>
    public OrchestratorRun(OrchestratorRegistration orchestrator, string instanceId, ILoggerFactory loggers, Action onLeft)
    {
        _orchestrator = orchestrator;
        _thread = new TurnThread(onLeft);
        _context = new OrchestrationContext(instanceId, orchestrator.Name, _thread, loggers);
    }

    /// <summary>Whether the orchestrator's code has begun to run.</summary>
    public bool HasBegun => _task is not null;

    /// <summary>Whether completions are held back.</summary>
    public bool IsSuspended => _suspended;

    /// <summary>Its input as JSON.</summary>
    public string? Input => _input;

    /// <summary>How it ended; null = it waits.</summary>
    public RunOutcome? Outcome { get; private set; }

    /// <summary>Where the history stopped fitting, once it did.</summary>
    public HistoryMismatch? Mismatch => _context.Mismatch;

    /// <summary>Custom status as JSON, as last set; null = never set.</summary>
    public string? CustomStatus => _context.CustomStatus;

    /// <summary>What was asked for and has not come back, by number.</summary>
    public IReadOnlyDictionary<int, PendingRequest> Pending => _context.Pending;

    /// <summary>What was newly asked for since the last call.</summary>
    public (IReadOnlyList<HistoryEvent> Requests, IReadOnlyList<int> CancelledTimers) TakeNew() => _context.TakeNew();

    /// <summary>Brings a run up to where its history ends.</summary>
    public void Replay(IReadOnlyList<HistoryEvent> history)
    {
        var lastRequest = 0;
        foreach (var request in history.Where(e => e.IsRequest))
        {
            _context.Expect(request);
            lastRequest = request.Position;
        }

        foreach (var e in history)
        {
            _context.IsReplaying = e.Position < lastRequest;
            Deliver(e);
        }

        _context.IsReplaying = false;
        if (Outcome?.End != RunEnd.Mismatched && _context.NextRecorded is { } missing)
        {
            var found = Outcome is null ? "did not request it" : "ended before it";
            Outcome = Mismatched(new HistoryMismatch(missing.Position, missing.Describe(), found));
        }
    }

    /// <summary>Delivers the next event of the history.</summary>
    public void Deliver(HistoryEvent e)
    {
        if (Outcome is not null)
        {
            return;
        }

        switch (e.Kind)
        {
            case HistoryEventKind.Started:
                _input = e.Data;
                break;
            case HistoryEventKind.Begun:
                _context.SetClock(e.At);
                Turn(() => _task = _orchestrator.RunJsonAsync(_context, _input));
                break;
            case HistoryEventKind.Suspended:
                _suspended = true;
                break;
            case HistoryEventKind.Resumed:
                _suspended = false;
                DeliverHeld(e.At);
                break;
            case HistoryEventKind.ActivityCompleted or HistoryEventKind.ActivityFailed or HistoryEventKind.TimerFired:
                DeliverOrHold(e);
                break;
        }
    }

    /// <summary>Looks whether orchestrator code was seen outside of a turn; ends the run if so.</summary>
    public void CheckThread()
    {
        if (Outcome is null && _thread.WasLeft)
        {
            Outcome = new RunOutcome(RunEnd.Failed, LeftItsThread(_orchestrator.Name));
        }
    }

    /// <summary>The message for an orchestrator that does what could not be repeated.</summary>
    public static string LeftItsThread(string orchestrator) =>
        $"The orchestrator {orchestrator} left its thread: it awaited something that does not come from its context, or used "
        + "ConfigureAwait(false) or Task.Run. Such work belongs into an activity.";

    private void DeliverOrHold(HistoryEvent e)
    {
        if (_suspended)
        {
            _held.Enqueue(e);
            return;
        }

        _context.SetClock(e.At);
        Turn(() => _context.Deliver(e));
    }

    private void DeliverHeld(DateTimeOffset now)
    {
        _context.SetClock(now);
        while (Outcome is null && _held.TryDequeue(out var e))
        {
            Turn(() => _context.Deliver(e));
        }
    }

    private void Turn(Action action)
    {
        try
        {
            _thread.Run(action);
        }
        catch (InvalidOperationException e)
        {
            Outcome = new RunOutcome(RunEnd.Failed, e.Message);
            return;
        }

        if (_context.Mismatch is { } mismatch)
        {
            Outcome = Mismatched(mismatch);
        }
        else
        {
            CheckThread();
            Outcome ??= Ended();
        }
    }

    private RunOutcome? Ended()
    {
        if (_task!.IsFaulted || _task.IsCanceled)
        {
            return new RunOutcome(RunEnd.Failed, Reason(_task));
        }

        if (_task.IsCompleted)
        {
            return _context.ContinuesAsNew
                ? new RunOutcome(RunEnd.ContinuedAsNew, _context.NextInput)
                : new RunOutcome(RunEnd.Completed, _task.GetAwaiter().GetResult());
        }

        // It waits, but nothing that could ever come back is pending: it waits for something else.
        return _context.Pending.Count == 0 ? new RunOutcome(RunEnd.Failed, LeftItsThread(_orchestrator.Name)) : null;
    }

    private RunOutcome Mismatched(HistoryMismatch mismatch) => new(RunEnd.Mismatched, mismatch.Describe(_orchestrator.Name));

    private static string Reason(Task task) =>
        task.Exception?.GetBaseException() switch
        {
            null => "It was cancelled.",
            ActivityFailedException or OrchestrationFailedException or PermanentFailureException => task
                .Exception.GetBaseException()
                .Message,
            var other => $"{other.GetType().FullName}: {other.Message}",
        };
}
