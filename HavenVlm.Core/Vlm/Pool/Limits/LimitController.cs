namespace HavenVlm.Core.Vlm.Pool.Limits;

/// <summary>
/// Finds how many requests at once an endpoint without <c>maxConcurrent</c> is given: as many as make it do more work. Judged by throughput
/// and by time per completion token, never by how long an answer takes, which depends on its length.
/// </summary>
/// <remarks>
/// It climbs as far as the measurements allow without ever giving the server more than twice what it can use, then rests and watches.
/// Not safe for threads: the pool's lock covers it. It has no clock and no chance in it.
/// </remarks>
internal sealed class LimitController
{
    private readonly LimitOptions _options;
    private readonly Dictionary<long, TimeSpan> _out = [];
    private readonly RecentTimes _recent;
    private LimitEstimate _estimate;
    private LimitMeasurement _measurement;
    private LimitPhase _phase = LimitPhase.Climbing;
    private LimitLevel? _below;
    private LimitLevel? _kept;
    private double _fastest = double.MaxValue;
    private int _measured;
    private int _rest;
    private int _roof;
    private int _ceiling = int.MaxValue;
    private TimeSpan _ceilingUntil;
    private long _tickets;
    private long _firstTicket;

    /// <summary>Begins at the limit that was learned or told, else at the lowest.</summary>
    public LimitController(LimitOptions options, LimitStart? start = null)
    {
        _options = options;
        _roof = Math.Min(options.Most, start?.Roof ?? options.Most);
        Limit = Math.Clamp(start?.First ?? options.First, 1, _roof);
        _rest = options.FirstRest;
        _recent = new RecentTimes(options);
        _estimate = NewEstimate(Limit);
        _measurement = NewMeasurement(Limit);
    }

    /// <summary>Requests at once.</summary>
    public int Limit { get; private set; }

    /// <summary>The limit that was found; null while it is sought.</summary>
    public int? Found => _kept?.Limit;

    /// <summary>Another instance found this limit at the same server: no more than that for now.</summary>
    public void Cap(int limit)
    {
        if (limit >= _roof || limit < 1)
        {
            return;
        }

        _roof = limit;
        if (Limit > limit)
        {
            StartAgain(limit, Math.Max(1, limit / 2));
        }
    }

    /// <summary>A request goes out.</summary>
    /// <returns>Its number, to say how it ended.</returns>
    public long Sent(TimeSpan now)
    {
        var ticket = _tickets++;
        _out.Add(ticket, now);
        _measurement.Sent(ticket, _out.Count, now);
        return ticket;
    }

    /// <summary>An answer came.</summary>
    /// <param name="ticket">The request's number.</param>
    /// <param name="tokens">Completion tokens of the reply; null = the server does not say.</param>
    /// <param name="now">Time on the pool's clock.</param>
    public void Answered(long ticket, double? tokens, TimeSpan now)
    {
        if (!_out.Remove(ticket, out var sentAt))
        {
            return;
        }

        _measurement.Ended(ticket, isAnswered: true, tokens, _out.Count, now);
        if (ticket >= _firstTicket && _phase == LimitPhase.Resting)
        {
            _recent.Add((now - sentAt).TotalSeconds, tokens, _kept);
        }

        if (_phase == LimitPhase.Resting && _measured > 0 && _kept is { } kept && _recent.IsSlowerThan(kept))
        {
            Descend();
        }
        else if (_measurement.IsDone(now))
        {
            Judge(now);
        }
    }

    /// <summary>It ended without telling anything about the limit.</summary>
    public void Abandoned(long ticket, TimeSpan now)
    {
        if (_out.Remove(ticket))
        {
            _measurement.Ended(ticket, isAnswered: false, tokens: null, _out.Count, now);
        }
    }

    /// <summary>The server refused it because of too many, or took too long: half as many. Requests from before the last change say nothing new.</summary>
    public void Overloaded(long ticket, TimeSpan now)
    {
        Abandoned(ticket, now);
        if (ticket < _firstTicket)
        {
            return;
        }

        _ceiling = Limit;
        _ceilingUntil = now + _options.CeilingHolds;
        if (_kept is { } kept && kept.Limit < Limit)
        {
            _below = kept;
        }
        else if (_below is { } below && below.Limit >= Limit)
        {
            _below = null;
        }

        _kept = null;
        Go(LimitPhase.Recovering, Math.Max(1, Limit / 2));
    }

    private void Judge(TimeSpan now)
    {
        if (!_measurement.WasFull(now))
        {
            _measurement = NewMeasurement(Limit);
            return;
        }

        if (now >= _ceilingUntil)
        {
            _ceiling = int.MaxValue;
        }

        var level = _measurement.Read(now) with { IsFirst = _measured == 0 };
        _fastest = Math.Min(_fastest, level.TimePerWork);
        _measured++;
        switch (_phase)
        {
            case LimitPhase.Climbing:
                Climb(level);
                break;
            case LimitPhase.Resting:
                Rest(level);
                break;
            case LimitPhase.Probing:
                Probe(level);
                break;
            case LimitPhase.Descending:
                GoOnDescending(level);
                break;
            default:
                Recover(level);
                break;
        }
    }

    private void Climb(LimitLevel level)
    {
        if (_below is null && level.Limit == 2 && level.IsFirst && _measurement.LastToFirst > _options.SpreadOfWaiting)
        {
            // One of the two may have waited for the other: only one at once shows whether that is so.
            _estimate = NewEstimate(1);
            _estimate.Add(level);
            _below = level;
            Go(LimitPhase.Climbing, 1);
            return;
        }

        // After a step down the first still find those that waited.
        var before = _below;
        if (!level.IsFirst || before is null || before.Value.Limit <= level.Limit)
        {
            _estimate.Add(level);
        }

        _below = level;
        if (level.Limit >= _roof && before?.Limit < level.Limit && _estimate.AtLeast(_options.Certainty) > _roof)
        {
            // What was learned was too little.
            _roof = _options.Most;
        }

        var most = Math.Min(_roof, _ceiling - 1);
        // Where it is probably not full yet, waiting for certainty costs more than a few too many.
        var isPerhapsFull = _estimate.AtLeast(0.5) < level.Limit;
        var certainty = _options.Certainty - (isPerhapsFull ? 0 : (_measured - 1) * _options.Yielding);
        var safe = (int)Math.Min(most, _options.Growth * _estimate.AtLeast(certainty));
        var enough = (int)Math.Ceiling(_estimate.Enough(_options.Enough, _options.EnoughCertainty));
        if (safe > level.Limit && enough > level.Limit && !(isPerhapsFull && level.IsFirst))
        {
            Go(LimitPhase.Climbing, Math.Min(safe, enough));
        }
        else if (enough < level.Limit)
        {
            Keep(level, enough);
        }
        else if (_measured < _options.Repetitions && enough > level.Limit)
        {
            _measurement = NewMeasurement(Limit);
        }
        else
        {
            Keep(level, level.Limit);
        }
    }

    private void Keep(LimitLevel level, int limit)
    {
        // What fewer take is not known yet; by the estimate they do the same.
        _kept = level with
        {
            Limit = limit,
            TimePerWork = level.TimePerWork * limit / level.Limit,
        };
        Go(LimitPhase.Resting, limit);
    }

    private void Rest(LimitLevel level)
    {
        var kept = _kept!.Value;
        if (level.IsFirst && _measured == 1)
        {
            // The first measurement after a change to fewer still has those that waited.
            _measurement = NewMeasurement(Limit);
            return;
        }

        var share = _measured == 2 ? 1 : 0.3;
        _kept = kept with { TimePerWork = kept.TimePerWork + (share * (level.TimePerWork - kept.TimePerWork)) };
        var next = Math.Min(_options.Most, Math.Min(_ceiling - 1, level.Limit + Math.Max(1, level.Limit / 10)));
        if (_measured > _options.LongestRest)
        {
            // The server may have grown meanwhile.
            _roof = _options.Most;
            StartAgain(Math.Max(1, level.Limit / 2), Math.Max(1, level.Limit / 2));
        }
        else if (_measured > _rest && next > level.Limit && next <= _options.Growth * _estimate.AtLeast(0.5))
        {
            Go(LimitPhase.Probing, next);
        }
        else
        {
            _measurement = NewMeasurement(Limit);
        }
    }

    private void Probe(LimitLevel level)
    {
        var kept = _kept!.Value;
        if (level.GainOver(kept) < _options.ProbeGain)
        {
            _rest = Math.Min(_options.LongestRest, _rest * 2);
            Keep(kept, kept.Limit);
        }
        else if (_measured < 2)
        {
            _measurement = NewMeasurement(Limit);
        }
        else
        {
            _rest = _options.FirstRest;
            _roof = Math.Max(_roof, level.Limit);
            Keep(level, level.Limit);
        }
    }

    /// <summary>The server does less than it did: perhaps it has fewer slots now. Half as many show whether that is so.</summary>
    private void Descend()
    {
        _kept = null;
        _below = null;
        Go(LimitPhase.Descending, Math.Max(1, Limit / 2));
    }

    private void GoOnDescending(LimitLevel level)
    {
        if (_below is { } above && level.Throughput < _options.StillSame * above.Throughput)
        {
            // Fewer do less: from here it goes up again.
            StartAgain(above.Limit, level.Limit);
            _estimate.Add(level);
            return;
        }

        if (level.Limit == 1 || (_below is not null && level.TimePerWork <= _options.NoQueue * _fastest))
        {
            Keep(level, level.Limit);
            return;
        }

        _below = level;
        Go(LimitPhase.Descending, Math.Max(1, level.Limit / 2));
    }

    private void StartAgain(int limit, int least)
    {
        _below = null;
        _kept = null;
        _fastest = double.MaxValue;
        _estimate = NewEstimate(least);
        Go(LimitPhase.Climbing, limit);
    }

    private void Recover(LimitLevel level)
    {
        if (_below is { } below && below.Limit > level.Limit && below.Limit < _ceiling)
        {
            // That many were taken before.
            Go(LimitPhase.Recovering, below.Limit);
            return;
        }

        var isWorthIt = _below is not { } lower || lower.Limit >= level.Limit || level.GainOver(lower) >= _options.NoGain;
        _below = level;
        var next = Math.Min((level.Limit + Math.Min(_ceiling, 2 * level.Limit)) / 2, _options.Most);
        if (isWorthIt && next > level.Limit && next < _ceiling)
        {
            Go(LimitPhase.Recovering, next);
            return;
        }

        Keep(level, level.Limit);
    }

    private void Go(LimitPhase phase, int limit)
    {
        _phase = phase;
        Limit = limit;
        _firstTicket = _tickets;
        _measured = 0;
        _recent.Clear(limit);
        _measurement = NewMeasurement(limit);
    }

    private LimitEstimate NewEstimate(int least) => new(least, 2 * _options.Most);

    private LimitMeasurement NewMeasurement(int limit) =>
        new(
            limit,
            _phase switch
            {
                LimitPhase.Descending => Math.Min(limit, _options.FewestRecent),
                LimitPhase.Resting or LimitPhase.Probing => Math.Clamp(2 * limit, _options.FewestAtRest, 2 * _options.MostMeasured),
                _ => Math.Clamp(limit, 2, _options.MostMeasured),
            },
            _options.TokensOfPicture,
            _options.Cutoff
        );
}
