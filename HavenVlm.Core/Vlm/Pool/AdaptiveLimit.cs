namespace HavenVlm.Core.Vlm.Pool;

/// <summary>
/// How many requests at once an endpoint without <c>maxConcurrent</c> gets: grows while response times hold, halves when the server
/// is overloaded. After TCP Vegas as in Netflix's concurrency-limits: the share by which response times exceed the best ones tells how
/// many requests wait inside the server.
/// </summary>
internal sealed class AdaptiveLimit
{
    private const int Most = 64;
    private const int FewestSamples = 3;
    private readonly List<double> _window = [];
    private double _best = double.MaxValue;
    private bool _isStarting = true;
    private int _mostInFlight;
    private TimeSpan _halvedAt = TimeSpan.MinValue;

    /// <summary>Requests at once, 1 to 64.</summary>
    public int Limit { get; private set; } = 1;

    /// <summary>An answer came.</summary>
    /// <param name="latency">How long it took.</param>
    /// <param name="inFlight">Requests that were out when it came, itself included.</param>
    public void Answered(TimeSpan latency, int inFlight)
    {
        _window.Add(latency.TotalMilliseconds);
        _mostInFlight = Math.Max(_mostInFlight, inFlight);
        if (_window.Count < Math.Max(Limit, FewestSamples))
        {
            return;
        }

        _window.Sort();
        var usual = _window[_window.Count / 2];
        // The best time drifts upwards slowly, so that a server which became slower for good is not starved.
        _best = usual < _best ? usual : _best + ((usual - _best) * 0.02);
        var queued = usual <= 0 ? 0 : Limit * (1 - (_best / usual));
        var few = Math.Max(1, 3 * Math.Log10(Limit));
        if (queued > 2 * few)
        {
            _isStarting = false;
            Limit = Math.Max(1, Limit - 1);
        }
        else if (queued >= few * 0.9)
        {
            _isStarting = false;
        }
        else if (_mostInFlight >= Limit)
        {
            Limit = Math.Min(Most, _isStarting ? Limit * 2 : Limit + 1);
        }

        _window.Clear();
        _mostInFlight = 0;
    }

    /// <summary>The server was overloaded or too slow: half as many from now on. Requests sent before the last halving say nothing new.</summary>
    public void Overloaded(TimeSpan startedAt, TimeSpan now)
    {
        if (startedAt < _halvedAt)
        {
            return;
        }

        _halvedAt = now;
        _isStarting = false;
        _window.Clear();
        Limit = Math.Max(1, Limit / 2);
    }
}
