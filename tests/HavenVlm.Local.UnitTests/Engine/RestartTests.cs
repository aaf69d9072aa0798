using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.EngineContract;
using HavenVlm.Local.Engine.Running;
using HavenVlm.Tests.Engine;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace HavenVlm.Local.UnitTests.Engine;

/// <summary>Stopping and starting again, with the same program or another version of it.</summary>
public sealed class RestartTests : IAsyncDisposable
{
    private readonly EngineHarness _harness = new();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task Work_goes_on_where_it_was()
    {
        _harness.Define<string, string>(
            "Three",
            async (context, _) =>
            {
                var first = await context.CallActivityAsync<string>("Echo", "first");
                var second = await context.CallActivityAsync<string>("Gated", "second");
                return first + second + await context.CallActivityAsync<string>("Echo", "third");
            }
        );
        await _harness.StartAsync();
        await _harness.BeginAsync("Three", "");
        await _harness.Gates.ArrivalAsync("second");

        await _harness.RestartAsync();
        _harness.Gates.Open("second");

        Assert.Equal("firstsecondthird", (await _harness.EndOfAsync()).Output?.GetString());
        Assert.Equal(["first", "second", "third"], _harness.Gates.Log, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Stopping_cancels_activities_and_does_not_count_it_as_their_failure()
    {
        _harness.Define<string, string>("One", (context, gate) => context.CallActivityAsync<string>("Gated", gate));
        await _harness.StartAsync();
        await _harness.BeginAsync("One", "gate");
        await _harness.Gates.ArrivalAsync("gate");

        await _harness.StopAsync();
        Assert.Empty(_harness.Gates.Log);
        await _harness.StartAsync();
        var instance = await _harness.Engine.GetAsync("one", withInput: false, CancellationToken.None);
        Assert.Equal(RuntimeStatus.Running, instance?.RuntimeStatus);
        _harness.Gates.Open("gate");

        Assert.Equal("gate", (await _harness.EndOfAsync()).Output?.GetString());
    }

    [Fact]
    public async Task A_suspended_instance_stays_suspended_and_its_activities_rest()
    {
        _harness.Define<string, string>("One", (context, gate) => context.CallActivityAsync<string>("Gated", gate));
        await _harness.StartAsync();
        await _harness.BeginAsync("One", "gate");
        await _harness.Gates.ArrivalAsync("gate");
        await _harness.Engine.SuspendAsync("one", "night", CancellationToken.None);

        await _harness.RestartAsync();
        _harness.Gates.Open("gate");
        var instance = await _harness.Engine.GetAsync("one", withInput: false, CancellationToken.None);
        Assert.Equal(RuntimeStatus.Suspended, instance?.RuntimeStatus);
        Assert.Empty(_harness.Gates.Log);

        await _harness.Engine.ResumeAsync("one", "day", CancellationToken.None);
        Assert.Equal("gate", (await _harness.EndOfAsync()).Output?.GetString());
    }

    [Fact]
    public async Task An_instance_suspended_before_it_began_begins_when_resumed_after_a_restart()
    {
        _harness.Define<string, string>("Same", (_, text) => Task.FromResult(text));
        await _harness.StartAsync();
        // Both are written in one go, before the instance has its first turn.
        var begun = _harness.BeginAsync("Same", "x");
        await _harness.Engine.SuspendAsync("one", "not yet", CancellationToken.None);
        Assert.True(await begun);

        await _harness.RestartAsync();
        await _harness.Engine.ResumeAsync("one", "now", CancellationToken.None);

        Assert.Equal("x", (await _harness.EndOfAsync()).Output?.GetString());
    }

    [Fact]
    public async Task Everything_ended_stays_ended()
    {
        _harness.Define<string, string>("Same", (_, text) => Task.FromResult(text));
        _harness.Define<string, string>("Throw", (_, text) => throw new PermanentFailureException(text));
        await _harness.StartAsync();
        await _harness.BeginAsync("Same", "x", "good");
        await _harness.BeginAsync("Throw", "y", "bad");
        await _harness.EndOfAsync("good");
        await _harness.EndOfAsync("bad");

        await _harness.RestartAsync();

        Assert.Equal("x", (await _harness.UntilAsync(RuntimeStatus.Completed, "good")).Output?.GetString());
        Assert.Equal("y", (await _harness.UntilAsync(RuntimeStatus.Failed, "bad")).Output?.GetString());
    }

    [Fact]
    public async Task Timers_that_came_due_meanwhile_fire_after_the_start()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero));
        await using var harness = new EngineHarness { Time = time };
        harness.Define<string, string>(
            "Nap",
            async (context, _) =>
            {
                await context.CreateTimerAsync(context.CurrentUtc.AddHours(2), CancellationToken.None);
                return $"{context.CurrentUtc:HH:mm}";
            }
        );
        await harness.StartAsync();
        await harness.BeginAsync("Nap", "");
        await harness.UntilAsync(RuntimeStatus.Running);
        await harness.StopAsync();

        time.Advance(TimeSpan.FromHours(5));
        await harness.StartAsync();

        Assert.Equal("15:00", (await harness.EndOfAsync()).Output?.GetString());
    }

    [Fact]
    public async Task Timers_of_an_earlier_process_come_due_at_the_start_where_that_is_wanted()
    {
        _harness.Options = new EngineOptions { EndsWaitsAtStart = true };
        _harness.Define<string, string>(
            "Waits",
            async (context, _) =>
            {
                await context.CreateTimerAsync(context.CurrentUtc.AddHours(2), CancellationToken.None);
                await context.CallActivityAsync<string>("Gated", "between");
                await context.CreateTimerAsync(context.CurrentUtc.AddHours(2), CancellationToken.None);
                return "over";
            }
        );
        await _harness.StartAsync();
        await _harness.BeginAsync("Waits", "");
        await _harness.UntilAsync(() => _harness.Engine.WaitingTimers == 1);

        await _harness.RestartAsync();
        await _harness.Gates.ArrivalAsync("between");
        _harness.Gates.Open("between");
        // What this process waits for itself is waited for.
        await _harness.UntilAsync(() => _harness.Engine.WaitingTimers == 1);
        await _harness.RestartAsync();

        Assert.Equal("over", (await _harness.EndOfAsync()).Output?.GetString());
    }

    [Fact]
    public async Task Timers_that_are_not_due_yet_wait_on()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero));
        await using var harness = new EngineHarness { Time = time };
        harness.Define<string, string>(
            "Nap",
            async (context, _) =>
            {
                await context.CreateTimerAsync(context.CurrentUtc.AddHours(2), CancellationToken.None);
                return $"{context.CurrentUtc:HH:mm}";
            }
        );
        await harness.StartAsync();
        await harness.BeginAsync("Nap", "");
        await harness.UntilAsync(() => harness.Engine.LiveInstances == 0);
        time.Advance(TimeSpan.FromMinutes(119));
        await harness.RestartAsync();
        await harness.UntilAsync(() => harness.Engine.WaitingTimers == 1);

        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("12:00", (await harness.EndOfAsync()).Output?.GetString());
    }

    [Fact]
    public async Task What_a_version_does_not_know_fails_with_its_name()
    {
        _harness.Define<string, string>("Old", (context, gate) => context.CallActivityAsync<string>("Gated", gate));
        await _harness.StartAsync();
        await _harness.BeginAsync("Old", "gate", "orchestrator");
        await _harness.Gates.ArrivalAsync("gate");
        await _harness.StopAsync();
        _harness.ForgetDefinitions();
        _harness.Define<string, string>("New", (context, _) => context.CallActivityAsync<string>("Gone", null));
        await _harness.StartAsync();
        await _harness.BeginAsync("New", "", "activity");

        var orchestrator = await _harness.UntilAsync(RuntimeStatus.Failed, "orchestrator");
        var activity = await _harness.UntilAsync(RuntimeStatus.Failed, "activity");

        Assert.Equal("This version of Haven VLM has no orchestrator Old.", orchestrator.Output?.GetString());
        Assert.Equal("Gone: This version of Haven VLM has no activity Gone.", activity.Output?.GetString());
    }

    [Fact]
    public async Task Names_a_changed_orchestrator_and_restarts_its_instance_once()
    {
        _harness.Define<string, string>(
            "Tag",
            async (context, scene) =>
                await context.CallActivityAsync<string>("Echo", scene) + await context.CallActivityAsync<string>("Gated", "old")
        );
        await _harness.StartAsync();
        await _harness.BeginAsync("Tag", "scene-1");
        await _harness.Gates.ArrivalAsync("old");
        await _harness.StopAsync();
        _harness.ForgetDefinitions();
        _harness.Define<string, string>(
            "Tag",
            async (context, scene) =>
                await context.CallActivityAsync<string>("Gated", "new") + await context.CallActivityAsync<string>("Echo", scene)
        );
        _harness.Gates.Open("new");
        await _harness.StartAsync();

        var ended = await _harness.EndOfAsync();

        Assert.Equal((RuntimeStatus.Completed, "newscene-1"), (ended.RuntimeStatus, ended.Output?.GetString()));
        var warning = Assert.Single(_harness.Logs.Lines, l => l.Level == LogLevel.Warning);
        Assert.Contains("one: The history no longer fits the orchestrator Tag", warning.Message, StringComparison.Ordinal);
        Assert.Contains(
            "at position 3 it holds activity Echo, the orchestrator asked for activity Gated",
            warning.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_engine_that_was_stopped_or_not_started_says_so()
    {
        await _harness.StartAsync();
        var engine = _harness.Engine;
        await _harness.StopAsync();

        var stopped = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            engine.GetAsync("one", withInput: false, CancellationToken.None)
        );

        Assert.Equal("The engine is stopped.", stopped.Message);
    }
}
