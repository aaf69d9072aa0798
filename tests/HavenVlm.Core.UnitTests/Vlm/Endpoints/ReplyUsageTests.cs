using System.Text.Json;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Endpoints;

namespace HavenVlm.Core.UnitTests.Vlm.Endpoints;

public sealed class ReplyUsageTests
{
    [Theory]
    // OpenAI, Azure OpenAI, OpenRouter, vLLM with prompt_tokens_details, LM Studio.
    [InlineData(
        """{"usage":{"prompt_tokens":463,"completion_tokens":24,"prompt_tokens_details":{"cached_tokens":152}}}""",
        463.0,
        152.0,
        24.0
    )]
    // Ollama, and vLLM as it is by default: nothing about a cache is not "nothing came from the cache".
    [InlineData("""{"usage":{"prompt_tokens":463,"completion_tokens":24}}""", 463.0, null, 24.0)]
    [InlineData("""{"usage":{"prompt_tokens":463,"completion_tokens":24,"prompt_tokens_details":null}}""", 463.0, null, 24.0)]
    // The names of OpenAI's Responses interface, which gateways pass on.
    [InlineData("""{"usage":{"input_tokens":463,"output_tokens":24,"input_tokens_details":{"cached_tokens":0}}}""", 463.0, 0.0, 24.0)]
    // DeepSeek.
    [InlineData("""{"usage":{"prompt_tokens":463,"completion_tokens":24,"prompt_cache_hit_tokens":152}}""", 463.0, 152.0, 24.0)]
    // llama.cpp: its timings count what it processed and what it had kept apart.
    [InlineData("""{"timings":{"prompt_n":311,"cache_n":152,"predicted_n":24}}""", 463.0, 152.0, 24.0)]
    [InlineData("""{"usage":{"prompt_tokens":463,"completion_tokens":24},"timings":{"prompt_n":311,"cache_n":152}}""", 463.0, 152.0, 24.0)]
    // More from the cache than there was cannot be.
    [InlineData("""{"usage":{"prompt_tokens":100,"completion_tokens":24,"prompt_cache_hit_tokens":152}}""", 100.0, 100.0, 24.0)]
    // Servers that count one side only.
    [InlineData("""{"usage":{"completion_tokens":24}}""", null, null, 24.0)]
    [InlineData("""{"usage":{"prompt_tokens":463}}""", 463.0, null, null)]
    public void Reads_the_counts_of_each_server_and_leaves_what_it_does_not_say_unknown(
        string reply,
        double? sent,
        double? cached,
        double? received
    )
    {
        using var json = JsonDocument.Parse(reply);

        Assert.Equal(new TokenUsage(sent, cached, received), ReplyUsage.Read(json.RootElement));
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"usage":null}""")]
    [InlineData("""{"usage":"many"}""")]
    [InlineData("""{"usage":{"prompt_tokens":"many"}}""")]
    public void A_server_that_counts_nothing_has_no_usage(string reply)
    {
        using var json = JsonDocument.Parse(reply);

        Assert.Null(ReplyUsage.Read(json.RootElement));
    }

    [Fact]
    public void Sums_hold_what_is_known()
    {
        var sum = new TokenUsage(100, null, 10) + new TokenUsage(200, 50, null);

        Assert.Equal(new TokenUsage(300, 50, 10), sum);
        Assert.Equal(new TokenUsage(150, 25, 5), sum.Over(2));
        Assert.Null((new TokenUsage(1, null, 1) + new TokenUsage(1, null, 1)).Cached);
    }
}
