using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Endpoints;
using HavenVlm.Core.Vlm.Pool.Limits;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Core.Vlm.Pool;

/// <summary>
/// The one way to the model servers: every request of the process goes through it. It spreads the work, keeps <c>maxConcurrent</c>, notices
/// who is away, silent or overloaded, tries elsewhere what failed for a reason of the endpoint, and follows configuration changes without
/// dropping what is out.
/// </summary>
internal sealed class EndpointPool : IAsyncDisposable
{
    private readonly SettingsSource _settings;
    private readonly PoolLifetime _lifetime = new();
    private readonly EndpointSet _endpoints;
    private readonly Dispatcher _dispatcher;
    private readonly LimitMemory _limits;
    private readonly ILogger _logger;
    private long _order;

    /// <summary>Makes a pool for the endpoints of the settings in force.</summary>
    public EndpointPool(
        SettingsSource settings,
        IEndpointSlots slots,
        TimeProvider time,
        Random random,
        ILogger<EndpointPool> logger,
        LimitMemory? limits = null
    )
    {
        _settings = settings;
        _limits = limits ?? new LimitMemory(store: null, time);
        _logger = logger;
        Clock = new PoolClock(time);
        _endpoints = new EndpointSet(Clock, _limits, random, logger);
        _dispatcher = new Dispatcher(_endpoints, slots, Clock);
        _dispatcher.Changed += () => Changed?.Invoke();
        Apply(settings.Current);
        settings.Changed += Apply;
    }

    /// <summary>Raised when an endpoint's state changed or endpoints came and went; read <see cref="Snapshot"/> then.</summary>
    public event Action? Changed;

    /// <summary>The pool's clock.</summary>
    public PoolClock Clock { get; }

    /// <summary>
    /// How many pictures are worth keeping ready so that no endpoint ever waits for one, at any speed: twice what the endpoints that serve now take at once,
    /// at least one request's worth.
    /// </summary>
    public int PicturesWorthPreparing
    {
        get
        {
            var vlm = _settings.Current.Vlm;
            var primaries = SlotsOf(fallbacks: false);
            var slots = primaries == 0 || vlm.OverflowAfter is not null ? primaries + SlotsOf(fallbacks: true) : primaries;
            return Math.Max(1, slots) * 2 * Math.Max(1, vlm.FramesPerRequest);
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
    /// <param name="probe">
    /// Sends the same question about a picture of ours, to see whether an endpoint answers at all; null = the request itself shows it. Any
    /// answer will do.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="tokens">Completion tokens of an answer, by which the limit of endpoints without <c>maxConcurrent</c> is found.</param>
    /// <exception cref="EndpointFailureException">It failed for a reason of the request, or was tried often enough.</exception>
    /// <exception cref="EndpointsUnavailableException">No endpoint takes requests now.</exception>
    public async Task<T> RunAsync<T>(
        Func<PoolEndpoint, CancellationToken, Task<T>> send,
        Func<PoolEndpoint, CancellationToken, Task>? probe,
        CancellationToken cancellationToken,
        Func<T, double?>? tokens = null
    )
    {
        await SynchronizeLimitsAsync(cancellationToken);
        var order = Interlocked.Increment(ref _order);
        var answer = await new PoolRequest<T>(_dispatcher, _lifetime, send, probe, tokens, order).RunAsync(cancellationToken);
        await SynchronizeLimitsAsync(cancellationToken);
        return answer;
    }

    /// <summary>What each endpoint is doing, in the order of the configuration.</summary>
    public EndpointStatus[] Snapshot()
    {
        // States change by time alone: whoever follows the changes hears of them as soon as anybody looks.
        _dispatcher.DispatchWaiting();
        var model = _settings.Current.Vlm.Model;
        return _dispatcher.Read(_ => _endpoints.All.Select(each => PoolReport.Of(each, model, _dispatcher.Waiting)).ToArray());
    }

    /// <summary>Why no endpoint takes requests now; null = one does.</summary>
    public EndpointsUnavailableException? FindOutage()
    {
        _dispatcher.DispatchWaiting();
        return _dispatcher.Read(now =>
            _endpoints.All.Any(each => each.StateAt(now, Clock.Local) is EndpointState.Healthy)
                ? null
                : Outage.Describe(_endpoints.All, now, Clock.Local)
        );
    }

    /// <summary>Stops sending requests to an endpoint, or lets it have them again; what is out goes on. False when no endpoint has that name.</summary>
    public bool SetPaused(string name, bool paused)
    {
        var isKnown = false;
        _dispatcher.Update(now =>
        {
            if (_endpoints.Find(name) is { } endpoint)
            {
                isKnown = true;
                endpoint.IsPaused = paused;
                endpoint.Breaker.ProbeNow(now);
            }
        });
        return isKnown;
    }

    /// <summary>Stops sending requests to any endpoint until a time, or lets them have requests again (null); what is out goes on.</summary>
    public void PauseAll(DateTimeOffset? until) =>
        _dispatcher.Update(now =>
        {
            _endpoints.PausedUntil = until;
            foreach (var endpoint in _endpoints.All)
            {
                endpoint.Breaker.ProbeNow(now);
            }
        });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _settings.Changed -= Apply;
        await _lifetime.DisposeAsync();
        await _dispatcher.DisposeAsync();
        _dispatcher.Read(_ =>
        {
            _endpoints.Apply(new VlmOptions());
            return true;
        });
    }

    // Without the limits that were learned it goes on: they are found again.
    private async ValueTask SynchronizeLimitsAsync(CancellationToken cancellationToken)
    {
        if (_settings.Current.Vlm.Endpoints.All(endpoint => endpoint.MaxConcurrent is not null))
        {
            return;
        }

        try
        {
            await _limits.SynchronizeAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _logger.LogDebug(e, "The limits of the endpoints could not be kept");
        }
    }

    private int SlotsOf(bool fallbacks) =>
        _dispatcher.Read(now =>
            _endpoints
                .All.Where(each =>
                    each.Options.IsFallback == fallbacks && each.StateAt(now, Clock.Local) is EndpointState.Healthy or EndpointState.Silent
                )
                .Sum(each => each.Limit)
        );

    private void Apply(HavenOptions options)
    {
        _dispatcher.Update(_ =>
        {
            _endpoints.Apply(options.Vlm);
            _dispatcher.OverflowAfter(options.Vlm.OverflowAfter);
        });
        Changed?.Invoke();
    }
}
