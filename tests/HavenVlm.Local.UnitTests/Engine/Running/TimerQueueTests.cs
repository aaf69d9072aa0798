using HavenVlm.Local.Engine.Running;

namespace HavenVlm.Local.UnitTests.Engine.Running;

/// <summary>Timers while the clock does what clocks do.</summary>
public sealed class TimerQueueTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Ten = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);

    private readonly SettableClock _time = new(Ten);
    private readonly List<string> _fired = [];
    private readonly TimerQueue _queue;

    public TimerQueueTests() => _queue = new TimerQueue(_time, (key, due) => _fired.Add($"{key.Run}/{key.Task} of {due:HH:mm:ss}"));

    public ValueTask DisposeAsync() => _queue.DisposeAsync();

    [Fact]
    public void Timers_fire_when_due_and_in_order()
    {
        _queue.Add(new TimerKey(1, 1), Ten.AddSeconds(30));
        _queue.Add(new TimerKey(1, 2), Ten.AddSeconds(10));
        _queue.Add(new TimerKey(2, 1), Ten.AddSeconds(20));

        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Empty(_fired);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(["1/2 of 10:00:10"], _fired, StringComparer.Ordinal);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(["1/2 of 10:00:10", "2/1 of 10:00:20", "1/1 of 10:00:30"], _fired, StringComparer.Ordinal);
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public void A_timer_far_away_fires_when_due()
    {
        _queue.Add(new TimerKey(1, 1), Ten.AddDays(100));

        _time.Advance(TimeSpan.FromDays(99));
        Assert.Empty(_fired);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Single(_fired);
    }

    [Fact]
    public void Waiting_timers_fire_at_once_when_all_waits_end()
    {
        _queue.Add(new TimerKey(1, 1), Ten.AddMinutes(5));
        _queue.Add(new TimerKey(2, 1), Ten.AddMinutes(4));

        _queue.FireAll();
        _time.Advance(TimeSpan.Zero);

        Assert.Equal(["1/1 of 10:05:00", "2/1 of 10:04:00"], _fired.Order(StringComparer.Ordinal));
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public void A_timer_added_twice_fires_once()
    {
        _queue.Add(new TimerKey(1, 1), Ten.AddSeconds(1));
        _queue.Add(new TimerKey(1, 1), Ten.AddSeconds(1));

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Single(_fired);
    }

    [Fact]
    public void Removed_timers_do_not_fire()
    {
        _queue.Add(new TimerKey(1, 1), Ten.AddSeconds(1));
        _queue.Add(new TimerKey(1, 2), Ten.AddSeconds(2));
        _queue.Add(new TimerKey(2, 1), Ten.AddSeconds(1));
        _queue.Add(new TimerKey(2, 2), Ten.AddSeconds(1));

        _queue.Remove(new TimerKey(1, 1));
        _queue.Remove(new TimerKey(9, 9));
        _queue.RemoveRun(2);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(["1/2 of 10:00:02"], _fired, StringComparer.Ordinal);
    }

    [Fact]
    public void A_clock_set_forward_makes_timers_come_due_within_a_minute()
    {
        _queue.Add(new TimerKey(1, 1), Ten.AddHours(3));

        _time.Set(TimeSpan.FromHours(4));
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Single(_fired);
    }

    [Fact]
    public void A_clock_set_back_does_not_make_timers_late()
    {
        _queue.Add(new TimerKey(1, 1), Ten.AddSeconds(30));
        _queue.Add(new TimerKey(1, 2), Ten.AddHours(2));

        _time.Set(TimeSpan.FromHours(-10));
        _queue.Add(new TimerKey(2, 1), _time.GetUtcNow().AddSeconds(20));
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(["2/1 of 00:00:20"], _fired, StringComparer.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["2/1 of 00:00:20", "1/1 of 10:00:30"], _fired, StringComparer.Ordinal);
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(3, _fired.Count);
    }

    [Fact]
    public async Task Nothing_fires_after_the_end()
    {
        _queue.Add(new TimerKey(1, 1), Ten.AddSeconds(30));
        await _queue.DisposeAsync();

        _queue.Add(new TimerKey(1, 2), Ten.AddSeconds(30));
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Empty(_fired);
    }
}
