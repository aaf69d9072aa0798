using System.Diagnostics;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Tests.Shared;
using Microsoft.AspNetCore.Http;

namespace HavenVlm.Core.Tests.Vlm.Pool;

/// <summary>Over real HTTP: an endpoint's trouble costs no picture, and a refused picture costs no endpoint.</summary>
public sealed class EndpointTroubleTests
{
    private const string Truth = """{"tags":[{"tag":"Kissing","confidence":0.9}]}""";

    private static readonly Dictionary<string, Func<HttpContext, Task>> Troubles = new(StringComparer.Ordinal)
    {
        ["unloaded"] = context => ScriptedModelServer.FailWithAsync(context, 400, """{"error":"Model is unloaded."}"""),
        ["crashed"] = context =>
            ScriptedModelServer.FailWithAsync(
                context,
                400,
                """{"error":"The model has crashed without additional information. (Exit code: 1)"}"""
            ),
        ["out of memory"] = context => ScriptedModelServer.FailWithAsync(context, 400, """{"error":"CUDA error: out of memory"}"""),
        ["failing images"] = context => ScriptedModelServer.FailWithAsync(context, 400, """{"error":"failed to process image"}"""),
        ["unknown words"] = context => ScriptedModelServer.FailWithAsync(context, 400, """{"error":"unexpected failure 17"}"""),
        ["502"] = context => ScriptedModelServer.FailWithAsync(context, 502, "<html>502 Bad Gateway</html>"),
        ["503"] = context => ScriptedModelServer.FailWithAsync(context, 503, "<html>503 Service Unavailable</html>"),
        ["504"] = context => ScriptedModelServer.FailWithAsync(context, 504, "<html>504 Gateway Time-out</html>"),
        ["closed"] = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        },
    };

    private static readonly Dictionary<string, (int Status, string Body)> Refusals = new(StringComparer.Ordinal)
    {
        ["OpenRouter"] = (
            403,
            """{"error":{"message":"flagged","code":403,"metadata":{"reasons":["sexual"],"flagged_input":"Label…","provider_name":"X"}}}"""
        ),
        ["Azure"] = (
            400,
            """{"error":{"message":"The response was filtered","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}"""
        ),
        ["OpenAI"] = (400, """{"error":{"code":"content_policy_violation","message":"rejected"}}"""),
        ["unknown words"] = (403, """{"error":{"message":"This one we do not like"}}"""),
    };

    /// <summary>One that names its cause, one that does not, one of a proxy and a broken connection; the others before a release.</summary>
    public static IEnumerable<TheoryDataRow<string>> NamesOfTroubles =>
        Troubles.Keys.Select(name => new TheoryDataRow<string>(name)
        {
            Explicit = name is not ("unloaded" or "unknown words" or "503" or "closed"),
        });

    public static TheoryData<string> NamesOfRefusals => [.. Refusals.Keys];

    [Theory]
    [MemberData(nameof(NamesOfTroubles))]
    public async Task A_server_in_trouble_from_its_first_reply_on_is_waited_for_and_no_picture_is_lost(string trouble)
    {
        var clock = Stopwatch.StartNew();
        var isOver = () => clock.Elapsed > TimeSpan.FromSeconds(2);
        await using var server = await ScriptedModelServer.StartAsync(
            (_, context) => isOver() ? ScriptedModelServer.SayAsync(context, Truth) : Troubles[trouble](context)
        );
        await using var fixture = new AskingFixture(AskingFixture.Vlm, [server]);

        var answers = await fixture.AskAsync(AskingFixture.Question("Kissing"), pictures: 12);

        Assert.All(answers, answer => Assert.Equal(["Kissing"], answer.Tags?.Keys ?? [answer.Reason!]));
        Assert.Equal("json_schema", server.Requests[^1].Format);
        Assert.Contains("json_schema", fixture.Pool.Snapshot()[0].Capabilities);
        Assert.InRange(server.Requests.Count, 13, 40);
    }

    [Theory]
    [MemberData(nameof(NamesOfTroubles))]
    public async Task A_server_in_trouble_in_the_middle_is_tried_with_a_picture_of_ours_until_it_is_back(string trouble)
    {
        var clock = Stopwatch.StartNew();
        var isInTrouble = () => clock.Elapsed is { TotalSeconds: > 0.5 and < 3.5 };
        var looks = 0;
        await using var server = await ScriptedModelServer.StartAsync(
            async (request, context) =>
            {
                if (isInTrouble())
                {
                    Interlocked.Add(ref looks, request.IsProbe ? 1 : 0);
                    await Troubles[trouble](context);
                    return;
                }

                await Task.Delay(20);
                await ScriptedModelServer.SayAsync(context, Truth);
            }
        );
        await using var fixture = new AskingFixture(AskingFixture.Vlm, [server]);

        var answers = await fixture.AskAsync(AskingFixture.Question("Kissing"), pictures: 100);

        Assert.All(answers, answer => Assert.Equal(["Kissing"], answer.Tags?.Keys ?? [answer.Reason!]));
        Assert.InRange(server.Requests.Count(request => !request.IsProbe), 100, 112);
        // Whoever says 503 asks for patience: one request each time is enough then.
        Assert.InRange(looks, trouble is "503" ? 0 : 1, 6);
    }

    [Theory]
    [MemberData(nameof(NamesOfRefusals))]
    public async Task A_picture_refused_by_moderation_stays_unanswered_and_all_others_go_on(string form)
    {
        await using var server = await RefusingAsync(form);
        await using var fixture = new AskingFixture(AskingFixture.Vlm, [server]);

        var answers = await fixture.AskAsync(AskingFixture.Question("Kissing"), pictures: 10);

        Assert.Null(answers[3].Tags);
        Assert.Contains($"HTTP {Refusals[form].Status}", answers[3].Reason, StringComparison.Ordinal);
        Assert.Contains("refuses this picture", answers[3].Reason, StringComparison.Ordinal);
        Assert.Equal(9, answers.Count(answer => answer.Tags is not null));
        Assert.Single(server.Requests, IsRefused);
        Assert.Equal(EndpointState.Healthy, fixture.Pool.Snapshot()[0].State);
    }

    [Theory]
    [MemberData(nameof(NamesOfRefusals))]
    public async Task A_picture_refused_by_moderation_is_asked_elsewhere_once(string form)
    {
        await using var first = await RefusingAsync(form);
        await using var second = await ScriptedModelServer.SayingAsync(_ => Truth);
        await using var third = await RefusingAsync(form);
        await using var fixture = new AskingFixture(AskingFixture.Vlm, [first, second]);
        await using var hopeless = new AskingFixture(AskingFixture.Vlm, [first, third]);

        var answers = await fixture.AskAsync(AskingFixture.Question("Kissing"), pictures: 4);
        var before = first.Requests.Count(IsRefused);
        var refused = await hopeless.AskAsync(AskingFixture.Question("Kissing"), pictures: 4);

        Assert.All(answers, answer => Assert.NotNull(answer.Tags));
        Assert.InRange(before, 0, 1);
        Assert.Null(refused[3].Tags);
        Assert.Equal((before + 1, 1), (first.Requests.Count(IsRefused), third.Requests.Count(IsRefused)));
    }

    [Fact]
    public async Task A_minutes_quota_is_waited_for_as_long_as_it_says()
    {
        var clock = Stopwatch.StartNew();
        await using var server = await ScriptedModelServer.StartAsync(
            (_, context) =>
                clock.Elapsed < TimeSpan.FromSeconds(1.4)
                    ? ScriptedModelServer.FailWithAsync(
                        context,
                        429,
                        """[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"1.5s"}]}}]"""
                    )
                    : ScriptedModelServer.SayAsync(context, Truth)
        );
        await using var fixture = new AskingFixture(AskingFixture.Vlm, [server]);

        var answers = await fixture.AskAsync(AskingFixture.Question("Kissing"), pictures: 6);

        Assert.All(answers, answer => Assert.NotNull(answer.Tags));
        Assert.InRange(server.Requests.Count, 7, 8);
    }

    private static bool IsRefused(ModelRequest request) => request.Body.ToJsonString().Contains("00:00:06.0", StringComparison.Ordinal);

    // Refuses the fourth picture and answers all others.
    private static Task<ScriptedModelServer> RefusingAsync(string form) =>
        ScriptedModelServer.StartAsync(
            (request, context) =>
                IsRefused(request)
                    ? ScriptedModelServer.FailWithAsync(context, Refusals[form].Status, Refusals[form].Body)
                    : ScriptedModelServer.SayAsync(context, Truth)
        );
}
