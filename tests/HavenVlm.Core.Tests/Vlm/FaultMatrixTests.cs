using System.Collections.Concurrent;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Tests.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Core.Tests.Vlm;

/// <summary>Servers that do everything that servers do, over real HTTP: whatever is answered is the truth, whatever is not says why.</summary>
public sealed class FaultMatrixTests
{
    private const string Truth = """{"tags":[{"tag":"Kissing","confidence":0.9}]}""";
    private const string Key = "planted-secret-9876543210";

    private static readonly Dictionary<string, Func<HttpContext, Task>> Faults = new(StringComparer.Ordinal)
    {
        ["500"] = context => ScriptedModelServer.FailAsync(context, 500, "CUDA error, key " + Key),
        ["429"] = context => ScriptedModelServer.FailAsync(context, 429, "slow down"),
        ["429 with Retry-After"] = context =>
        {
            context.Response.Headers["Retry-After"] = "1";
            return ScriptedModelServer.FailAsync(context, 429, "slow down");
        },
        ["503"] = context => ScriptedModelServer.FailAsync(context, 503, "Loading model"),
        ["reset"] = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        },
        ["reset in the body"] = async context =>
        {
            context.Response.ContentLength = 500;
            await context.Response.WriteAsync("{\"choices\":[");
            await context.Response.Body.FlushAsync();
            context.Abort();
        },
        ["hang"] = context => Task.Delay(Timeout.Infinite, context.RequestAborted),
        ["drip"] = async context =>
        {
            while (true)
            {
                await context.Response.WriteAsync(" ", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(50, context.RequestAborted);
            }
        },
        ["no body"] = _ => Task.CompletedTask,
        ["page"] = context => context.Response.WriteAsync("<html><body>Welcome</body></html>"),
        ["half a body"] = context => context.Response.WriteAsync("{\"choices\":[{\"message\":{\"content\":\"{\\\"tags\\\":[]"),
        ["empty"] = context => ScriptedModelServer.SayAsync(context, ""),
        ["garbage"] = context => ScriptedModelServer.SayAsync(context, "����{{{]]\u0000<|x|>"),
        ["refusal"] = context => ScriptedModelServer.SayAsync(context, "I'm sorry, I can't assist with that."),
        ["half JSON"] = context => ScriptedModelServer.SayAsync(context, """{"tags":[{"tag":"Kiss""", "length"),
        ["huge"] = context => context.Response.WriteAsync(new string(' ', 10_000_000)),
    };

    public static TheoryData<string> Names => [.. Faults.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task When_one_request_in_five_goes_wrong_the_answers_are_the_truth(string fault)
    {
        var count = 0;
        await using var server = await ScriptedModelServer.StartAsync(
            (_, context) =>
                Interlocked.Increment(ref count) % 5 == 0 ? Faults[fault](context) : ScriptedModelServer.SayAsync(context, Truth)
        );
        var logs = new ConcurrentQueue<string>();
        await using var fixture = new AskingFixture(
            AskingFixture.Vlm with
            {
                Endpoints =
                [
                    AskingFixture.Endpoint("a", server.BaseUrl) with
                    {
                        ApiKey = Key,
                        MaxConcurrent = 4,
                        Timeout = TimeSpan.FromSeconds(1),
                    },
                    AskingFixture.Endpoint("b", server.BaseUrl) with
                    {
                        ApiKey = Key,
                        MaxConcurrent = 4,
                        Timeout = TimeSpan.FromSeconds(1),
                    },
                ],
            },
            logs
        );

        var answers = await fixture.AskAsync(AskingFixture.Question("Kissing", "Hugging"), pictures: 24);

        Assert.All(answers.Where(answer => answer.Tags is not null), answer => Assert.Equal(["Kissing"], answer.Tags!.Keys));
        Assert.All(answers.Where(answer => answer.Tags is null), answer => Assert.NotEmpty(answer.Reason!));
        Assert.InRange(answers.Count(answer => answer.Tags is not null), 20, 24);
        Assert.InRange(count, 24, 60);
        var told = string.Join(
            '\n',
            [.. logs, .. fixture.Pool.Snapshot().Select(status => status.ToString()), .. answers.Select(a => a.Reason)]
        );
        Assert.DoesNotContain(Key, told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_lies_about_its_models_is_left_out_and_the_others_do_the_work()
    {
        await using var lying = await ScriptedModelServer.StartAsync(
            (_, context) => ScriptedModelServer.FailAsync(context, 404, "model 'test-model' not found, try pulling it first")
        );
        await using var honest = await ScriptedModelServer.SayingAsync(_ => Truth);
        await using var fixture = new AskingFixture(AskingFixture.Vlm, [lying, honest]);

        var answers = await fixture.AskAsync(AskingFixture.Question("Kissing"), pictures: 20);

        Assert.All(answers, answer => Assert.Equal("server1", answer.Endpoint));
        Assert.InRange(lying.Requests.Count, 1, 2);
        var status = fixture.Pool.Snapshot()[0];
        Assert.Equal(EndpointState.Misconfigured, status.State);
        Assert.Contains("try pulling it first", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_goes_away_and_comes_back_is_waited_for_and_then_used_again()
    {
        var isOn = true;
        await using var server = await ScriptedModelServer.StartAsync(
            (_, context) =>
            {
                if (isOn)
                {
                    return ScriptedModelServer.SayAsync(context, Truth);
                }

                context.Abort();
                return Task.CompletedTask;
            }
        );
        await using var fixture = new AskingFixture(AskingFixture.Vlm, [server]);
        await fixture.AskAsync(AskingFixture.Question("Kissing"), pictures: 4);
        isOn = false;
        var asking = fixture.AskAsync(AskingFixture.Question("Kissing"), pictures: 8);
        while (fixture.Pool.Snapshot()[0].State != EndpointState.Open)
        {
            await Task.Delay(5);
        }

        isOn = true;

        Assert.All(await asking, answer => Assert.Equal(["Kissing"], answer.Tags!.Keys));
        Assert.Equal(EndpointState.Healthy, fixture.Pool.Snapshot()[0].State);
    }
}
