using HavenVlm.Core.Vlm.Contracts;

namespace HavenVlm.Core.Vlm.Pool;

/// <summary>Hands slots to requests: first come first served, to the endpoint that <see cref="EndpointChoice"/> names. Its lock covers everything below it.</summary>
internal sealed class Dispatcher : IAsyncDisposable
{
    // How long slots held by another process are left alone when nothing tells that one became free.
    private static readonly TimeSpan SlotsRetry = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly EndpointSet _endpoints;
    private readonly IEndpointSlots _slots;
    private readonly ITimer _timer;
    private readonly WaitingQueue _queue = new();
    private readonly HedgeBudget _hedges = new();
    private TimeSpan? _overflowAfter;
    private long _uses;

    /// <summary>Hands out the slots of these endpoints.</summary>
    public Dispatcher(EndpointSet endpoints, IEndpointSlots slots, PoolClock clock)
    {
        _endpoints = endpoints;
        _slots = slots;
        Clock = clock;
        _timer = clock.Time.CreateTimer(_ => DispatchWaiting(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        slots.Released += OnReleased;
    }

    /// <summary>Raised, outside the lock, when an endpoint's state changed.</summary>
    public event Action? Changed;

    /// <summary>The pool's clock.</summary>
    public PoolClock Clock { get; }

    /// <summary>Waits for a slot.</summary>
    /// <exception cref="EndpointsUnavailableException">Waiting is in vain.</exception>
    public async Task<PoolAttempt> AcquireAsync(WaitingRequest request, CancellationToken cancellationToken)
    {
        for (; ; )
        {
            cancellationToken.ThrowIfCancellationRequested();
            Update(_ => _queue.Add(request));
            PoolAttempt attempt;
            await using (cancellationToken.UnsafeRegister(CancelWaiting, request))
            {
                try
                {
                    attempt = await request.Ready.Task;
                }
                catch (OperationCanceledException)
                {
                    Read(_ => _queue.Remove(request));
                    throw;
                }
            }

            if (await TryTakeSharedSlotAsync(attempt, cancellationToken))
            {
                return attempt;
            }

            request = request.Requeue();
        }
    }

    /// <summary>Serves whoever waits, as far as there are slots, and tells what changed.</summary>
    public void DispatchWaiting() => Update(static _ => { });

    /// <summary>Changes what is known under the lock, then serves whoever that helps.</summary>
    public void Update(Action<TimeSpan> change)
    {
        bool changed;
        lock (_gate)
        {
            change(Clock.Now);
            changed = DispatchAll();
        }

        if (changed)
        {
            Changed?.Invoke();
        }
    }

    /// <summary>Reads what is known under the lock.</summary>
    public TResult Read<TResult>(Func<TimeSpan, TResult> read)
    {
        lock (_gate)
        {
            return read(Clock.Now);
        }
    }

    /// <summary>Requests that wait; read it under the lock.</summary>
    public int Waiting => _queue.Count;

    /// <summary>Lets requests that waited so long go to a fallback; null = never.</summary>
    public void OverflowAfter(TimeSpan? patience) => _overflowAfter = patience;

    /// <summary>Whether an endpoint that the request was not tried at could take it.</summary>
    public bool HasOther(WaitingRequest request) => Read(now => Choice(now).HasOther(request));

    /// <summary>Takes the right to repeat a request elsewhere while it is still out.</summary>
    public bool TryHedge(WaitingRequest request, bool isFree) =>
        Read(now => Choice(now).HasOther(request) && (isFree || _hedges.TryTake()));

    /// <summary>The right was not used.</summary>
    public void ReturnHedge() =>
        Read(_ =>
        {
            _hedges.Return();
            return true;
        });

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _slots.Released -= OnReleased;
        return _timer.DisposeAsync();
    }

    private static void CancelWaiting(object? request, CancellationToken token) => ((WaitingRequest)request!).Ready.TrySetCanceled(token);

    private EndpointChoice Choice(TimeSpan now) => new(_endpoints.All, now, Clock.Local, _overflowAfter);

    private async ValueTask<bool> TryTakeSharedSlotAsync(PoolAttempt attempt, CancellationToken cancellationToken)
    {
        var endpoint = attempt.Endpoint;
        if (endpoint.Options.MaxConcurrent is not { } most)
        {
            return true;
        }

        try
        {
            attempt.Slot = await _slots.TryAcquireAsync(endpoint.Options.Name, most, cancellationToken);
            return attempt.Slot is not null;
        }
        finally
        {
            if (attempt.Slot is null)
            {
                Update(now =>
                {
                    endpoint.Withdraw(attempt);
                    endpoint.SlotsTakenUntil = now + SlotsRetry;
                });
            }
        }
    }

    // Returns whether a state changed.
    private bool DispatchAll()
    {
        var now = Clock.Now;
        var choice = Choice(now);
        foreach (var request in _queue.Repeated())
        {
            Place(request, choice, now);
        }

        while (_queue.FirstFresh is { } first && Place(first, choice, now))
        {
            // Until the first in the queue has to wait.
        }

        var changed = _endpoints.PublishStateChanges();
        if (_queue.Count > 0 && !choice.IsWorthWaiting())
        {
            FailAllWaiting(now);
        }

        _timer.Change(UntilNextChange(now), Timeout.InfiniteTimeSpan);
        return changed;
    }

    private bool Place(WaitingRequest request, EndpointChoice choice, TimeSpan now)
    {
        if (request.Ready.Task.IsCompleted)
        {
            return _queue.Remove(request);
        }

        if (choice.Choose(request) is not { } endpoint)
        {
            return false;
        }

        var attempt = endpoint.Reserve(now);
        endpoint.LastUse = ++_uses;
        _queue.Remove(request);
        if (!request.Ready.TrySetResult(attempt))
        {
            endpoint.Withdraw(attempt);
        }
        else if (!request.IsHedge)
        {
            _hedges.Earn();
        }

        return true;
    }

    // A repetition needs no answer: its first request is still out.
    private void FailAllWaiting(TimeSpan now)
    {
        foreach (var request in _queue.All().Where(request => !request.IsHedge))
        {
            _queue.Remove(request);
            request.Ready.TrySetException(Outage.Describe(_endpoints.All, now, Clock.Local));
        }
    }

    private TimeSpan UntilNextChange(TimeSpan now)
    {
        if (_queue.Count == 0)
        {
            return Timeout.InfiniteTimeSpan;
        }

        var local = Clock.Local;
        var next = TimeSpan.MaxValue;
        foreach (var endpoint in _endpoints.All)
        {
            Consider(endpoint.Breaker.IsClosed ? TimeSpan.Zero : endpoint.Breaker.OpenUntil - now);
            Consider(endpoint.SlotsTakenUntil - now);
            Consider(endpoint.UntilHoursCheck(local));
            Consider(endpoint.UntilPauseEnds(local));
        }

        if (_overflowAfter is { } patience && _queue.FirstFresh is { } first)
        {
            Consider(first.Since + patience - now);
        }

        // A little later than due, so that one look is enough.
        return next == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : next + TimeSpan.FromMilliseconds(1);

        void Consider(TimeSpan wait) => next = wait > TimeSpan.Zero && wait < next ? wait : next;
    }

    private void OnReleased(string name)
    {
        // With slots of this process alone nobody waits for others, and every release would be checked twice.
        if (Read(now => _endpoints.Find(name) is { } endpoint && endpoint.SlotsTakenUntil > now))
        {
            Update(_ => _endpoints.Find(name)?.SlotsTakenUntil = TimeSpan.Zero);
        }
    }
}
