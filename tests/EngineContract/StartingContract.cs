using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.EngineContract;

/// <summary>Starting, joining and replacing instances, and what their state says.</summary>
public abstract class StartingContract<TFixture> : ContractTest<TFixture>
    where TFixture : IEngineFixture, new()
{
    [Fact]
    public async Task An_instance_runs_with_its_input_and_ends_with_its_output()
    {
        Define<string, string>("Greet", async (context, name) => $"Hello {await context.CallActivityAsync<string>("Echo", name)}");
        await StartEngineAsync();

        var ended = await RunAsync("Greet", "Ada");

        Assert.Equal(RuntimeStatus.Completed, ended.RuntimeStatus);
        Assert.Equal("Hello Ada", ended.Output?.GetString());
        Assert.Equal("Ada", ended.Input?.GetString());
        Assert.Equal(("Greet", "one"), (ended.Name, ended.InstanceId));
        Assert.True(ended.LastUpdatedTime >= ended.CreatedTime);
    }

    [Fact]
    public async Task An_orchestrator_without_activities_ends_as_well()
    {
        Define<int, int>("Inc", (_, number) => Task.FromResult(number + 1));
        await StartEngineAsync();

        Assert.Equal(8, (await RunAsync("Inc", 7)).Output?.GetInt32());
    }

    [Fact]
    public async Task The_input_is_given_only_to_who_asks_for_it()
    {
        Define<string, string>("Same", (_, text) => Task.FromResult(text));
        await StartEngineAsync();
        await RunAsync("Same", "x");

        Assert.Null((await Client.GetAsync("one", withInput: false, CancellationToken.None))!.Input);
    }

    [Fact]
    public async Task An_unknown_instance_is_null()
    {
        await StartEngineAsync();

        Assert.Null(await Client.GetAsync("nobody", withInput: true, CancellationToken.None));
    }

    [Fact]
    public async Task Starting_an_active_instance_joins_it()
    {
        Define<string, string>("Wait", (context, gate) => context.CallActivityAsync<string>("Gated", gate));
        await StartEngineAsync();
        Assert.True(await Client.StartAsync("Wait", "one", "first", CancellationToken.None));
        await Gates.ArrivalAsync("first");

        var second = await Client.StartAsync("Wait", "one", "second", CancellationToken.None);

        Assert.False(second);
        Gates.Open("first");
        Assert.Equal("first", (await EndOfAsync()).Output?.GetString());
    }

    [Fact]
    public async Task Starting_a_suspended_instance_joins_it()
    {
        Define<string, string>("Wait", (context, gate) => context.CallActivityAsync<string>("Gated", gate));
        await StartEngineAsync();
        await Client.StartAsync("Wait", "one", "gate", CancellationToken.None);
        await Gates.ArrivalAsync("gate");
        await Client.SuspendAsync("one", "test", CancellationToken.None);
        await UntilAsync(RuntimeStatus.Suspended);

        Assert.False(await Client.StartAsync("Wait", "one", "other", CancellationToken.None));
    }

    [Fact]
    public async Task Starting_an_ended_instance_replaces_it()
    {
        Define<string, string>("Same", (_, text) => Task.FromResult(text));
        Define<string, string>("Other", (_, text) => Task.FromResult($"other {text}"));
        await StartEngineAsync();
        await RunAsync("Same", "a");

        Assert.True(await Client.StartAsync("Other", "one", "b", CancellationToken.None));

        var ended = await UntilAsync(i => i.HasEnded && string.Equals(i.Name, "Other", StringComparison.Ordinal));
        Assert.Equal("other b", ended.Output?.GetString());
        Assert.Equal("b", ended.Input?.GetString());
    }

    [Fact]
    public async Task Of_many_starts_at_once_one_starts_and_the_others_join()
    {
        Define<string, string>("Wait", (context, gate) => context.CallActivityAsync<string>("Gated", gate));
        await StartEngineAsync();

        var started = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => Client.StartAsync("Wait", "one", "gate", CancellationToken.None))
        );

        Assert.Single(started, true);
        Gates.Open("gate");
        await EndOfAsync();
        Assert.Single(Gates.Log);
    }

    [Fact]
    public async Task A_failed_instance_shows_the_reason_and_nothing_else()
    {
        Define<string, string>("Fail", (_, reason) => throw new OrchestrationFailedException(reason));
        await StartEngineAsync();

        var ended = await RunAsync("Fail", "Scene 12: no file. Rescan it in Stash.");

        Assert.Equal(RuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Equal("Scene 12: no file. Rescan it in Stash.", ended.Output?.GetString());
    }

    [Fact]
    public async Task Many_instances_run_side_by_side()
    {
        Define<int, int>("Twice", (context, number) => context.CallActivityAsync<int>("Double", number));
        await StartEngineAsync();

        await Task.WhenAll(Enumerable.Range(0, 100).Select(n => Client.StartAsync("Twice", $"n-{n}", n, CancellationToken.None)));

        for (var n = 0; n < 100; n++)
        {
            Assert.Equal(2 * n, (await EndOfAsync($"n-{n}")).Output?.GetInt32());
        }
    }

    [Fact]
    public async Task A_custom_status_shows_while_it_runs_and_after_it_ended()
    {
        Define<string, string>(
            "Tell",
            async (context, gate) =>
            {
                context.SetCustomStatus(new { stage = "waiting" });
                await context.CallActivityAsync<string>("Gated", gate);
                context.SetCustomStatus(new { stage = "done" });
                return "";
            }
        );
        await StartEngineAsync();
        await Client.StartAsync("Tell", "one", "gate", CancellationToken.None);

        var waiting = await UntilAsync(i => i.CustomStatus is not null);
        Gates.Open("gate");
        var ended = await EndOfAsync();

        Assert.Equal("waiting", waiting.CustomStatus?.GetProperty("stage").GetString());
        Assert.Equal("done", ended.CustomStatus?.GetProperty("stage").GetString());
    }
}
