namespace HavenVlm.Core.Vlm.Pool.Limits;

/// <summary>The last answers at the limit that was found, to notice within few of them that the server became slower.</summary>
internal sealed class RecentTimes(LimitOptions options)
{
    private readonly Queue<(double Seconds, double Work)> _recent = new();
    private double _spread;
    private double _usualWork = 1;
    private int _size = options.FewestRecent;

    /// <summary>Adds an answer.</summary>
    public void Add(double seconds, double? tokens, LimitLevel? kept)
    {
        var work = tokens is { } count ? count + options.TokensOfPicture : _usualWork;
        _usualWork = tokens is null ? _usualWork : (0.95 * _usualWork) + (0.05 * work);
        _recent.Enqueue((seconds, work));
        while (_recent.Count > _size)
        {
            _recent.Dequeue();
        }

        if (kept is { } usual)
        {
            var off = (seconds / work / usual.TimePerWork) - 1;
            _spread = (0.98 * _spread) + (0.02 * Math.Min(off * off, 4));
        }
    }

    /// <summary>Forgets them, because the limit changed.</summary>
    public void Clear(int limit)
    {
        _recent.Clear();
        _size = Math.Max(options.FewestRecent, limit / 2);
    }

    /// <summary>Whether they took longer than usual: beyond the change that matters and beyond what chance alone would do.</summary>
    public bool IsSlowerThan(LimitLevel kept) =>
        _recent.Count >= _size
        && _recent.Sum(answer => answer.Seconds) / _recent.Sum(answer => answer.Work)
            > kept.TimePerWork * (options.Slowdown + (2 * Math.Sqrt(_spread / _recent.Count)));
}
