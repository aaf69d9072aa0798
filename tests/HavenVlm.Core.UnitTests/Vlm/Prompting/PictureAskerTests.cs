using System.Globalization;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Tests.Shared;
using Microsoft.AspNetCore.Http;

namespace HavenVlm.Core.UnitTests.Vlm.Prompting;

public sealed class PictureAskerTests
{
    private static readonly string[] Tags = ["Kissing", "Hugging", "Waving"];

    private static readonly Dictionary<string, double> KissingAndHugging = new(StringComparer.Ordinal)
    {
        ["Kissing"] = 0.9,
        ["Hugging"] = 0.6,
    };

    [Fact]
    public async Task An_answer_by_the_schema_is_read()
    {
        await using var server = await ScriptedModelServer.SayingAsync(_ =>
            """{"tags":[{"tag":"Kissing","confidence":0.9},{"tag":"Hugging","confidence":0.6}]}"""
        );
        await using var fixture = new AskingFixture(AskingFixture.Vlm, [server]);

        var answer = Assert.Single(await fixture.AskAsync(AskingFixture.Question(Tags)));

        Assert.Equal(KissingAndHugging, answer.Tags);
        Assert.Equal(ConfidenceKind.Reported, answer.Kind);
        Assert.Equal(("scripted", "server0", 1.0, false), (answer.Model, answer.Endpoint, answer.Requests, answer.Repaired));
        Assert.Null(answer.Reason);
        Assert.Equal("test-model", (string?)Assert.Single(server.Requests).Body["model"]);
    }

    [Fact]
    public async Task A_server_that_rejects_response_format_and_one_that_knows_only_plain_text_give_the_same_tags()
    {
        await using var strict = await ScriptedModelServer.StartAsync(
            (request, context) =>
                request.Format is null
                    ? ScriptedModelServer.SayAsync(context, """{"tags":[{"tag":"Kissing","confidence":0.9}]}""")
                    : ScriptedModelServer.FailAsync(context, 400, "Bad Request")
        );
        await using var plain = await ScriptedModelServer.SayingAsync(_ => "Two people near a window | Kissing");
        await using var fixture = new AskingFixture(AskingFixture.Vlm, [strict]);
        await using var plainFixture = new AskingFixture(AskingFixture.Vlm, [plain]);

        var first = Assert.Single(await fixture.AskAsync(AskingFixture.Question(Tags)));
        var second = Assert.Single(await fixture.AskAsync(AskingFixture.Question(Tags)));
        var other = Assert.Single(await plainFixture.AskAsync(AskingFixture.Question(Tags)));

        Assert.Equal(["Kissing"], first.Tags!.Keys);
        Assert.Equal(["Kissing"], second.Tags!.Keys);
        Assert.Equal(["Kissing"], other.Tags!.Keys);
        // Refused without a word about formats: that is believed the second time.
        string?[] search = ["json_schema", "json_object", null];
        Assert.Equal([.. search, .. search], strict.Requests.Select(request => request.Format));
    }

    [Fact]
    public async Task Many_pictures_go_out_so_many_at_a_time_and_the_answers_keep_their_order()
    {
        await using var server = await ScriptedModelServer.SayingAsync(request =>
            AnswerAll(request, number => number % 2 == 0 ? """["Kissing"]""" : "[]")
        );
        await using var fixture = new AskingFixture(AskingFixture.Vlm with { FramesPerRequest = 4 }, [server]);

        var answers = await fixture.AskAsync(AskingFixture.Question(Tags), pictures: 10);

        Assert.Equal([4, 4, 2], server.Requests.Select(request => request.Pictures).OrderDescending());
        Assert.Equal("0101010101", string.Concat(answers.Select(answer => answer.Tags!.Count)));
        Assert.All(answers.Take(8), answer => Assert.Equal(0.25, answer.Requests));
    }

    [Fact]
    public async Task A_server_that_takes_one_picture_per_request_is_learned_once_and_said()
    {
        await using var server = await ScriptedModelServer.StartAsync(
            (request, context) =>
                request.Pictures > 1
                    ? ScriptedModelServer.FailAsync(context, 400, "At most 1 image(s) may be provided in one request.")
                    : ScriptedModelServer.SayAsync(context, """{"tags":["Waving"]}""")
        );
        var vlm = AskingFixture.Vlm with
        {
            FramesPerRequest = 3,
            Endpoints = [AskingFixture.Endpoint("server0", server.BaseUrl) with { MaxConcurrent = 1 }],
        };
        await using var fixture = new AskingFixture(vlm);

        var answers = await fixture.AskAsync(AskingFixture.Question(Tags), pictures: 9);

        Assert.All(answers, answer => Assert.Equal(["Waving"], answer.Tags!.Keys));
        Assert.Equal([3, 1, 1, 1, 1, 1, 1, 1, 1, 1], server.Requests.Select(request => request.Pictures));
        Assert.Contains("one picture per request", Assert.Single(fixture.Pool.Snapshot()).Capabilities);
    }

    [Fact]
    public async Task Pictures_that_a_reply_leaves_out_are_asked_one_by_one()
    {
        await using var server = await ScriptedModelServer.SayingAsync(request =>
            request.Pictures == 1
                ? """{"tags":["Waving"]}"""
                : """{"pictures":[{"picture":1,"tags":["Kissing"]},{"picture":3,"tags":[]}]}"""
        );
        await using var fixture = new AskingFixture(AskingFixture.Vlm with { FramesPerRequest = 4 }, [server]);

        var answers = await fixture.AskAsync(AskingFixture.Question(Tags), pictures: 4);

        Assert.Equal(["Kissing", "Waving", "", "Waving"], answers.Select(answer => string.Concat(answer.Tags!.Keys)));
        Assert.Equal([0.25, 1.25, 0.25, 1.25], answers.Select(answer => answer.Requests));
        Assert.Equal(3, server.Requests.Count);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(413)]
    public async Task Pictures_of_a_request_that_fails_as_a_whole_are_asked_one_by_one(int status)
    {
        await using var server = await ScriptedModelServer.StartAsync(
            (request, context) =>
                request.Pictures == 1 ? ScriptedModelServer.SayAsync(context, """{"tags":["Waving"]}""")
                : status == 200 ? ScriptedModelServer.SayAsync(context, "I'm sorry, I can't help with that.")
                : ScriptedModelServer.FailAsync(context, status, "maximum context length is 4096 tokens")
        );
        await using var fixture = new AskingFixture(AskingFixture.Vlm with { FramesPerRequest = 3 }, [server]);

        var answers = await fixture.AskAsync(AskingFixture.Question(Tags), pictures: 3);

        Assert.All(answers, answer => Assert.Equal(["Waving"], answer.Tags!.Keys));
    }

    [Fact]
    public async Task Repeats_an_unusable_reply_once_elsewhere()
    {
        await using var bad = await ScriptedModelServer.SayingAsync(_ => "A quiet street in the rain.");
        await using var good = await ScriptedModelServer.SayingAsync(_ => """{"tags":["Waving"]}""");
        await using var fixture = new AskingFixture(AskingFixture.Vlm, [bad, good]);

        var answer = Assert.Single(await fixture.AskAsync(AskingFixture.Question(Tags)));

        Assert.Equal((1, 1), (bad.Requests.Count, good.Requests.Count));
        Assert.Equal(("server1", 2.0), (answer.Endpoint, answer.Requests));
        Assert.Equal(["Waving"], answer.Tags!.Keys);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("A quiet street in the rain.", "quiet street")]
    [InlineData("""{"tags":[{"tag":"Kis""", "ended in the middle")]
    [InlineData("I'm sorry, I can't help with that.", "refused")]
    public async Task What_stays_unanswered_says_why_and_where(string reply, string reason)
    {
        await using var first = await ScriptedModelServer.SayingAsync(_ => reply);
        await using var second = await ScriptedModelServer.SayingAsync(_ => reply);
        await using var fixture = new AskingFixture(AskingFixture.Vlm, [first, second]);

        var answer = Assert.Single(await fixture.AskAsync(AskingFixture.Question(Tags)));

        Assert.Null(answer.Tags);
        Assert.StartsWith("server1: ", answer.Reason, StringComparison.Ordinal);
        Assert.Contains(reason, answer.Reason, StringComparison.Ordinal);
        Assert.Equal((1, 1, 2.0), (first.Requests.Count, second.Requests.Count, answer.Requests));
    }

    [Fact]
    public async Task A_request_that_the_server_does_not_accept_stays_unanswered_with_the_servers_words()
    {
        await using var first = await ScriptedModelServer.StartAsync(
            (request, context) =>
                request.IsProbe
                    ? ScriptedModelServer.SayAsync(context, "{}")
                    : ScriptedModelServer.FailAsync(context, 400, "cannot identify image file")
        );
        await using var second = await ScriptedModelServer.SayingAsync(_ => "{}");
        await using var fixture = new AskingFixture(AskingFixture.Vlm with { StructuredOutput = StructuredOutput.Off }, [first, second]);

        var answer = Assert.Single(await fixture.AskAsync(AskingFixture.Question(Tags)));

        Assert.Contains("cannot identify image file", answer.Reason, StringComparison.Ordinal);
        Assert.Empty(second.Requests);
    }

    [Fact]
    public async Task With_token_probabilities_the_confidence_is_that_of_the_tags_tokens()
    {
        const string Body = """
            {"choices":[{"finish_reason":"stop","message":{"content":"{\"tags\":[\"Kissing\",\"Waving\"]}"},"logprobs":{"content":[
              {"token":"{\"tags\":[","logprob":-0.01},{"token":"\"Kiss","logprob":-0.1},{"token":"ing","logprob":-0.05},
              {"token":"\",\"","logprob":-0.7},{"token":"Waving","logprob":-1.2},{"token":"\"]}","logprob":-0.3}]}}]}
            """;
        await using var server = await ScriptedModelServer.StartAsync((_, context) => context.Response.WriteAsync(Body));
        await using var fixture = new AskingFixture(AskingFixture.Vlm, [server]);

        var answer = Assert.Single(await fixture.AskAsync(AskingFixture.Question(Tags) with { Confidence = ConfidenceKind.Logprobs }));

        Assert.Equal(ConfidenceKind.Logprobs, answer.Kind);
        Assert.Equal(Math.Exp(-0.15), answer.Tags!["Kissing"], 1e-9);
        Assert.Equal(Math.Exp(-1.2), answer.Tags["Waving"], 1e-9);
        Assert.True((bool?)server.Requests[0].Body["logprobs"]);
    }

    [Fact]
    public async Task Where_a_server_tells_no_probabilities_the_fixed_confidence_is_used_and_said_to_be()
    {
        await using var server = await ScriptedModelServer.SayingAsync(_ => """{"tags":["Kissing"]}""");
        await using var fixture = new AskingFixture(AskingFixture.Vlm, [server]);

        var answer = Assert.Single(
            await fixture.AskAsync(AskingFixture.Question(Tags) with { Confidence = ConfidenceKind.Logprobs, FixedConfidence = 0.8 })
        );

        Assert.Equal((ConfidenceKind.Fixed, 0.8), (answer.Kind, answer.Tags!["Kissing"]));
    }

    [Fact]
    public async Task Nobody_reachable_is_an_outage_and_not_an_answer()
    {
        var away = AskingFixture.Endpoint("away", "http://127.0.0.1:9/v1");
        await using var fixture = new AskingFixture(AskingFixture.Vlm with { Endpoints = [away] });
        fixture.Pool.SetPaused("away", paused: true);

        var outage = await Assert.ThrowsAsync<EndpointsUnavailableException>(() => fixture.AskAsync(AskingFixture.Question(Tags)));

        Assert.Contains("away is paused", outage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_key_takes_the_endpoint_out_and_says_what_to_do()
    {
        await using var server = await ScriptedModelServer.StartAsync(
            (_, context) => ScriptedModelServer.FailAsync(context, 401, "invalid api key")
        );
        await using var fixture = new AskingFixture(AskingFixture.Vlm, [server]);

        var outage = await Assert.ThrowsAsync<EndpointsUnavailableException>(() => fixture.AskAsync(AskingFixture.Question(Tags)));

        Assert.True(outage.NeedsUser);
        Assert.Contains("check apiKey of endpoint server0", outage.Message, StringComparison.Ordinal);
        Assert.Equal(EndpointState.Misconfigured, Assert.Single(fixture.Pool.Snapshot()).State);
    }

    [Fact]
    public async Task Cancelling_ends_the_request_at_the_server()
    {
        var ended = new TaskCompletionSource();
        await using var server = await ScriptedModelServer.StartAsync(
            async (_, context) =>
            {
                context.RequestAborted.Register(ended.SetResult);
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }
        );
        await using var fixture = new AskingFixture(AskingFixture.Vlm, [server]);
        using var giveUp = new CancellationTokenSource();
        var asking = fixture.AskAsync(AskingFixture.Question(Tags), cancellationToken: giveUp.Token);
        while (server.Requests.Count == 0)
        {
            await Task.Delay(5);
        }

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_reply_that_drips_is_bounded_by_the_endpoints_time()
    {
        await using var server = await ScriptedModelServer.StartAsync(
            async (_, context) =>
            {
                while (true)
                {
                    await context.Response.WriteAsync(" ", context.RequestAborted);
                    await context.Response.Body.FlushAsync(context.RequestAborted);
                    await Task.Delay(20, context.RequestAborted);
                }
            }
        );
        var endpoint = AskingFixture.Endpoint("slow", server.BaseUrl) with { Timeout = TimeSpan.FromMilliseconds(400) };
        await using var fixture = new AskingFixture(AskingFixture.Vlm with { Endpoints = [endpoint] });
        using var enough = new CancellationTokenSource();

        var asking = fixture.AskAsync(AskingFixture.Question(Tags), cancellationToken: enough.Token);
        while (fixture.Pool.Snapshot()[0].Errors == 0)
        {
            await Task.Delay(20);
        }

        Assert.Contains("no answer within 0.4 s", fixture.Pool.Snapshot()[0].LastError, StringComparison.Ordinal);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task No_pictures_no_request()
    {
        await using var fixture = new AskingFixture(AskingFixture.Vlm);

        Assert.Empty(await fixture.AskAsync(AskingFixture.Question(Tags), pictures: 0));
    }

    // Picture times are 0, 2, 4… seconds, so the number of a picture in the whole follows from its time.
    private static string AnswerAll(ModelRequest request, Func<int, string> tags)
    {
        var times = request
            .Content.Select(part => (string?)part["text"])
            .OfType<string>()
            .Where(text => text.StartsWith("Picture ", StringComparison.Ordinal))
            .Select(text =>
                TimeSpan.Parse(text[(text.IndexOf("at ", StringComparison.Ordinal) + 3)..].TrimEnd(':'), CultureInfo.InvariantCulture)
            )
            .ToList();
        var pictures = times.Select((time, i) => $$"""{"picture":{{i + 1}},"tags":{{tags(((int)time.TotalSeconds / 2) + 1)}}}""");
        return times.Count == 1
            ? $$"""{"tags":{{tags(((int)times[0].TotalSeconds / 2) + 1)}}}"""
            : $$"""{"pictures":[{{string.Join(',', pictures)}}]}""";
    }
}
