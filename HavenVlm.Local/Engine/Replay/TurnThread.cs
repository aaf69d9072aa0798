namespace HavenVlm.Local.Engine.Replay;

/// <summary>
/// The single thread on which an orchestrator seems to run: whatever its awaits continue with is queued here and executed within
/// a turn, one after the other. Continuations that arrive from elsewhere show that the orchestrator left it.
/// </summary>
internal sealed class TurnThread : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = new();
    private readonly TurnTaskScheduler _scheduler;
    private readonly Action _onLeft;
    private int _threadId;
    private volatile bool _wasLeft;
    private Exception? _unhandled;

    /// <param name="onLeft">Called, from any thread, when the orchestrator is seen outside of a turn.</param>
    public TurnThread(Action onLeft)
    {
        _onLeft = onLeft;
        _scheduler = new TurnTaskScheduler(this);
    }

    /// <summary>Whether the calling code runs within a turn.</summary>
    public bool IsCurrent => Volatile.Read(ref _threadId) == Environment.CurrentManagedThreadId;

    /// <summary>Whether the orchestrator was seen outside of a turn.</summary>
    public bool WasLeft => _wasLeft;

    /// <summary>Runs something and all that follows from it, until the orchestrator only waits.</summary>
    /// <exception cref="Exception">What an <c>async void</c> method of the orchestrator threw.</exception>
    public void Run(Action action)
    {
        // A task of our scheduler, so that TaskScheduler.Current (ContinueWith, TaskFactory) stays in the turn as well.
        var turn = new Task(() => Drain(action));
        _scheduler.Turn = turn;
        turn.RunSynchronously(_scheduler);
        _scheduler.Turn = null;
        if (_unhandled is { } unhandled)
        {
            _unhandled = null;
            throw new InvalidOperationException($"An async void method threw: {unhandled.Message}", unhandled);
        }
    }

    /// <summary>Notes that orchestrator code was seen outside of a turn.</summary>
    public void MarkLeft()
    {
        _wasLeft = true;
        _onLeft();
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsCurrent)
        {
            _queue.Enqueue((d, state));
        }
        else
        {
            // Not executed: a continuation at a moment that no history records could not be repeated.
            MarkLeft();
        }
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (IsCurrent)
        {
            d(state);
        }
        else
        {
            MarkLeft();
        }
    }

    public override SynchronizationContext CreateCopy() => this;

    private void Drain(Action action)
    {
        var previous = Current;
        SetSynchronizationContext(this);
        Volatile.Write(ref _threadId, Environment.CurrentManagedThreadId);
        try
        {
            Guarded(_ => action(), state: null);
            while (_queue.TryDequeue(out var next))
            {
                Guarded(next.Callback, next.State);
            }
        }
        finally
        {
            Volatile.Write(ref _threadId, 0);
            SetSynchronizationContext(previous);
        }
    }

    private void Guarded(SendOrPostCallback callback, object? state)
    {
        try
        {
            callback(state);
        }
        catch (Exception e)
        {
            _unhandled ??= e;
        }
    }

    private sealed class TurnTaskScheduler(TurnThread thread) : TaskScheduler
    {
        /// <summary>The task that is the turn itself.</summary>
        public Task? Turn { get; set; }

        public override int MaximumConcurrencyLevel => 1;

        protected override IEnumerable<Task> GetScheduledTasks() => [];

        protected override void QueueTask(Task task) => thread.Post(_ => TryExecuteTask(task), state: null);

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
            (thread.IsCurrent || ReferenceEquals(task, Turn)) && TryExecuteTask(task);
    }
}
