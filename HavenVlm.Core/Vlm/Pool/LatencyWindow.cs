namespace HavenVlm.Core.Vlm.Pool;

/// <summary>The last response times of an endpoint.</summary>
internal sealed class LatencyWindow
{
    private const int Size = 128;
    private readonly double[] _recent = new double[Size];
    private readonly double[] _sorted = new double[Size];
    private int _next;
    private bool _isSorted = true;

    /// <summary>Response times known, at most 128.</summary>
    public int Count { get; private set; }

    public void Add(TimeSpan latency)
    {
        _recent[_next] = latency.TotalMilliseconds;
        _next = (_next + 1) % Size;
        Count = Math.Min(Count + 1, Size);
        _isSorted = false;
    }

    /// <summary>The response time that a share of the requests stayed within (nearest rank); null when nothing is known.</summary>
    public TimeSpan? Percentile(double share)
    {
        if (Count == 0)
        {
            return null;
        }

        if (!_isSorted)
        {
            _recent.AsSpan(0, Count).CopyTo(_sorted);
            _sorted.AsSpan(0, Count).Sort();
            _isSorted = true;
        }

        var rank = Math.Clamp((int)Math.Ceiling(share * Count), 1, Count);
        return TimeSpan.FromMilliseconds(_sorted[rank - 1]);
    }
}
