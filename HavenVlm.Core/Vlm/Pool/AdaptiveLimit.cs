namespace HavenVlm.Core.Vlm.Pool;

/// <summary>
/// How many requests at once an endpoint without <c>maxConcurrent</c> gets. More are tried step by step; a step is kept when response
/// times hold, that is when more requests at once really give more answers, and taken back when they only wait longer inside the server.
/// Halves when the server is overloaded or times out (as Netflix's concurrency-limits do).
/// </summary>
internal sealed class AdaptiveLimit
{
    private const int MaxLimit = 64;
    private const int MinSamples = 4;
    private const int WindowsAfterRefusal = 16;
    private const int WindowsAfterOverload = 4;

    // A step to twice as many may cost 60 % longer answers: then there are still 25 % more of them.
    private const double ToleratedSlowdown = 0.6;

    private readonly List<double> _window = [];
    private int _kept = 1;
    private double? _usual;
    private int _rest;
    private TimeSpan _changedAt = TimeSpan.MinValue;

    /// <summary>Requests at once, 1 to 64.</summary>
    public int Limit { get; private set; } = 1;

    /// <summary>An answer came.</summary>
    /// <param name="startedAt">When its request went out.</param>
    /// <param name="now">Time on the pool's clock.</param>
    /// <param name="inFlight">Requests that were out when it came, itself included.</param>
    public void Answered(TimeSpan startedAt, TimeSpan now, int inFlight)
    {
        // Answers to requests from before the last change, or while there was room, tell nothing about this limit.
        if (startedAt < _changedAt || inFlight < Limit)
        {
            return;
        }

        _window.Add((now - startedAt).TotalMilliseconds);
        if (_window.Count < Math.Max(2 * Limit, MinSamples))
        {
            return;
        }

        // The mean, because by Little's law it is what tells how many answers a second there are.
        var usual = _window.Average();
        _window.Clear();
        Judge(usual, now);
    }

    /// <summary>The server was overloaded or too slow: half as many from now on. Requests sent before the last change say nothing new.</summary>
    public void Overloaded(TimeSpan startedAt, TimeSpan now)
    {
        if (startedAt < _changedAt)
        {
            return;
        }

        _kept = Math.Max(1, Limit / 2);
        _usual = null;
        _rest = WindowsAfterOverload;
        Change(_kept, now);
    }

    private void Judge(double usual, TimeSpan now)
    {
        if (Limit > _kept && _usual is { } before)
        {
            var growth = ((double)Limit / _kept) - 1;
            if (usual > before * (1 + (ToleratedSlowdown * growth)))
            {
                _rest = WindowsAfterRefusal;
                Change(_kept, now);
                return;
            }
        }

        _kept = Limit;
        _usual = usual;
        _rest = Math.Max(0, _rest - 1);
        if (_rest == 0 && Limit < MaxLimit)
        {
            Change(Math.Min(MaxLimit, Math.Max(Limit + 1, Limit * 3 / 2)), now);
        }
    }

    private void Change(int limit, TimeSpan now)
    {
        Limit = limit;
        _changedAt = now;
        _window.Clear();
    }
}
