namespace HavenVlm.Local.UnitTests.Engine.Replay.Own;

/// <summary>A clock that runs many times faster, so that an engine waits out minutes within a test.</summary>
internal sealed class HurriedClock(DateTimeOffset start, int times) : TimeProvider
{
    private readonly long _began = System.GetTimestamp();

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => start + Elapsed;

    public override long GetTimestamp() => Elapsed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Hurried(System.CreateTimer(callback, state, Shorter(dueTime), Shorter(period)), this);

    private TimeSpan Elapsed => System.GetElapsedTime(_began) * times;

    private TimeSpan Shorter(TimeSpan time) => time <= TimeSpan.Zero ? time : time / times;

    private sealed class Hurried(ITimer timer, HurriedClock clock) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(clock.Shorter(dueTime), clock.Shorter(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
