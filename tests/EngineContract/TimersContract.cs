using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.EngineContract;

/// <summary>Timers and the orchestrators' clock.</summary>
public abstract class TimersContract<TFixture> : ContractTest<TFixture>
    where TFixture : IEngineFixture, new()
{
    /// <summary>How much too early a timer may fire, and how far apart timers must be to keep their order.</summary>
    protected virtual TimeSpan Resolution => TimeSpan.FromMilliseconds(10);

    [Fact]
    public async Task A_timer_fires_when_it_is_due_and_the_clock_shows_it()
    {
        Define<int, bool>(
            "Sleep",
            async (context, milliseconds) =>
            {
                var due = context.CurrentUtc.AddMilliseconds(milliseconds);
                await context.CreateTimerAsync(due, CancellationToken.None);
                return context.CurrentUtc >= due - Resolution;
            }
        );
        await StartEngineAsync();

        var ended = await RunAsync("Sleep", (int)Resolution.TotalMilliseconds + 300);

        Assert.True(ended.Output?.GetBoolean());
        Assert.True(ended.LastUpdatedTime - ended.CreatedTime >= TimeSpan.FromMilliseconds(290));
    }

    [Fact]
    public async Task A_timer_in_the_past_fires_at_once()
    {
        Define<string, string>(
            "Past",
            async (context, text) =>
            {
                await context.CreateTimerAsync(context.CurrentUtc.AddHours(-1), CancellationToken.None);
                return text;
            }
        );
        await StartEngineAsync();

        Assert.Equal("x", (await RunAsync("Past", "x")).Output?.GetString());
    }

    [Fact]
    public async Task Timers_fire_in_the_order_in_which_they_are_due()
    {
        Define<string, string>(
            "Order",
            async (context, _) =>
            {
                var seen = "";
                var now = context.CurrentUtc;
                async Task WaitAsync(string name, int steps)
                {
                    await context.CreateTimerAsync(now + (steps * (Resolution + TimeSpan.FromMilliseconds(150))), CancellationToken.None);
                    seen += name;
                }

                await Task.WhenAll(WaitAsync("c", 3), WaitAsync("a", 1), WaitAsync("b", 2));
                return seen;
            }
        );
        await StartEngineAsync();

        Assert.Equal("abc", (await RunAsync("Order", "")).Output?.GetString());
    }

    [Fact]
    public async Task A_cancelled_timer_ends_as_cancelled_and_holds_nothing_up()
    {
        Define<string, string>(
            "Cancel",
            async (context, _) =>
            {
                using var cancellation = new CancellationTokenSource();
                var timer = context.CreateTimerAsync(context.CurrentUtc.AddHours(2), cancellation.Token);
                var answer = await context.CallActivityAsync<string>("Echo", "quick");
#pragma warning disable CA1849, MA0042, S6966 // Within an orchestrator cancelling must happen at once, on its own thread.
                cancellation.Cancel();
#pragma warning restore CA1849, MA0042, S6966
                try
                {
                    await timer;
                    return "fired";
                }
                catch (OperationCanceledException)
                {
                    return answer;
                }
            }
        );
        await StartEngineAsync();

        Assert.Equal("quick", (await RunAsync("Cancel", "")).Output?.GetString());
    }

    [Fact]
    public async Task A_deadline_wins_over_an_activity_that_hangs()
    {
        Define<string, string>(
            "Deadline",
            async (context, _) =>
            {
                var work = context.CallActivityAsync<string>("Gated", "late");
                var deadline = context.CreateTimerAsync(context.CurrentUtc.AddMilliseconds(200), CancellationToken.None);
                var winner = await Task.WhenAny(work, deadline) == work ? "work" : "deadline";
                context.SetCustomStatus(winner);
                return winner;
            }
        );
        await StartEngineAsync();
        await Client.StartAsync("Deadline", "one", "", CancellationToken.None);

        // Some engines end an instance only when nothing of it is out any more.
        await UntilAsync(i => i.CustomStatus?.GetString() is "deadline");
        Gates.Open("late");

        Assert.Equal("deadline", (await EndOfAsync()).Output?.GetString());
    }

    [Fact]
    public async Task The_clock_never_goes_back()
    {
        Define<int, bool>(
            "Clock",
            async (context, steps) =>
            {
                var ordered = true;
                var last = context.CurrentUtc;
                for (var i = 0; i < steps; i++)
                {
                    await context.CallActivityAsync<int>("Double", i);
                    ordered &= context.CurrentUtc >= last;
                    last = context.CurrentUtc;
                }

                return ordered;
            }
        );
        await StartEngineAsync();

        Assert.True((await RunAsync("Clock", 10)).Output?.GetBoolean());
    }
}
