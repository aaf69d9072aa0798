using System.Text.Json.Nodes;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Vlm.Prompting;

/// <summary>Tokens per endpoint and per picture, as each kind of server counts them, and a prompt cache that is not used.</summary>
public sealed class TokenCountTests
{
    private const int Enough = 50;

    // With descriptions, so that the instructions are worth keeping.
    private static readonly VlmQuestion Long = AskingFixture.Question() with
    {
        Tags = [.. Enumerable.Range(1, 40).Select(i => new VlmTag($"Tag {i}", "something that can be seen in a picture"))],
    };

    public static TheoryData<string, string, double?, double?, double?, bool> Servers =>
        new()
        {
            {
                "llama.cpp",
                """{"usage":{"prompt_tokens":463,"completion_tokens":24},"timings":{"prompt_n":463,"cache_n":0,"predicted_n":24}}""",
                463,
                0,
                24,
                true
            },
            {
                "llama.cpp with its cache",
                """{"usage":{"prompt_tokens":463,"completion_tokens":24},"timings":{"prompt_n":63,"cache_n":400,"predicted_n":24}}""",
                463,
                400,
                24,
                false
            },
            { "Ollama", """{"usage":{"prompt_tokens":463,"completion_tokens":24,"total_tokens":487}}""", 463, null, 24, false },
            {
                "vLLM with --enable-prompt-tokens-details",
                """{"usage":{"prompt_tokens":463,"completion_tokens":24,"prompt_tokens_details":{"cached_tokens":0}}}""",
                463,
                0,
                24,
                true
            },
            {
                "vLLM as it is by default",
                """{"usage":{"prompt_tokens":463,"completion_tokens":24,"prompt_tokens_details":null}}""",
                463,
                null,
                24,
                false
            },
            {
                "LM Studio",
                """{"usage":{"prompt_tokens":463,"completion_tokens":24,"completion_tokens_details":{"reasoning_tokens":3}}}""",
                463,
                null,
                24,
                false
            },
            {
                "OpenRouter, Azure OpenAI",
                """{"usage":{"prompt_tokens":463,"completion_tokens":24,"prompt_tokens_details":{"cached_tokens":384}}}""",
                463,
                384,
                24,
                false
            },
            { "DeepSeek", """{"usage":{"prompt_tokens":463,"completion_tokens":24,"prompt_cache_hit_tokens":384}}""", 463, 384, 24, false },
            { "Gemini", """{"usage":{"prompt_tokens":463,"completion_tokens":24,"total_tokens":700}}""", 463, null, 24, false },
            { "one that counts nothing", "{}", null, null, null, false },
        };

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Each_server_s_counts_reach_the_status_and_the_answers(
        string server,
        string extra,
        double? sent,
        double? cached,
        double? received,
        bool isCacheUnused
    )
    {
        await using var model = await SayingAsync("""{"tags":[]}""", _ => extra);
        await using var fixture = new AskingFixture(AskingFixture.Vlm, [model]);

        var answers = await AskAsync(fixture, Enough);

        var status = Assert.Single(fixture.Pool.Snapshot());
        Assert.Equal(new TokenUsage(Enough * sent, Enough * cached, Enough * received), status.Tokens);
        Assert.All(answers, answer => Assert.Equal(sent is null ? null : new TokenUsage(sent, cached, received), answer.Tokens));
        Assert.True(isCacheUnused == status.Hints.Any(hint => hint.Contains("prompt cache", StringComparison.Ordinal)), server);
    }

    [Fact]
    public async Task A_cache_that_is_used_at_last_is_no_longer_complained_of()
    {
        var asked = 0;
        await using var model = await SayingAsync("""{"tags":[]}""", _ => Uses(Interlocked.Increment(ref asked) > Enough ? 400 : 0));
        await using var fixture = new AskingFixture(AskingFixture.Vlm, [model]);

        await AskAsync(fixture, Enough);
        Assert.NotEmpty(Assert.Single(fixture.Pool.Snapshot()).Hints);
        await AskAsync(fixture, 1);
        Assert.Empty(Assert.Single(fixture.Pool.Snapshot()).Hints);
    }

    [Fact]
    public async Task Short_instructions_are_not_worth_a_cache()
    {
        await using var model = await SayingAsync("""{"tags":[]}""", _ => Uses(0));
        await using var fixture = new AskingFixture(AskingFixture.Vlm, [model]);
        foreach (var chunk in Enumerable.Range(0, Enough + 1).Chunk(10))
        {
            await Task.WhenAll(chunk.Select(_ => fixture.AskAsync(AskingFixture.Question("Kissing"))));
        }

        Assert.Empty(Assert.Single(fixture.Pool.Snapshot()).Hints);
    }

    [Fact]
    public async Task Replies_that_were_of_no_use_count_for_their_picture()
    {
        var asked = 0;
        await using var model = await ScriptedModelServer.StartAsync(
            (_, context) => WriteAsync(context, Interlocked.Increment(ref asked) == 1 ? "hm" : """{"tags":[]}""", Uses(0))
        );
        await using var fixture = new AskingFixture(AskingFixture.Vlm, [model]);

        var answer = Assert.Single(await fixture.AskAsync(AskingFixture.Question("Kissing")));

        Assert.Equal((2, new TokenUsage(926, 0, 48)), (answer.Requests, answer.Tokens));
    }

    private static string Uses(int cached) =>
        """{"usage":{"prompt_tokens":463,"completion_tokens":24,"prompt_tokens_details":{"cached_tokens":N}}}""".Replace(
            "N",
            $"{cached}",
            StringComparison.Ordinal
        );

    private static async Task<IReadOnlyList<PictureAnswer>> AskAsync(AskingFixture fixture, int pictures) =>
        [.. (await Task.WhenAll(Enumerable.Range(0, pictures).Select(_ => fixture.AskAsync(Long)))).SelectMany(answers => answers)];

    private static Task<ScriptedModelServer> SayingAsync(string content, Func<ModelRequest, string> extra) =>
        ScriptedModelServer.StartAsync((request, context) => WriteAsync(context, content, extra(request)));

    private static Task WriteAsync(Microsoft.AspNetCore.Http.HttpContext context, string content, string extra)
    {
        var body = JsonNode.Parse(extra)!.AsObject();
        body["choices"] = new JsonArray(
            new JsonObject
            {
                ["finish_reason"] = "stop",
                ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = content },
            }
        );
        return Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, body.ToJsonString());
    }
}
