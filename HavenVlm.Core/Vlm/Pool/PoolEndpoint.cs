using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Endpoints;
using HavenVlm.Core.Vlm.Pool.Limits;

namespace HavenVlm.Core.Vlm.Pool;

/// <summary>Everything that the pool knows about one endpoint. Times are those of the pool's clock; the pool's lock covers all members.</summary>
internal sealed class PoolEndpoint(EndpointOptions options, string limitKey, LimitMemory memory, Random random, PoolClock clock)
{
    private static readonly TimeSpan ShortestSilence = TimeSpan.FromSeconds(2);

    // Before the first answer nothing is usual: the server may be loading the model.
    private static readonly TimeSpan SilenceBeforeFirstAnswer = TimeSpan.FromSeconds(30);

    // Servers that load a model on demand give the load up together with the request that asked for it.
    private static readonly TimeSpan LoadTime = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan HoursRecheckInterval = TimeSpan.FromMinutes(15);

    private readonly LinkedList<PoolAttempt> _inFlight = [];
    private LimitController? _limit;
    private int? _learned;
    private string _limitKey = limitKey;
    private bool _isRetired;
    private Hours _hours = HoursOf(options);
    private TimeSpan _lastAnswer = clock.Now;

    /// <summary>Its settings.</summary>
    public EndpointOptions Options { get; private set; } = options;

    /// <summary>The connection; made when first used.</summary>
    public Lazy<EndpointClient> Client { get; } = new(() => new EndpointClient(options, clock.Time));

    /// <summary>Keeps requests away while it fails.</summary>
    public CircuitBreaker Breaker { get; } = new(random);

    /// <summary>Response times.</summary>
    public LatencyWindow Latencies { get; } = new();

    /// <summary>Whether a person paused it.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Until when a person paused all endpoints; null = nobody did, or that is over.</summary>
    public DateTimeOffset? PausedUntil { get; set; }

    /// <summary>No slot was to be had until then at the latest, because other processes hold them.</summary>
    public TimeSpan SlotsTakenUntil { get; set; }

    /// <summary>When it last got a request; ties go to the one that waited longest.</summary>
    public long LastUse { get; set; }

    /// <summary>Requests out now.</summary>
    public int InFlight => _inFlight.Count;

    /// <summary>Requests at once.</summary>
    public int Limit => Options.MaxConcurrent ?? _limit?.Limit ?? LimitOptions.Default.First;

    public long Requests { get; private set; }

    public long Errors { get; private set; }

    public long Hedged { get; set; }

    public string? LastError { get; private set; }

    public DateTimeOffset? LastErrorAt { get; private set; }

    /// <summary>The state last told to the outside, and since when.</summary>
    public EndpointState PublishedState { get; set; }

    /// <summary>When <see cref="PublishedState"/> began; that it is looked whether an endpoint is back begins nothing new.</summary>
    public DateTimeOffset Since { get; set; }

    /// <summary>What the log last said about it.</summary>
    public string LoggedText { get; set; } = "";

    /// <summary>How long a request may be out, and the endpoint mute, before something is wrong.</summary>
    public TimeSpan SilenceLimit()
    {
        if (Latencies.Percentile(0.95) is not { } slowest)
        {
            var half = Options.Timeout / 2;
            return half < SilenceBeforeFirstAnswer ? half : SilenceBeforeFirstAnswer;
        }

        var patience = slowest * 4;
        return patience > ShortestSilence ? patience : ShortestSilence;
    }

    /// <summary>Whether requests are out and nothing has come back for too long.</summary>
    public bool IsSilent(TimeSpan now)
    {
        if (_inFlight.First is not { } oldest)
        {
            return false;
        }

        var since = oldest.Value.StartedAt > _lastAnswer ? oldest.Value.StartedAt : _lastAnswer;
        return now - since >= SilenceLimit();
    }

    public EndpointState StateAt(TimeSpan now, DateTimeOffset local)
    {
        if (IsPausedAt(local))
        {
            return EndpointState.Paused;
        }

        if (!IsInHours(local))
        {
            return EndpointState.OutOfHours;
        }

        if (!Breaker.IsClosed)
        {
            return Breaker.Cause == FailureKind.Misconfigured ? EndpointState.Misconfigured
                : now >= Breaker.OpenUntil ? EndpointState.HalfOpen
                : EndpointState.Open;
        }

        return IsSilent(now) ? EndpointState.Silent : EndpointState.Healthy;
    }

    /// <summary>Whether a single request may go out to see whether it is back.</summary>
    public bool IsProbeDue(TimeSpan now, DateTimeOffset local) => !IsPausedAt(local) && IsInHours(local) && Breaker.IsProbeDue(now);

    /// <summary>Whether a person keeps requests away from it at this time.</summary>
    public bool IsPausedAt(DateTimeOffset local) => IsPaused || PausedUntil > local;

    /// <summary>When the pause ends by itself; zero = there is none, or it ends only by a person.</summary>
    public TimeSpan UntilPauseEnds(DateTimeOffset local) =>
        !IsPaused && PausedUntil is { } until && until > local ? until - local : TimeSpan.Zero;

    /// <summary>The model it is asked for: its own, else the global one.</summary>
    public string ModelFor(string global) => Options.Model.Length > 0 ? Options.Model : global;

    /// <summary>Whether it may be used at this local time.</summary>
    public bool IsInHours(DateTimeOffset local) => _hours.Include(TimeOnly.FromTimeSpan(local.TimeOfDay));

    /// <summary>How long until it may be used; zero = now.</summary>
    public TimeSpan UntilHours(DateTimeOffset local) => _hours.UntilOpen(local, clock.Time.LocalTimeZone);

    /// <summary>When to look at the hours again; zero = they have begun. Never far away: clocks are set.</summary>
    public TimeSpan UntilHoursCheck(DateTimeOffset local) =>
        UntilHours(local) is var wait && wait < HoursRecheckInterval ? wait : HoursRecheckInterval;

    /// <summary>Whether it has a free slot.</summary>
    public bool HasRoom(TimeSpan now) => InFlight < Limit && now >= SlotsTakenUntil;

    /// <summary>Reserves a slot for a request.</summary>
    public PoolAttempt Reserve(TimeSpan now)
    {
        var isLook = !Breaker.IsClosed && Breaker.Cause != FailureKind.Overloaded;
        var attempt = new PoolAttempt(this, now, Breaker.Generation)
        {
            IsProbe = isLook,
            Timeout = isLook ? ProbeTimeout() : Options.Timeout,
        };
        Breaker.Begin();
        _inFlight.AddLast(attempt);
        return attempt;
    }

    /// <summary>Gives a reservation back that led to no request.</summary>
    public void Withdraw(PoolAttempt attempt)
    {
        Remove(attempt);
        Breaker.Abandoned(attempt.Generation);
    }

    /// <summary>The request really goes out now.</summary>
    public void Started(PoolAttempt attempt, TimeSpan now)
    {
        attempt.StartedAt = now;
        Requests++;
        // One that is sent to see whether the endpoint is back says nothing about how many it takes.
        if (Options.MaxConcurrent is null && !attempt.IsProbe)
        {
            attempt.Ticket = Adaptive.Sent(now);
        }
    }

    /// <summary>It was sent a picture of ours besides, to tell whose fault a failure is.</summary>
    public void Probed() => Requests++;

    /// <summary>A usable answer came.</summary>
    /// <param name="attempt">Which.</param>
    /// <param name="tokens">Completion tokens; null = unknown.</param>
    /// <param name="now">Time on the pool's clock.</param>
    public void Succeeded(PoolAttempt attempt, double? tokens, TimeSpan now)
    {
        Answered(attempt, tokens, now);
        Breaker.Succeeded(attempt.Generation);
        Remove(attempt);
    }

    /// <summary>The request failed.</summary>
    /// <param name="attempt">Which.</param>
    /// <param name="failure">How.</param>
    /// <param name="isOfPicture">Whether the endpoint answers other pictures, whatever the failure looks like.</param>
    /// <param name="now">Time on the pool's clock.</param>
    /// <param name="utcNow">The time for the status.</param>
    public void Failed(PoolAttempt attempt, EndpointFailureException failure, bool isOfPicture, TimeSpan now, DateTimeOffset utcNow)
    {
        var wasSilent = IsSilent(now);
        if (failure.Kind != FailureKind.SlotLost)
        {
            Errors++;
            LastError = failure.Message;
            LastErrorAt = utcNow;
        }

        if (!isOfPicture && failure.Kind is FailureKind.Overloaded or FailureKind.Timeout)
        {
            EndTicket(attempt, (limit, ticket) => limit.Overloaded(ticket, now));
        }

        if (isOfPicture || failure.Kind.IsFaultOfReply() || failure.Kind.IsFaultOfRequest())
        {
            Answered(attempt, tokens: null, now);
            Breaker.Succeeded(attempt.Generation);
        }
        else if (failure.Kind == FailureKind.SlotLost)
        {
            Breaker.Abandoned(attempt.Generation);
        }
        else
        {
            if (failure.Kind.IsAnswer())
            {
                _lastAnswer = now;
            }

            Breaker.Failed(attempt.Generation, failure, wasSilent, now);
        }

        EndTicket(attempt, (limit, ticket) => limit.Abandoned(ticket, now));
        Remove(attempt);
    }

    /// <summary>The caller gave up.</summary>
    public void Abandoned(PoolAttempt attempt, TimeSpan now)
    {
        var wasSilent = IsSilent(now);
        EndTicket(attempt, (limit, ticket) => limit.Abandoned(ticket, now));
        Remove(attempt);
        if (wasSilent && InFlight == 0)
        {
            Breaker.Hung(attempt.Generation, now);
        }
        else
        {
            Breaker.Abandoned(attempt.Generation);
        }
    }

    /// <summary>Whether the same connection serves under other settings: only what the pool itself decides may differ.</summary>
    public bool CanServe(EndpointOptions other) => EndpointClient.IsSameConnection(Options, other);

    /// <summary>Takes over changed settings of the same connection.</summary>
    public void Update(EndpointOptions changed, string limitKey)
    {
        Options = changed;
        if (!string.Equals(limitKey, _limitKey, StringComparison.Ordinal))
        {
            _limitKey = limitKey;
            (_limit, _learned) = (null, null);
        }

        _hours = HoursOf(changed);
    }

    /// <summary>The configuration no longer has it in this form: the connection is closed when what is out has ended.</summary>
    public void Retire()
    {
        _isRetired = true;
        CloseWhenDone();
    }

    // Another instance may have found less meanwhile.
    private LimitController Adaptive
    {
        get
        {
            var learned = memory.Find(_limitKey);
            if (_limit is null)
            {
                _limit = new LimitController(LimitOptions.Default, learned is { } limit ? LimitStart.Learned(limit) : null);
            }
            else if (learned is { } most && most != _learned)
            {
                _limit.Cap(most);
            }

            _learned = learned;
            return _limit;
        }
    }

    private void EndTicket(PoolAttempt attempt, Action<LimitController, long> end)
    {
        if (attempt.Ticket is not { } ticket || _limit is not { } limit)
        {
            return;
        }

        attempt.Ticket = null;
        end(limit, ticket);
        if (limit.Found is { } found)
        {
            _learned = found;
            memory.Note(_limitKey, found);
        }
    }

    // A server that was away may have a model to load. One that only did not answer in time may be stuck as well: it gets twice as long each
    // time, so that neither a load of minutes nor the end of a hang is missed for long.
    private TimeSpan ProbeTimeout()
    {
        var most = Options.Timeout > LoadTime ? Options.Timeout : LoadTime;
        var doubled = Options.Timeout * Math.Pow(2, Math.Min(Breaker.Openings, 10));
        return Breaker.Cause == FailureKind.Timeout && doubled < most ? doubled : most;
    }

    private void Remove(PoolAttempt attempt)
    {
        _inFlight.Remove(attempt);
        CloseWhenDone();
    }

    private void CloseWhenDone()
    {
        if (_isRetired && _inFlight.Count == 0 && Client.IsValueCreated)
        {
            Client.Value.Dispose();
        }
    }

    private void Answered(PoolAttempt attempt, double? tokens, TimeSpan now)
    {
        var latency = now - attempt.StartedAt;
        EndTicket(attempt, (limit, ticket) => limit.Answered(ticket, tokens, now));
        // One answer after a long hang must not make the next hang look usual; a server that became slower still gets there, doubling.
        var most = SilenceLimit() * 2;
        Latencies.Add(Latencies.Count > 0 && latency > most ? most : latency);
        _lastAnswer = now;
    }

    // The configuration was validated; text that can't be read means no restriction.
    private static Hours HoursOf(EndpointOptions options) => Hours.TryParse(options.Hours, out var hours, out _) ? hours : Hours.Always;
}
