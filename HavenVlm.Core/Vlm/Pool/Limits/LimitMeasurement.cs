using System.Runtime.InteropServices;

namespace HavenVlm.Core.Vlm.Pool.Limits;

/// <summary>
/// The time per unit of work at one limit, from the first requests that went out under it: all of them, so that short replies, which come
/// first, do not pass for a fast server. Of a last few that take very long, the time until now counts.
/// </summary>
internal sealed class LimitMeasurement(int limit, int size, double tokensOfPicture, double cutoff = 2.5)
{
    private const double Enough = 0.75;
    private const double Full = 0.85;

    private readonly Dictionary<long, TimeSpan> _out = [];
    private readonly List<(long Ticket, double Seconds, double? Tokens)> _answers = [];
    private TimeSpan _lastChange;
    private TimeSpan _since = TimeSpan.MinValue;
    private double _requestSeconds;
    private int _sent;
    private int _inFlight;

    /// <summary>Answers so far.</summary>
    public int Count => _answers.Count;

    /// <summary>A request went out.</summary>
    /// <param name="ticket">Its number.</param>
    /// <param name="inFlight">Requests out, itself included.</param>
    /// <param name="now">Time on the pool's clock.</param>
    public void Sent(long ticket, int inFlight, TimeSpan now)
    {
        Note(inFlight, now);
        if (_sent < size)
        {
            _sent++;
            _out.Add(ticket, now);
        }
    }

    /// <summary>A request ended; one without an answer is replaced by another.</summary>
    public void Ended(long ticket, bool isAnswered, double? tokens, int inFlight, TimeSpan now)
    {
        Note(inFlight, now);
        if (!_out.Remove(ticket, out var sentAt))
        {
            return;
        }

        if (isAnswered)
        {
            _answers.Add((ticket, (now - sentAt).TotalSeconds, tokens));
        }
        else
        {
            _sent--;
        }
    }

    /// <summary>Whether it can be read.</summary>
    public bool IsDone(TimeSpan now)
    {
        if (_sent < size || _answers.Count < Enough * size)
        {
            return false;
        }

        var cut = cutoff * _answers.Average(answer => answer.Seconds);
        return _out.Values.All(sentAt => (now - sentAt).TotalSeconds > cut);
    }

    /// <summary>Whether the limit was reached all along: else it says nothing about the limit.</summary>
    public bool WasFull(TimeSpan now) => _since < now && _requestSeconds >= Full * limit * (now - _since).TotalSeconds;

    /// <summary>How much longer the request sent last took than the one sent first, for the same work.</summary>
    public double LastToFirst
    {
        get
        {
            var (first, last) = (_answers.MinBy(answer => answer.Ticket), _answers.MaxBy(answer => answer.Ticket));
            var work = first.Tokens is { } a && last.Tokens is { } b ? (b + tokensOfPicture) / (a + tokensOfPicture) : 1;
            return last.Seconds / Math.Max(first.Seconds * work, 1e-9);
        }
    }

    /// <summary>What was measured.</summary>
    public LimitLevel Read(TimeSpan now)
    {
        // Replies whose tokens are unknown count as the average one.
        var known = _answers.Where(answer => answer.Tokens is not null).Select(answer => answer.Tokens!.Value + tokensOfPicture).ToList();
        var usual = known.Count > 0 ? known.Average() : 1;
        var seconds = _answers.Sum(answer => answer.Seconds) + _out.Values.Sum(sentAt => (now - sentAt).TotalSeconds);
        var work = known.Sum() + (usual * (_answers.Count - known.Count + _out.Count));
        var time = Math.Max(seconds, 1e-6) / work;
        return new LimitLevel(limit, time)
        {
            Answers = size,
            Variance = _answers.Average(answer =>
                Math.Pow((answer.Seconds / ((answer.Tokens is { } tokens ? tokens + tokensOfPicture : usual) * time)) - 1, 2)
            ),
        };
    }

    private void Note(int inFlight, TimeSpan now)
    {
        if (_since == TimeSpan.MinValue)
        {
            _since = now;
        }
        else
        {
            _requestSeconds += Math.Min(_inFlight, limit) * (now - _lastChange).TotalSeconds;
        }

        _lastChange = now;
        _inFlight = inFlight;
    }
}
