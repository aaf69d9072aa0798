using HavenVlm.Core.Api;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Pool;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace HavenVlm.Core.UnitTests.Api;

public sealed class EventStreamTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Handles_a_change_at_once_after_a_quiet_time()
    {
        var changed = new TaskCompletionSource();
        var looked = _time.GetTimestamp();
        var wait = EventStream.WaitAsync(_time, changed.Task, looked, TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromMilliseconds(600));
        Assert.False(wait.IsCompleted);

        changed.SetResult();

        await wait.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Handles_consecutive_changes_twice_a_second()
    {
        var wait = EventStream.WaitAsync(_time, Task.CompletedTask, _time.GetTimestamp(), TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.False(wait.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        await wait.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_nobody_announces_is_found_within_a_second()
    {
        var wait = EventStream.WaitAsync(
            _time,
            new TaskCompletionSource().Task,
            _time.GetTimestamp(),
            TestContext.Current.CancellationToken
        );

        _time.Advance(TimeSpan.FromSeconds(1));

        await wait.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_change_of_endpoints_wakes_watchers()
    {
        var settings = new SettingsSource(new HavenOptions());
        await using var pool = new EndpointPool(settings, new SemaphoreSlots(), _time, new Random(1), NullLogger<EndpointPool>.Instance);
        using var changes = new StatusChanges(pool);
        var next = changes.Next;
        Assert.False(next.IsCompleted);

        settings.Replace(new HavenOptions());

        Assert.True(next.IsCompleted);
        Assert.False(changes.Next.IsCompleted);
    }
}
