using System.Text.Json.Nodes;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Endpoints;
using HavenVlm.Tests.Shared;
using Microsoft.AspNetCore.Http;

namespace HavenVlm.Core.UnitTests.Vlm.Endpoints;

/// <summary>Where servers put an answer, and what they put around it.</summary>
public sealed class ReplyFormsTests
{
    [Theory]
    [InlineData("byte order mark", "\uFEFF{\"choices\":[{\"message\":{\"content\":\"Kissing\"},\"finish_reason\":\"stop\"}]}")]
    [InlineData(
        "OpenRouter: comments keep the connection alive",
        ": OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n{\"choices\":[{\"message\":{\"content\":\"Kissing\"},\"finish_reason\":\"stop\"}]}"
    )]
    [InlineData(
        "a proxy that always streams",
        "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"Kiss\"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"ing\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
    )]
    [InlineData(
        "OpenRouter: a stream with comments and line ends of Windows",
        ": OPENROUTER PROCESSING\r\n\r\ndata: {\"choices\":[{\"delta\":{\"content\":\"Kissing\"}}]}\r\n\r\n: OPENROUTER PROCESSING\r\n\r\ndata: {\"choices\":[],\"usage\":{\"total_tokens\":9}}\r\n\r\ndata: [DONE]\r\n"
    )]
    [InlineData(
        "the whole message in one event",
        "event: message\ndata: {\"choices\":[{\"message\":{\"content\":\"Kissing\"},\"finish_reason\":\"stop\"}]}\n\n"
    )]
    [InlineData(
        "tool call",
        "{\"choices\":[{\"message\":{\"content\":null,\"tool_calls\":[{\"type\":\"function\",\"function\":{\"name\":\"frame_tags\",\"arguments\":\"Kissing\"}}]},\"finish_reason\":\"tool_calls\"}]}"
    )]
    [InlineData(
        "tool call in a stream",
        "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"f\",\"arguments\":\"Kis\"}}]}}]}\ndata: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"sing\"}}]}}]}\ndata: [DONE]\n"
    )]
    [InlineData(
        "older function call",
        "{\"choices\":[{\"message\":{\"content\":\"\",\"function_call\":{\"name\":\"f\",\"arguments\":\"Kissing\"}}}]}"
    )]
    [InlineData("legacy completion", "{\"choices\":[{\"text\":\"Kissing\",\"finish_reason\":\"stop\"}]}")]
    [InlineData(
        "Ollama's own form",
        "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"Kissing\"},\"done\":true,\"done_reason\":\"stop\"}"
    )]
    public async Task The_answer_is_found(string server, string body)
    {
        var reply = await AskAsync(body);

        Assert.True("Kissing".Equals(reply.Content, StringComparison.Ordinal), $"{server}: {reply.Content}");
    }

    [Theory]
    [InlineData("reasoning_content")]
    [InlineData("reasoning")]
    [InlineData("thinking")]
    public async Task Thoughts_are_found(string name) =>
        Assert.Equal("Kissing", (await AskAsync($$$"""{"choices":[{"message":{"content":"","{{{name}}}":"Kissing"}}]}""")).Reasoning);

    [Fact]
    public async Task Arguments_and_contents_that_are_objects_are_kept_as_JSON()
    {
        Assert.Equal("""{"tags":[]}""", (await AskAsync("""{"choices":[{"message":{"content":{"tags":[]}}}]}""")).Content);
        Assert.Equal(
            """{"tags":[]}""",
            (await AskAsync("""{"choices":[{"message":{"tool_calls":[{"function":{"arguments":{"tags":[]}}}]}}]}""")).Content
        );
    }

    [Theory]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"Kiss\"}}]}\n\n", "Server")]
    [InlineData("data: {\"error\":{\"message\":\"slow down\",\"code\":429}}\n\n", "Overloaded")]
    [InlineData(
        "data: {\"choices\":[{\"delta\":{\"content\":\"Kiss\"},\"finish_reason\":\"error\",\"error\":{\"code\":502,\"message\":\"gone\"}}]}\n\n",
        "Server"
    )]
    public async Task A_stream_that_breaks_off_or_reports_an_error_is_no_answer(string body, string kind)
    {
        var failure = await Assert.ThrowsAsync<EndpointFailureException>(() => AskAsync(body));

        Assert.Equal(kind, failure.Kind.ToString());
    }

    private static async Task<ChatReply> AskAsync(string body)
    {
        await using var server = await ScriptedModelServer.StartAsync((_, context) => context.Response.WriteAsync(body));
        using var client = new EndpointClient(
            new EndpointOptions
            {
                Name = "tested",
                BaseUrl = server.BaseUrl,
                Timeout = TimeSpan.FromSeconds(10),
            },
            TimeProvider.System
        );
        return await client.AskAsync(
            new ChatQuestion
            {
                Model = "m",
                Instructions = "Label it.",
                Pictures = AskingFixture.Pictures(1),
                Schema = new JsonObject(),
            },
            CancellationToken.None
        );
    }
}
