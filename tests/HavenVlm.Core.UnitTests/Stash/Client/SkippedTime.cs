using System.Collections.Concurrent;

namespace HavenVlm.Core.UnitTests.Stash.Client;

/// <summary>A clock on which every wait is over at once and the time has passed nevertheless.</summary>
internal sealed class SkippedTime : TimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _waits = new();
    private long _now;

    /// <summary>What was waited for, in order.</summary>
    public IReadOnlyList<TimeSpan> Waits => [.. _waits];

    /// <summary>All of it.</summary>
    public TimeSpan Waited => TimeSpan.FromTicks(Waits.Sum(wait => wait.Ticks));

    /// <summary>Happens during every wait.</summary>
    public Func<Task> Meanwhile { get; set; } = () => Task.CompletedTask;

    /// <summary>Waits longer than this do not end: deadlines that nothing of the test may reach.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.MaxValue;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public void Advance(TimeSpan time) => Interlocked.Add(ref _now, time.Ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > Longest)
        {
            return new Timer(_ => { }, state, () => Task.CompletedTask);
        }

        if (dueTime > TimeSpan.Zero)
        {
            _waits.Enqueue(dueTime);
            Advance(dueTime);
        }

        return new Timer(callback, state, Meanwhile);
    }

    private sealed class Timer : ITimer
    {
        private readonly Task _firing;

        public Timer(TimerCallback callback, object? state, Func<Task> meanwhile) =>
            _firing = Task.Run(async () =>
            {
                await meanwhile();
                callback(state);
            });

        public bool Change(TimeSpan dueTime, TimeSpan period) => !_firing.IsCompleted;

        public void Dispose() { }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
