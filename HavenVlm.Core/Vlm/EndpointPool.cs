using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Endpoints;
using HavenVlm.Core.Vlm.Pool;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Core.Vlm;

/// <summary>
/// The one way to the model servers: every request of the process goes through it. It spreads the work, keeps <c>maxConcurrent</c>, notices
/// who is away, silent or overloaded, tries elsewhere what failed for a reason of the endpoint, and follows configuration changes without
/// dropping what is out.
/// </summary>
internal sealed class EndpointPool : IAsyncDisposable
{
    // How long a slot held by another process is left alone when nothing tells that it became free.
    private static readonly TimeSpan SlotsRetry = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly SettingsSource _settings;
    private readonly IEndpointSlots _slots;
    private readonly Random _random;
    private readonly ILogger<EndpointPool> _logger;
    private readonly PoolClock _clock;
    private readonly ITimer _timer;
    private readonly WaitingLine _line = new();
    private readonly HedgeBudget _hedges = new();
    private readonly HashSet<Task> _outlived = [];
    private readonly CancellationTokenSource _stopping = new();
    private List<PoolEndpoint> _endpoints = [];
    private TimeSpan? _overflowAfter;
    private long _order;
    private long _uses;

    /// <summary>Makes a pool for the endpoints of the settings in force.</summary>
    public EndpointPool(SettingsSource settings, IEndpointSlots slots, TimeProvider time, Random random, ILogger<EndpointPool> logger)
    {
        _settings = settings;
        _slots = slots;
        _random = random;
        _logger = logger;
        _clock = new PoolClock(time);
        _timer = time.CreateTimer(_ => Serve(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Apply(settings.Current);
        settings.Changed += Apply;
        slots.Released += OnReleased;
    }

    /// <summary>Raised when an endpoint's state changed or endpoints came and went; read <see cref="Snapshot"/> then.</summary>
    public event Action? Changed;

    /// <summary>The pool's clock.</summary>
    public PoolClock Clock => _clock;

    /// <summary>
    /// How many pictures are worth keeping ready so that no endpoint ever waits for one: twice what the usable endpoints take at once, at
    /// least one request's worth.
    /// </summary>
    public int PicturesWorthPreparing
    {
        get
        {
            lock (_gate)
            {
                var (now, local) = (_clock.Now, _clock.Local);
                var slots = _endpoints
                    .Where(endpoint => endpoint.StateAt(now, local) is EndpointState.Healthy or EndpointState.Silent)
                    .Sum(endpoint => endpoint.Limit);
                return Math.Max(1, slots) * 2 * Math.Max(1, _settings.Current.Vlm.FramesPerRequest);
            }
        }
    }

    /// <summary>
    /// Sends a request to the best endpoint; elsewhere when it fails for a reason of the endpoint, and once more, within a small budget, when
    /// an endpoint keeps silent.
    /// </summary>
    /// <param name="send">
    /// Sends the request to the endpoint given and reads the answer; called again for each try, sometimes twice at once. Throws
    /// <see cref="EndpointFailureException"/> when there is no usable answer.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="EndpointFailureException">It failed for a reason of the request, or was tried often enough.</exception>
    /// <exception cref="EndpointsUnavailableException">No endpoint takes requests now.</exception>
    public Task<T> RunAsync<T>(Func<PoolEndpoint, CancellationToken, Task<T>> send, CancellationToken cancellationToken) =>
        new PoolRequest<T>(this, send, Interlocked.Increment(ref _order)).RunAsync(cancellationToken);

    /// <summary>What each endpoint is doing, in the order of the configuration.</summary>
    public EndpointStatus[] Snapshot()
    {
        lock (_gate)
        {
            var (now, local, utcNow) = (_clock.Now, _clock.Local, _clock.UtcNow);
            Tell(now, local, utcNow);
            var model = _settings.Current.Vlm.Model;
            return [.. _endpoints.Select(endpoint => PoolReport.Of(endpoint, model, _line.Count))];
        }
    }

    /// <summary>Stops sending requests to an endpoint, or lets it have them again; what is out goes on. False when no endpoint has that name.</summary>
    public bool SetPaused(string name, bool paused)
    {
        lock (_gate)
        {
            var endpoint = _endpoints.Find(each => string.Equals(each.Options.Name, name, StringComparison.OrdinalIgnoreCase));
            if (endpoint is null)
            {
                return false;
            }

            endpoint.IsPaused = paused;
            if (!paused)
            {
                endpoint.Breaker.ProbeNow(_clock.Now);
            }
        }

        Serve();
        return true;
    }

    /// <summary>Waits for a slot.</summary>
    public async Task<PoolAttempt> AcquireAsync(WaitingRequest request, CancellationToken cancellationToken)
    {
        for (; ; )
        {
            cancellationToken.ThrowIfCancellationRequested();
            Enqueue(request);
            await using var registration = cancellationToken.UnsafeRegister(
                static (state, token) => ((WaitingRequest)state!).Ready.TrySetCanceled(token),
                request
            );
            PoolAttempt attempt;
            try
            {
                attempt = await request.Ready.Task;
            }
            catch (OperationCanceledException)
            {
                Leave(request);
                throw;
            }

            if (await TryKeepPromiseAsync(attempt, cancellationToken))
            {
                return attempt;
            }

            request = request.Again();
        }
    }

    /// <summary>Serves whoever waits, as far as there are slots, and tells what changed.</summary>
    public void Serve()
    {
        bool changed;
        lock (_gate)
        {
            var (now, local) = (_clock.Now, _clock.Local);
            var choice = new EndpointChoice(_endpoints, now, local, _overflowAfter);
            foreach (var request in _line.Repeated())
            {
                Place(request, choice, now);
            }

            while (_line.FirstFresh is { } first && Place(first, choice, now))
            {
                // Until the first in line has to wait.
            }

            if (_line.Count > 0 && !choice.IsWorthWaiting())
            {
                SendAllAway(now, local);
            }

            changed = Tell(now, local, _clock.UtcNow);
            _timer.Change(UntilNextChange(now, local), Timeout.InfiniteTimeSpan);
        }

        if (changed)
        {
            Changed?.Invoke();
        }
    }

    /// <summary>Changes what is known under the pool's lock, then serves whoever that helps.</summary>
    public void Update(Action<TimeSpan> change)
    {
        lock (_gate)
        {
            change(_clock.Now);
        }

        Serve();
    }

    /// <summary>Reads what is known under the pool's lock.</summary>
    public TResult Read<TResult>(Func<TimeSpan, TResult> read)
    {
        lock (_gate)
        {
            return read(_clock.Now);
        }
    }

    /// <summary>Whether an endpoint that the request was not tried at could take it.</summary>
    public bool HasOther(WaitingRequest request)
    {
        lock (_gate)
        {
            return new EndpointChoice(_endpoints, _clock.Now, _clock.Local, _overflowAfter).HasOther(request);
        }
    }

    /// <summary>Takes the right to repeat a request elsewhere while it is still out.</summary>
    public bool TryHedge(WaitingRequest request)
    {
        lock (_gate)
        {
            return new EndpointChoice(_endpoints, _clock.Now, _clock.Local, _overflowAfter).HasOther(request) && _hedges.TryTake();
        }
    }

    /// <summary>The right was not used.</summary>
    public void GiveHedgeBack()
    {
        lock (_gate)
        {
            _hedges.GiveBack();
        }
    }

    /// <summary>Cancelled when the pool is put down.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Keeps an eye on a request whose answer nobody waits for any more: it still holds its slot, and its answer shows that the endpoint is back.</summary>
    public void Outlive(Task request)
    {
        lock (_gate)
        {
            _outlived.RemoveWhere(task => task.IsCompleted);
            _outlived.Add(request);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _settings.Changed -= Apply;
        _slots.Released -= OnReleased;
        await _stopping.CancelAsync();
        await _timer.DisposeAsync();
        Task[] outlived;
        List<PoolEndpoint> endpoints;
        lock (_gate)
        {
            outlived = [.. _outlived];
            endpoints = _endpoints;
        }

        await Task.WhenAll(outlived).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        endpoints.ForEach(endpoint => endpoint.DisposeClient());
        _stopping.Dispose();
    }

    private void Enqueue(WaitingRequest request)
    {
        lock (_gate)
        {
            _line.Add(request);
        }

        Serve();
    }

    private void Leave(WaitingRequest request)
    {
        lock (_gate)
        {
            _line.Remove(request);
        }
    }

    private async ValueTask<bool> TryKeepPromiseAsync(PoolAttempt attempt, CancellationToken cancellationToken)
    {
        var endpoint = attempt.Endpoint;
        var kept = false;
        try
        {
            if (endpoint.Options.MaxConcurrent is { } most)
            {
                attempt.Slot = await _slots.TryAcquireAsync(endpoint.Options.Name, most, cancellationToken);
                kept = attempt.Slot is not null;
            }
            else
            {
                kept = true;
            }
        }
        finally
        {
            if (!kept)
            {
                Update(now =>
                {
                    endpoint.Withdraw(attempt);
                    endpoint.SlotsTakenUntil = now + SlotsRetry;
                });
            }
        }

        return kept;
    }

    private bool Place(WaitingRequest request, EndpointChoice choice, TimeSpan now)
    {
        if (request.Ready.Task.IsCompleted)
        {
            return _line.Remove(request);
        }

        if (choice.For(request) is not { } endpoint)
        {
            return false;
        }

        var attempt = endpoint.Reserve(now);
        endpoint.LastUse = ++_uses;
        _line.Remove(request);
        if (!request.Ready.TrySetResult(attempt))
        {
            endpoint.Withdraw(attempt);
            return true;
        }

        if (!request.IsHedge)
        {
            _hedges.Earn();
        }

        return true;
    }

    private void SendAllAway(TimeSpan now, DateTimeOffset local)
    {
        Tell(now, local, _clock.UtcNow);
        foreach (var request in _line.All().Where(request => !request.IsHedge))
        {
            _line.Remove(request);
            request.Ready.TrySetException(Outage.Describe(_endpoints, now, local));
        }
    }

    private TimeSpan UntilNextChange(TimeSpan now, DateTimeOffset local)
    {
        if (_line.Count == 0)
        {
            return Timeout.InfiniteTimeSpan;
        }

        var next = TimeSpan.MaxValue;
        foreach (var endpoint in _endpoints)
        {
            Consider(endpoint.Breaker.IsClosed ? TimeSpan.Zero : endpoint.Breaker.OpenUntil - now);
            Consider(endpoint.SlotsTakenUntil - now);
            Consider(endpoint.Hours.UntilOpen(local));
        }

        if (_overflowAfter is { } patience && _line.FirstFresh is { } first)
        {
            Consider(first.Since + patience - now);
        }

        // A little later than due, so that one look is enough.
        return next == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : next + TimeSpan.FromMilliseconds(1);

        void Consider(TimeSpan wait) => next = wait > TimeSpan.Zero && wait < next ? wait : next;
    }

    // Called under the lock: notes states that changed, most of which change by time alone.
    private bool Tell(TimeSpan now, DateTimeOffset local, DateTimeOffset utcNow)
    {
        var changed = false;
        foreach (var endpoint in _endpoints)
        {
            var state = endpoint.StateAt(now, local);
            if (state == endpoint.ToldState)
            {
                continue;
            }

            var level =
                state is EndpointState.Misconfigured ? LogLevel.Error
                : state is EndpointState.Open or EndpointState.Silent ? LogLevel.Warning
                : LogLevel.Information;
            _logger.Log(level, "Endpoint {Endpoint} is {State}: {Message}", endpoint.Options.Name, state, Outage.Explain(endpoint, state));
            endpoint.ToldState = state;
            endpoint.Since = utcNow;
            changed = true;
        }

        return changed;
    }

    private void OnReleased(string name)
    {
        lock (_gate)
        {
            var endpoint = _endpoints.Find(each => string.Equals(each.Options.Name, name, StringComparison.Ordinal));
            if (endpoint is null || endpoint.SlotsTakenUntil <= _clock.Now)
            {
                return;
            }

            endpoint.SlotsTakenUntil = TimeSpan.Zero;
        }

        Serve();
    }

    private void Apply(HavenOptions options)
    {
        lock (_gate)
        {
            var (now, local) = (_clock.Now, _clock.Local);
            var left = _endpoints;
            _endpoints = [.. options.Vlm.Endpoints.Select(Adopt)];
            _overflowAfter = options.Vlm.OverflowAfter;
            foreach (var endpoint in left.Except(_endpoints))
            {
                endpoint.Retire();
            }

            PoolEndpoint Adopt(EndpointOptions endpoint)
            {
                var old = left.Find(each => string.Equals(each.Options.Name, endpoint.Name, StringComparison.Ordinal));
                if (old is not null && old.CanServe(endpoint))
                {
                    old.Update(endpoint);
                    // Whatever was mended by hand may have been mended with the configuration in one go.
                    old.Breaker.ProbeNow(now);
                    return old;
                }

                var made = new PoolEndpoint(endpoint, _random, _clock) { IsPaused = old?.IsPaused ?? false, Since = _clock.UtcNow };
                made.ToldState = made.StateAt(now, local);
                return made;
            }
        }

        Serve();
        Changed?.Invoke();
    }
}
