namespace HavenVlm.Core.Vlm.Pool;

/// <summary>The pool's time: a steady count for intervals, which a clock that is set does not disturb, and the wall clock for people and hours.</summary>
internal sealed class PoolClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>The source.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Time since the pool was made.</summary>
    public TimeSpan Now => Time.GetElapsedTime(_start);

    /// <summary>Wall clock.</summary>
    public DateTimeOffset UtcNow => Time.GetUtcNow();

    /// <summary>Wall clock as people here read it.</summary>
    public DateTimeOffset Local => Time.GetLocalNow();
}
