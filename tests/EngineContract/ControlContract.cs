using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.EngineContract;

/// <summary>Suspend, resume, terminate, retry, purge, and instances that continue as new.</summary>
public abstract class ControlContract<TFixture> : ContractTest<TFixture>
    where TFixture : IEngineFixture, new()
{
    /// <summary>How long a timer must be so that the instance can be suspended before it is due.</summary>
    protected virtual TimeSpan Nap => TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task Continuing_as_new_begins_again_with_the_new_input()
    {
        Define<int, int>(
            "Count",
            async (context, number) =>
            {
                var next = await context.CallActivityAsync<int>("Double", number);
                if (next < 1000)
                {
                    context.ContinueAsNew(next);
                }

                return next;
            }
        );
        await StartEngineAsync();

        Assert.Equal(1024, (await RunAsync("Count", 1)).Output?.GetInt32());
    }

    [Fact]
    public async Task The_time_of_the_start_outlives_continuing_as_new()
    {
        Define<int, int>(
            "Loop",
            async (context, number) =>
            {
                await context.CallActivityAsync<string>("Gated", $"gate {number}");
                if (number == 0)
                {
                    context.ContinueAsNew(1);
                }

                return number;
            }
        );
        await StartEngineAsync();
        await Client.StartAsync("Loop", "one", 0, CancellationToken.None);
        await Gates.ArrivalAsync("gate 0");
        var started = (await UntilAsync(RuntimeStatus.Running)).CreatedTime;
        // Later than any engine's clock is fine-grained.
        await Task.Delay(TimeSpan.FromMilliseconds(50));
        var between = DateTimeOffset.UtcNow;

        Gates.Open("gate 0");
        await Gates.ArrivalAsync("gate 1");

        Assert.Equal(started, (await UntilAsync(RuntimeStatus.Running)).CreatedTime);
        var listed = await Client.ListAsync(new InstanceQuery { From = started, To = between }, CancellationToken.None);
        Assert.Equal("one", Assert.Single(listed.Instances).InstanceId);
        Gates.Open("gate 1");
        await EndOfAsync();
    }

    [Fact]
    public async Task The_custom_status_outlives_continuing_as_new()
    {
        Define<int, int>(
            "Loop",
            async (context, number) =>
            {
                if (number == 0)
                {
                    context.SetCustomStatus("kept");
                    context.ContinueAsNew(1);
                    return 0;
                }

                await context.CallActivityAsync<string>("Gated", "gate");
                return number;
            }
        );
        await StartEngineAsync();
        await Client.StartAsync("Loop", "one", 0, CancellationToken.None);
        await Gates.ArrivalAsync("gate");

        Assert.Equal("kept", (await UntilAsync(RuntimeStatus.Running)).CustomStatus?.GetString());
        Gates.Open("gate");
        await EndOfAsync();
    }

    [Fact]
    public async Task A_suspended_instance_waits_and_goes_on_when_resumed()
    {
        Define<string, string>(
            "Two",
            async (context, _) =>
            {
                await context.CallActivityAsync<string>("Gated", "first");
                return await context.CallActivityAsync<string>("Echo", "second");
            }
        );
        await StartEngineAsync();
        await Client.StartAsync("Two", "one", "", CancellationToken.None);
        await Gates.ArrivalAsync("first");
        await Client.SuspendAsync("one", "pause", CancellationToken.None);
        await UntilAsync(RuntimeStatus.Suspended);
        Gates.Open("first");

        var held = await AfterAWhileAsync();
        Assert.Equal(RuntimeStatus.Suspended, held.RuntimeStatus);
        Assert.Equal(["first"], Gates.Log);

        await Client.ResumeAsync("one", "go on", CancellationToken.None);
        Assert.Equal("second", (await EndOfAsync()).Output?.GetString());
        Assert.Equal(["first", "second"], Gates.Log);
    }

    [Fact]
    public async Task A_timer_that_comes_due_meanwhile_is_delivered_after_resuming()
    {
        Define<string, string>(
            "Nap",
            async (context, text) =>
            {
                await context.CreateTimerAsync(context.CurrentUtc + Nap, CancellationToken.None);
                return text;
            }
        );
        await StartEngineAsync();
        await Client.StartAsync("Nap", "one", "awake", CancellationToken.None);
        await UntilAsync(RuntimeStatus.Running);
        await Client.SuspendAsync("one", "pause", CancellationToken.None);
        await Task.Delay(Nap);

        Assert.Equal(RuntimeStatus.Suspended, (await AfterAWhileAsync()).RuntimeStatus);
        await Client.ResumeAsync("one", "go on", CancellationToken.None);
        Assert.Equal("awake", (await EndOfAsync()).Output?.GetString());
    }

    [Fact]
    public async Task An_instance_that_keeps_continuing_as_new_can_be_suspended_and_resumed()
    {
        Define<int, int>(
            "Poll",
            async (context, round) =>
            {
                await context.CallActivityAsync<string>("Echo", "round");
                await context.CreateTimerAsync(context.CurrentUtc.AddMilliseconds(30), CancellationToken.None);
                context.ContinueAsNew(round + 1);
                return round;
            }
        );
        await StartEngineAsync();
        await Client.StartAsync("Poll", "one", 0, CancellationToken.None);
        await Gates.UntilNotedAsync(3);

        await Client.SuspendAsync("one", "pause", CancellationToken.None);
        await UntilAsync(RuntimeStatus.Suspended);
        var held = await AfterAWhileAsync();
        var rounds = Gates.Log.Count;
        Assert.Equal(RuntimeStatus.Suspended, held.RuntimeStatus);
        Assert.Equal(RuntimeStatus.Suspended, (await AfterAWhileAsync()).RuntimeStatus);
        Assert.Equal(rounds, Gates.Log.Count);

        await Client.ResumeAsync("one", "go on", CancellationToken.None);
        await Gates.UntilNotedAsync(rounds + 3);
        await Client.TerminateAsync("one", "enough", CancellationToken.None);
        await UntilAsync(RuntimeStatus.Terminated);
    }

    [Fact]
    public async Task A_terminated_instance_ends_with_the_reason()
    {
        Define<string, string>("Wait", (context, gate) => context.CallActivityAsync<string>("Gated", gate));
        await StartEngineAsync();
        await Client.StartAsync("Wait", "one", "gate", CancellationToken.None);
        await Gates.ArrivalAsync("gate");

        await Client.TerminateAsync("one", "not needed", CancellationToken.None);

        var ended = await EndOfAsync();
        Assert.Equal(RuntimeStatus.Terminated, ended.RuntimeStatus);
        Assert.Equal("not needed", ended.Output?.GetString());
        Gates.Open("gate");
        Assert.Equal(RuntimeStatus.Terminated, (await AfterAWhileAsync()).RuntimeStatus);
    }

    [Fact]
    public async Task A_suspended_instance_can_be_terminated()
    {
        Define<string, string>("Wait", (context, gate) => context.CallActivityAsync<string>("Gated", gate));
        await StartEngineAsync();
        await Client.StartAsync("Wait", "one", "gate", CancellationToken.None);
        await Gates.ArrivalAsync("gate");
        await Client.SuspendAsync("one", "pause", CancellationToken.None);
        await UntilAsync(RuntimeStatus.Suspended);

        await Client.TerminateAsync("one", "not needed", CancellationToken.None);

        Assert.Equal(RuntimeStatus.Terminated, (await EndOfAsync()).RuntimeStatus);
        Gates.Open("gate");
    }

    [Fact]
    public async Task Control_of_an_ended_or_unknown_instance_does_nothing()
    {
        Define<string, string>("Same", (_, text) => Task.FromResult(text));
        await StartEngineAsync();
        await RunAsync("Same", "x");

        foreach (var id in (string[])["one", "nobody"])
        {
            await Client.SuspendAsync(id, "late", CancellationToken.None);
            await Client.ResumeAsync(id, "late", CancellationToken.None);
            await Client.TerminateAsync(id, "late", CancellationToken.None);
        }

        var ended = await AfterAWhileAsync();
        Assert.Equal(RuntimeStatus.Completed, ended.RuntimeStatus);
        Assert.Equal("x", ended.Output?.GetString());
        Assert.False(await Client.RetryAsync("nobody", "x", CancellationToken.None));
        Assert.False(await Client.PurgeAsync("nobody", CancellationToken.None));
    }

    [Fact]
    public async Task A_terminated_instance_can_be_started_again_at_once()
    {
        Define<string, string>(
            "Wait",
            async (context, gate) =>
            {
                for (var step = 0; step < StepsOfOld && string.Equals(gate, "old", StringComparison.Ordinal); step++)
                {
                    await context.CallActivityAsync<int>("Double", step);
                }

                return await context.CallActivityAsync<string>("Gated", gate);
            }
        );
        await StartEngineAsync();
        await Client.StartAsync("Wait", "one", "old", CancellationToken.None);
        await Gates.ArrivalAsync("old");
        await Client.TerminateAsync("one", "again", CancellationToken.None);
        await UntilAsync(RuntimeStatus.Terminated);

        Assert.True(await Client.StartAsync("Wait", "one", "new", CancellationToken.None));
        Gates.Open("old");
        Gates.Open("new");

        Assert.Equal("new", (await UntilAsync(RuntimeStatus.Completed)).Output?.GetString());
    }

    [Fact]
    public async Task Retry_starts_an_ended_instance_again_with_its_name_input_and_id()
    {
        Define<FailurePlan, int>("Once", (context, plan) => context.CallActivityAsync<int>("Flaky", plan));
        await StartEngineAsync();
        Assert.Equal(RuntimeStatus.Failed, (await RunAsync("Once", new FailurePlan("x", 1, Permanently: false))).RuntimeStatus);

        Assert.True(await Client.RetryAsync("one", "mended", CancellationToken.None));

        var ended = await UntilAsync(RuntimeStatus.Completed);
        Assert.Equal(2, ended.Output?.GetInt32());
        Assert.Equal("Once", ended.Name);
        Assert.Equal("x", ended.Input?.GetProperty("key").GetString());
    }

    [Fact]
    public async Task An_active_instance_can_be_neither_retried_nor_purged()
    {
        Define<string, string>("Wait", (context, gate) => context.CallActivityAsync<string>("Gated", gate));
        await StartEngineAsync();
        await Client.StartAsync("Wait", "one", "gate", CancellationToken.None);
        await Gates.ArrivalAsync("gate");

        Assert.False(await Client.RetryAsync("one", "x", CancellationToken.None));
        Assert.False(await Client.PurgeAsync("one", CancellationToken.None));

        Gates.Open("gate");
        Assert.Equal("gate", (await EndOfAsync()).Output?.GetString());
    }

    [Fact]
    public async Task A_purged_instance_is_forgotten()
    {
        Define<string, string>("Same", (_, text) => Task.FromResult(text));
        await StartEngineAsync();
        await RunAsync("Same", "x");

        Assert.True(await Client.PurgeAsync("one", CancellationToken.None));

        Assert.Null(await Client.GetAsync("one", withInput: false, CancellationToken.None));
        Assert.False(await Client.PurgeAsync("one", CancellationToken.None));
    }

    /// <summary>How many activities an instance runs before the one that is still out when it is restarted.</summary>
    protected virtual int StepsOfOld => 0;
}
