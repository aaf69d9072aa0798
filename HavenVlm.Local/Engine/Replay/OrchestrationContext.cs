using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Local.Engine.Journal;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Local.Engine.Replay;

/// <summary>What one run of an orchestrator sees. Its requests are compared with the recorded ones as long as there are any.</summary>
internal sealed class OrchestrationContext(string instanceId, string orchestrator, TurnThread thread, ILoggerFactory loggers)
    : IOrchestrationContext
{
    private readonly Queue<HistoryEvent> _recorded = new();
    private readonly Dictionary<int, PendingRequest> _pending = [];
    private List<HistoryEvent> _requests = [];
    private List<int> _cancelledTimers = [];
    private DateTimeOffset _now;
    private int _lastTask;

    public InstanceId InstanceId { get; } = InstanceId.Known(instanceId);

    public DateTimeOffset CurrentUtc
    {
        get
        {
            EnsureWithinTurn();
            return _now;
        }
    }

    public bool IsReplaying { get; set; }

    /// <summary>Custom status as JSON, as last set; null = never set.</summary>
    public string? CustomStatus { get; private set; }

    /// <summary>Whether this run ends in the next one, and with which input.</summary>
    public bool ContinuesAsNew { get; private set; }

    /// <summary>The next run's input as JSON.</summary>
    public string? NextInput { get; private set; }

    /// <summary>Where the history stopped fitting, once it did.</summary>
    public HistoryMismatch? Mismatch { get; private set; }

    /// <summary>What was asked for and has not come back, by number.</summary>
    public IReadOnlyDictionary<int, PendingRequest> Pending => _pending;

    /// <summary>The next recorded request that the orchestrator has not made yet.</summary>
    public HistoryEvent? NextRecorded => _recorded.TryPeek(out var next) ? next : null;

    public Task<TResult> CallActivityAsync<TResult>(string name, object? input)
    {
        EnsureWithinTurn();
        var json = ToJson(input);
        var request = new HistoryEvent(HistoryEventKind.ActivityScheduled, _now) { Name = name, Data = json };
        var activity = new PendingActivity<TResult>(name);
        Ask(request, activity);
        return activity.Task;
    }

    public Task CreateTimerAsync(DateTimeOffset fireAt, CancellationToken cancellationToken)
    {
        EnsureWithinTurn();
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        var due = fireAt.ToUniversalTime();
        var timer = new PendingTimer(due);
        var task = Ask(new HistoryEvent(HistoryEventKind.TimerCreated, _now) { Due = due }, timer);
        if (cancellationToken.CanBeCanceled)
        {
            timer.WatchCancellation(() => CancelTimer(task, timer, cancellationToken), cancellationToken);
        }

        return timer.Task;
    }

    public void SetCustomStatus(object? status)
    {
        EnsureWithinTurn();
        CustomStatus = ToJson(status) ?? "null";
    }

    public void ContinueAsNew(object? input)
    {
        EnsureWithinTurn();
        ContinuesAsNew = true;
        NextInput = ToJson(input);
    }

    public ILogger CreateReplaySafeLogger(string category) => new ReplaySafeLogger(this, loggers.CreateLogger(category));

    /// <summary>Sets the orchestrator's clock.</summary>
    public void SetClock(DateTimeOffset now) => _now = now;

    /// <summary>Adds a request of the history that is expected to be made again.</summary>
    public void Expect(HistoryEvent recorded) => _recorded.Enqueue(recorded);

    /// <summary>Hands a completion to what awaits it. Call within a turn.</summary>
    public void Deliver(HistoryEvent completion)
    {
        if (completion.Task > _lastTask)
        {
            Mismatch ??= new HistoryMismatch(completion.Position, completion.Describe(), $"has not asked for it{DescribeNext()}");
        }
        else if (_pending.Remove(completion.Task, out var request))
        {
            request.Complete(completion);
        }
    }

    /// <summary>What was newly asked for since the last call.</summary>
    public (IReadOnlyList<HistoryEvent> Requests, IReadOnlyList<int> CancelledTimers) TakeNew()
    {
        var taken = (_requests, _cancelledTimers);
        (_requests, _cancelledTimers) = ([], []);
        return taken;
    }

    private static string? ToJson(object? value) =>
        value is null ? null : JsonSerializer.Serialize(value, value.GetType(), HavenJson.Options);

    private string DescribeNext() => _pending.Count == 0 ? "" : $" and waits for {_pending.Count} others";

    private int Ask(HistoryEvent request, PendingRequest pending)
    {
        var task = ++_lastTask;
        if (_recorded.TryDequeue(out var recorded))
        {
            Compare(recorded, request);
        }
        else
        {
            _requests.Add(request with { Task = task });
        }

        _pending.Add(task, pending);
        return task;
    }

    private void Compare(HistoryEvent recorded, HistoryEvent request)
    {
        // Inputs and due times may differ after an update without harm: what was recorded is what was done.
        if (recorded.Kind != request.Kind || !string.Equals(recorded.Name, request.Name, StringComparison.Ordinal))
        {
            Mismatch ??= new HistoryMismatch(recorded.Position, recorded.Describe(), $"asked for {request.Describe()}");
        }
    }

    private void CancelTimer(int task, PendingTimer timer, CancellationToken cancellationToken)
    {
        if (!thread.IsCurrent)
        {
            thread.MarkLeft();
            return;
        }

        if (_pending.Remove(task))
        {
            _cancelledTimers.Add(task);
            timer.Cancel(cancellationToken);
        }
    }

    private void EnsureWithinTurn()
    {
        if (!thread.IsCurrent)
        {
            thread.MarkLeft();
            throw new InvalidOperationException(OrchestratorRun.LeftItsThread(orchestrator));
        }
    }
}
