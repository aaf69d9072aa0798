namespace HavenVlm.Core.Analysis.Sampling;

/// <summary>The times 0, interval, 2 x interval, … before the end of a video, in whole milliseconds as the log keeps them.</summary>
internal sealed class TimeGrid
{
    private readonly TimeSpan _interval;

    public TimeGrid(TimeSpan duration, TimeSpan interval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, TimeSpan.FromMilliseconds(1));
        _interval = interval;
        Count = (int)Math.Clamp(Math.Ceiling(duration / interval), 1, int.MaxValue);
        while (Count > 1 && this[Count - 1] >= duration)
        {
            Count--;
        }
    }

    /// <summary>Number of times, 1 or more: the first picture is always sampled.</summary>
    public int Count { get; }

    /// <summary>All times in order.</summary>
    public IEnumerable<TimeSpan> Times => Enumerable.Range(0, Count).Select(index => this[index]);

    public TimeSpan this[int index] => WholeMilliseconds(_interval * index);

    /// <summary>The grid's time nearest to <paramref name="time"/>.</summary>
    public TimeSpan Nearest(TimeSpan time) => this[(int)Math.Clamp(Math.Round(time / _interval), 0, Count - 1)];

    /// <summary>Rounded as the log keeps times.</summary>
    public static TimeSpan WholeMilliseconds(TimeSpan time) => TimeSpan.FromMilliseconds(Math.Round(time.TotalMilliseconds));
}
