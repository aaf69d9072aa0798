namespace HavenVlm.Core.Vlm.Pool;

/// <summary>Watches a request that is out and takes the right to repeat it elsewhere when it is stuck.</summary>
internal sealed class StuckWatch : IDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(500);

    // Timers fire a little early on some systems; then they would be set twice.
    private static readonly TimeSpan TimerResolution = TimeSpan.FromMilliseconds(1);

    private readonly Dispatcher _dispatcher;
    private readonly PoolAttempt _attempt;
    private readonly WaitingRequest _elsewhere;
    private readonly TaskCompletionSource _stuck = new();
    private readonly ITimer _timer;
    private int _isOver;

    /// <summary>Begins to watch.</summary>
    /// <param name="dispatcher">Where the right is taken.</param>
    /// <param name="attempt">The request that is out.</param>
    /// <param name="elsewhere">The same request as it would be repeated.</param>
    public StuckWatch(Dispatcher dispatcher, PoolAttempt attempt, WaitingRequest elsewhere)
    {
        _dispatcher = dispatcher;
        _attempt = attempt;
        _elsewhere = elsewhere;
        _timer = dispatcher.Clock.Time.CreateTimer(
            static state => ((StuckWatch)state!).Check(),
            this,
            Remaining() + TimerResolution,
            Timeout.InfiniteTimeSpan
        );
    }

    /// <summary>Completes when the request is stuck and the right to repeat it was taken.</summary>
    public Task Stuck => _stuck.Task;

    /// <inheritdoc/>
    public void Dispose()
    {
        Interlocked.Exchange(ref _isOver, 1);
        _timer.Dispose();
    }

    /// <summary>
    /// Whether the repetition takes nothing from the budget: the endpoint has a picture of ours only, or its usual time is over and it is given
    /// more for loading its model, which no picture has to wait for.
    /// </summary>
    public bool IsFree { get; private set; }

    private bool IsFreeNow() => _attempt.IsProbe || _dispatcher.Read(now => now - _attempt.StartedAt >= _attempt.Endpoint.Options.Timeout);

    private TimeSpan Remaining() => _dispatcher.Read(now => _attempt.StartedAt + _attempt.Endpoint.SilenceLimit() - now);

    private void Check()
    {
        var left = Remaining();
        if (left <= TimeSpan.Zero)
        {
            // The endpoint's state changed by time alone: somebody who waits may now go to a fallback.
            _dispatcher.DispatchWaiting();
            var isFree = IsFreeNow();
            if (_dispatcher.TryHedge(_elsewhere, isFree))
            {
                IsFree = isFree;
                if (Interlocked.Exchange(ref _isOver, 1) == 0)
                {
                    _stuck.SetResult();
                }
                else if (!isFree)
                {
                    _dispatcher.ReturnHedge();
                }

                return;
            }

            left = CheckInterval;
        }

        if (Volatile.Read(ref _isOver) == 0)
        {
            _timer.Change(left + TimerResolution, Timeout.InfiniteTimeSpan);
        }
    }
}
