using System.Text.Json.Nodes;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Endpoints;

namespace HavenVlm.Core.UnitTests.Vlm.Endpoints;

public sealed class RequestBodyTests
{
    private static readonly ChatQuestion Question = new()
    {
        Model = "global-model",
        Instructions = "Label \"this\" – 写真",
        Pictures =
        [
            new VlmPicture(TimeSpan.FromSeconds(2.5), new byte[] { 0xFB, 0xEF, 0xFF }),
            new VlmPicture(new TimeSpan(1, 2, 3), new byte[] { 1 }),
        ],
        Schema = new JsonObject { ["type"] = "object" },
        MaxTokens = 100,
    };

    [Fact]
    public void Instructions_come_first_then_each_picture_announced_by_number_and_time()
    {
        var content = Write(new EndpointOptions())["messages"]![0]!["content"]!.AsArray();

        Assert.Equal(
            [
                "Label \"this\" – 写真",
                "Picture 1, at 00:00:02.5:",
                "data:image/jpeg;base64,++//",
                "Picture 2, at 01:02:03.0:",
                "data:image/jpeg;base64,AQ==",
            ],
            content.Select(part => (string?)part!["text"] ?? (string?)part["image_url"]!["url"])
        );
    }

    [Theory]
    [InlineData("", "global-model")]
    [InlineData("own-model", "own-model")]
    public void The_endpoints_own_model_goes_before_the_global_one(string own, string expected) =>
        Assert.Equal(expected, (string?)Write(new EndpointOptions { Model = own })["model"]);

    [Theory]
    [InlineData(false, "max_tokens")]
    [InlineData(true, "max_completion_tokens")]
    public void The_token_budget_goes_into_the_field_that_the_server_knows(bool isNew, string field)
    {
        var body = Write(new EndpointOptions(), new RequestShape(IsNewTokenField: isNew));

        Assert.Equal(100, (int?)body[field]);
        Assert.Single(body, property => property.Key.StartsWith("max_", StringComparison.Ordinal));
    }

    [Fact]
    public void Provider_parameters_are_laid_over_ours_first_the_global_ones_then_the_endpoints()
    {
        var question = Question with { ExtraBody = Json("""{"keep_alive":"10m","temperature":0.5,"options":{"num_ctx":8192,"seed":1}}""") };
        var endpoint = new EndpointOptions { ExtraBody = Json("""{"temperature":0.7,"options":{"seed":2},"top_p":1}""") };

        var body = Parse(RequestBody.Write(question, endpoint, new RequestShape()));

        Assert.Equal("10m", (string?)body["keep_alive"]);
        Assert.Equal(0.7, (double?)body["temperature"]);
        Assert.Equal(1, (int?)body["top_p"]);
        Assert.Equal("""{"num_ctx":8192,"seed":2}""", body["options"]!.ToJsonString());
    }

    [Fact]
    public void Null_removes_a_parameter_and_essential_ones_cannot_be_changed()
    {
        var endpoint = new EndpointOptions
        {
            ExtraBody = Json("""{"temperature":null,"max_tokens":7,"stream":true,"n":3,"messages":[]}"""),
        };

        var body = Write(endpoint);

        Assert.False(body.ContainsKey("temperature"));
        Assert.Equal(7, (int?)body["max_tokens"]);
        Assert.False(body.ContainsKey("stream"));
        Assert.False(body.ContainsKey("n"));
        Assert.Single(body["messages"]!.AsArray());
    }

    [Theory]
    [InlineData(nameof(ReplyFormat.JsonSchema), "json_schema")]
    [InlineData(nameof(ReplyFormat.JsonObject), "json_object")]
    [InlineData(nameof(ReplyFormat.None), null)]
    public void The_form_of_the_reply_is_asked_for_as_the_server_knows_it(string format, string? expected)
    {
        var body = Write(new EndpointOptions(), new RequestShape(Enum.Parse<ReplyFormat>(format)));

        Assert.Equal(expected, (string?)body["response_format"]?["type"]);
    }

    private static JsonObject Write(EndpointOptions endpoint, RequestShape? shape = null) =>
        Parse(RequestBody.Write(Question, endpoint, shape ?? new RequestShape()));

    private static JsonObject Parse(ReadOnlyMemory<byte> body) => JsonNode.Parse(body.Span)!.AsObject();

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
