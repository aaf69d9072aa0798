using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.EngineContract;

/// <summary>Calling activities: one after the other, side by side, failing, tried again.</summary>
public abstract class ActivitiesContract<TFixture> : ContractTest<TFixture>
    where TFixture : IEngineFixture, new()
{
    private static readonly ActivityRetryPolicy Quickly = new(
        MaxAttempts: 3,
        FirstInterval: TimeSpan.FromMilliseconds(20),
        BackoffCoefficient: 2,
        MaxInterval: TimeSpan.FromSeconds(1)
    );

    [Fact]
    public async Task Results_come_back_in_the_order_of_the_calls()
    {
        Define<int, int[]>(
            "FanOut",
            (context, count) => Task.WhenAll(Enumerable.Range(0, count).Select(n => context.CallActivityAsync<int>("Double", n)))
        );
        await StartEngineAsync();

        var ended = await RunAsync("FanOut", 20);

        Assert.Equal(Enumerable.Range(0, 20).Select(n => 2 * n), ended.Output!.Value.EnumerateArray().Select(e => e.GetInt32()));
    }

    [Fact]
    public async Task A_large_fan_out_comes_back_whole()
    {
        Define<int, long>(
            "FanOut",
            async (context, count) =>
            {
                var results = await Task.WhenAll(Enumerable.Range(0, count).Select(n => context.CallActivityAsync<int>("Double", n)));
                return results.Sum(n => (long)n);
            }
        );
        await StartEngineAsync();

        Assert.Equal(999_000, (await RunAsync("FanOut", 1000)).Output?.GetInt64());
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("acb")]
    [InlineData("bac")]
    [InlineData("bca")]
    [InlineData("cab")]
    [InlineData("cba")]
    public async Task Parallel_branches_are_seen_in_the_order_in_which_they_finish(string order)
    {
        Define<string, string>("Race", RaceAsync);
        await StartEngineAsync();
        await Client.StartAsync("Race", "one", input: "", CancellationToken.None);
        await Task.WhenAll("abc".Select(gate => Gates.ArrivalAsync($"{gate}")));

        for (var i = 0; i < order.Length; i++)
        {
            Gates.Open($"{order[i]}");
            var seen = order[..(i + 1)];
            await UntilAsync(instance => string.Equals(instance.CustomStatus?.GetString(), seen, StringComparison.Ordinal));
        }

        Assert.Equal(order, (await EndOfAsync()).Output?.GetString());
    }

    [Fact]
    public async Task Messages_of_every_shape_arrive_as_they_were_sent()
    {
        var parcel = new Parcel(
            "Ünïcode \"quoted\" 漢字 🎬",
            null,
            TimeSpan.FromSeconds(2.5),
            new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            ["Kissing", "a,b"],
            RuntimeStatus.Suspended
        );
        Define<Parcel, bool>(
            "Send",
            async (context, sent) =>
            {
                var received = await context.CallActivityAsync<Parcel>("Carry", sent);
                return received with { Tags = sent.Tags } == sent && received.Tags.SequenceEqual(sent.Tags, StringComparer.Ordinal);
            }
        );
        await StartEngineAsync();

        Assert.True((await RunAsync("Send", parcel)).Output?.GetBoolean());
    }

    [Fact]
    public async Task Nothing_can_be_sent_and_returned()
    {
        Define<string?, string?>("Null", (context, input) => context.CallActivityAsync<string?>("Nothing", input));
        await StartEngineAsync();

        var ended = await RunAsync("Null", input: null);

        Assert.Equal(RuntimeStatus.Completed, ended.RuntimeStatus);
        Assert.Null(ended.Output);
    }

    [Fact]
    public async Task A_failure_reaches_the_orchestrator_with_its_type_and_message()
    {
        Define<FailurePlan, string>(
            "Catch",
            async (context, plan) =>
            {
                try
                {
                    await context.CallActivityAsync<int>("Flaky", plan);
                    return "no failure";
                }
                catch (ActivityFailedException e)
                {
                    return $"{e.Activity}|{e.Failure.ErrorType}|{e.Failure.Message}|{e.Failure.IsPermanent}";
                }
            }
        );
        await StartEngineAsync();

        var transient = await RunAsync("Catch", new FailurePlan("t", 1, Permanently: false), "transient");
        var permanent = await RunAsync("Catch", new FailurePlan("p", 1, Permanently: true), "permanent");

        Assert.Equal("Flaky|System.IO.InvalidDataException|attempt 1 failed|False", transient.Output?.GetString());
        Assert.Equal("Flaky|HavenVlm.Core.Common.PermanentFailureException|attempt 1 failed for good|True", permanent.Output?.GetString());
    }

    [Fact]
    public async Task An_orchestrator_that_does_not_catch_a_failure_fails_with_its_message()
    {
        Define<FailurePlan, int>("Fail", (context, plan) => context.CallActivityAsync<int>("Flaky", plan));
        await StartEngineAsync();

        var ended = await RunAsync("Fail", new FailurePlan("x", 1, Permanently: true));

        Assert.Equal(RuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Contains("attempt 1 failed for good", ended.Output?.GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_orchestrator_that_throws_fails_with_its_message()
    {
        Define<string, string>("Throw", (_, text) => throw new InvalidDataException($"{text} is wrong"));
        await StartEngineAsync();

        var ended = await RunAsync("Throw", "this");

        Assert.Equal(RuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Contains("this is wrong", ended.Output?.GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_failing_branch_does_not_take_the_others_along()
    {
        Define<string, string>(
            "Mixed",
            async (context, _) =>
            {
                var bad = context.CallActivityAsync<int>("Flaky", new FailurePlan("x", 9, Permanently: false));
                var good = context.CallActivityAsync<string>("Echo", "good");
                try
                {
                    await Task.WhenAll(bad, good);
                    return "";
                }
                catch (ActivityFailedException)
                {
                    return await good;
                }
            }
        );
        await StartEngineAsync();

        Assert.Equal("good", (await RunAsync("Mixed", "")).Output?.GetString());
    }

    [Fact]
    public async Task A_failing_activity_is_tried_again_as_the_policy_says()
    {
        Define<FailurePlan, int>("Retry", (context, plan) => context.CallActivityAsync<int>("Flaky", plan, Quickly));
        await StartEngineAsync();

        Assert.Equal(3, (await RunAsync("Retry", new FailurePlan("x", 2, Permanently: false))).Output?.GetInt32());
    }

    [Fact]
    public async Task The_last_failure_counts_when_the_attempts_are_used_up()
    {
        Define<FailurePlan, int>("Retry", (context, plan) => context.CallActivityAsync<int>("Flaky", plan, Quickly));
        await StartEngineAsync();

        var ended = await RunAsync("Retry", new FailurePlan("x", 9, Permanently: false));

        Assert.Equal(RuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Contains("attempt 3 failed", ended.Output?.GetString(), StringComparison.Ordinal);
        Assert.Equal(3, Gates.Log.Count);
    }

    [Fact]
    public async Task A_permanent_failure_is_not_tried_again()
    {
        Define<FailurePlan, int>("Retry", (context, plan) => context.CallActivityAsync<int>("Flaky", plan, Quickly));
        await StartEngineAsync();

        await RunAsync("Retry", new FailurePlan("x", 9, Permanently: true));

        Assert.Single(Gates.Log);
    }

    private static async Task<string> RaceAsync(IOrchestrationContext context, string _)
    {
        var running = "abc".Select(gate => context.CallActivityAsync<string>("Gated", $"{gate}")).ToList();
        var seen = "";
        while (running.Count > 0)
        {
            var first = await Task.WhenAny(running);
            running.Remove(first);
            seen += await first;
            context.SetCustomStatus(seen);
        }

        return seen;
    }
}
