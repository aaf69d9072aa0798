using HavenVlm.Simulation.Media;

namespace HavenVlm.Simulation.Vlm;

/// <summary>What became of a request.</summary>
public enum VlmOutcome
{
    /// <summary>A proper reply was sent whole.</summary>
    Answered,

    /// <summary>An error status: bad request, wrong key or model, or no slot free.</summary>
    Rejected,

    /// <summary>A fault befell it.</summary>
    Faulted,

    /// <summary>The client went away, or the server was switched off, before the reply was sent.</summary>
    Aborted,
}

/// <summary>One picture as the simulated model saw it.</summary>
/// <param name="Stamp">Which frame of which video; null when the stamp could not be read.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Tags">Tags answered.</param>
public sealed record SeenPicture(FrameStamp? Stamp, int Width, int Height, IReadOnlyList<string> Tags);

/// <summary>One request and what became of it.</summary>
public sealed record VlmExchange
{
    /// <summary>Number of the request, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>When it arrived.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What became of it.</summary>
    public required VlmOutcome Outcome { get; init; }

    /// <summary>HTTP status; 0 = none was sent.</summary>
    public int Status { get; init; }

    /// <summary>The fault that befell it.</summary>
    public VlmFault Fault { get; init; }

    /// <summary>Model asked for.</summary>
    public string Model { get; init; } = "";

    /// <summary><c>response_format.type</c> of the request; empty = none.</summary>
    public string ResponseFormat { get; init; } = "";

    /// <summary>Tags asked for.</summary>
    public IReadOnlyList<string> TagsAsked { get; init; } = [];

    /// <summary>The pictures, when they were examined.</summary>
    public IReadOnlyList<SeenPicture> Pictures { get; init; } = [];

    /// <summary>The reply's content, or the error's message.</summary>
    public string Reply { get; init; } = "";
}

/// <summary>A frame and a tag.</summary>
/// <param name="Stamp">The frame.</param>
/// <param name="Tag">The tag asked for.</param>
public sealed record FrameQuestion(FrameStamp Stamp, string Tag);

/// <summary>Every request since the server was made, and the sums over them.</summary>
public sealed class VlmLog
{
    private readonly Lock _lock = new();
    private readonly List<VlmExchange> _exchanges = [];
    private long _requests;
    private int _inFlight;
    private int _maxInFlight;

    /// <summary>Requests that ended, in the order of their ends.</summary>
    public IReadOnlyList<VlmExchange> Exchanges
    {
        get
        {
            lock (_lock)
            {
                return [.. _exchanges];
            }
        }
    }

    /// <summary>Requests that arrived.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Requests that are here now.</summary>
    public int InFlight
    {
        get
        {
            lock (_lock)
            {
                return _inFlight;
            }
        }
    }

    /// <summary>Most requests that were here at once.</summary>
    public int MaxInFlight
    {
        get
        {
            lock (_lock)
            {
                return _maxInFlight;
            }
        }
    }

    /// <summary>Requests answered properly.</summary>
    public int Answered => Exchanges.Count(e => e.Outcome == VlmOutcome.Answered);

    /// <summary>Pictures answered properly.</summary>
    public int PicturesAnswered => Exchanges.Where(e => e.Outcome == VlmOutcome.Answered).Sum(e => e.Pictures.Count);

    /// <summary>Every tag asked for in a request that was answered.</summary>
    public IReadOnlySet<string> TagsAsked =>
        Exchanges.Where(e => e.Outcome == VlmOutcome.Answered).SelectMany(e => e.TagsAsked).ToHashSet(StringComparer.Ordinal);

    /// <summary>Frames of which a tag was asked again after it had been answered: what was paid for twice.</summary>
    public IReadOnlyList<FrameQuestion> AskedAgain() =>
        [
            .. Exchanges
                .Where(e => e.Outcome == VlmOutcome.Answered)
                .SelectMany(e =>
                    e.Pictures.Where(p => p.Stamp is not null)
                        .SelectMany(p => e.TagsAsked.Select(tag => new FrameQuestion(p.Stamp!.Value, tag)))
                )
                .GroupBy(q => q)
                .Where(g => g.Skip(1).Any())
                .Select(g => g.Key),
        ];

    /// <summary>Forgets the requests that ended and the sums over them.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _exchanges.Clear();
            _requests = _inFlight;
            _maxInFlight = _inFlight;
        }
    }

    internal long Enter()
    {
        lock (_lock)
        {
            _inFlight++;
            _maxInFlight = Math.Max(_maxInFlight, _inFlight);
            return Interlocked.Increment(ref _requests);
        }
    }

    internal void Leave(VlmExchange exchange)
    {
        lock (_lock)
        {
            _inFlight--;
            _exchanges.Add(exchange);
        }
    }

    /// <summary>The same request ended otherwise than it seemed.</summary>
    internal void Amend(VlmExchange exchange)
    {
        lock (_lock)
        {
            var index = _exchanges.FindLastIndex(e => e.Number == exchange.Number);
            if (index >= 0)
            {
                _exchanges[index] = exchange;
            }
        }
    }
}
