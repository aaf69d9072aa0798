using HavenVlm.Core.Common;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Endpoints;
using HavenVlm.Core.Vlm.Prompting;
using HavenVlm.Core.Vlm.Replies;

namespace HavenVlm.Core.UnitTests.Vlm.Prompting;

/// <summary>With hundreds of tags the model names them by short ids: a server's grammar of long names makes every token slow.</summary>
public sealed class ShortIdsTests
{
    private static readonly VlmQuestion Large = Of(300);

    [Fact]
    public void A_long_list_is_asked_by_ids()
    {
        var names = ReplySchema.Build(Large, 1)["properties"]!["tags"]!["items"]!["properties"]!["tag"]!["enum"]!.AsArray();
        var prompt = Prompt.Build(Large, 1);

        Assert.Equal(Enumerable.Range(1, 300).Select(i => $"t{i}"), names.Select(name => (string)name!));
        Assert.Contains("\n- t1 = Some lengthy tag number 1: what can be seen\n", prompt, StringComparison.Ordinal);
        Assert.Contains("\"tag\": \"ID\"", prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("written exactly as above", prompt, StringComparison.Ordinal);
        Assert.True(
            ReplySchema.Build(Large, 1).ToJsonString().Length
                < 0.4 * ReplySchema.Build(Large with { Prompt = "{tags}" }, 1).ToJsonString().Length
        );
    }

    [Theory]
    [InlineData("""{"tags":[{"tag":"t12","confidence":0.8}]}""")]
    [InlineData("""{"tags":["T12"]}""")]
    [InlineData("""{"tags":["t12 = Some lengthy tag number 12: what can be seen"]}""")]
    [InlineData("""{"tags":["Some lengthy tag number 12"]}""")]
    [InlineData("""{"t12":0.8}""")]
    [InlineData("people | t12")]
    public void Ids_are_read_as_their_tags_and_so_are_names(string content)
    {
        var parsed = ReplyParser.Parse(new ChatReply { Content = content }, new ReplyExpectation(TagNames.Of(Large), 1));

        Assert.Equal(["Some lengthy tag number 12"], Assert.Single(parsed.Pictures)!.Tags.Keys);
    }

    [Fact]
    public void Log_probabilities_of_an_id_are_those_of_its_tag()
    {
        var reply = new ChatReply
        {
            Content = """{"tags":["t12"]}""",
            Tokens = [new("""{"tags":["t"""u8.ToArray(), 0), new("12"u8.ToArray(), Math.Log(0.5)), new("\"]}"u8.ToArray(), 0)],
        };
        var expected = new ReplyExpectation(TagNames.Of(Large), 1) { Confidence = ConfidenceKind.Logprobs };

        Assert.Equal(0.5, Assert.Single(Assert.Single(ReplyParser.Parse(reply, expected).Pictures)!.Tags).Value, 6);
    }

    [Fact]
    public void A_short_list_an_own_template_and_tags_that_look_like_ids_are_asked_by_name()
    {
        Assert.False(Of(64).HasIds);
        Assert.True(Of(65).HasIds);
        Assert.False((Large with { Prompt = "Only these: {tags}" }).HasIds);
        Assert.False((Large with { Tags = [.. Large.Tags, new VlmTag("t5", "")] }).HasIds);
        Assert.Null(TagNames.Of(Of(64)).Find("t12"));
    }

    [Fact]
    public void Answers_by_ids_and_by_names_belong_to_the_same_log() =>
        Assert.Equal(QuestionHash.Of(Of(3), "768"), QuestionHash.Of(Large, "768"));

    private static VlmQuestion Of(int tags) =>
        new()
        {
            Model = "m",
            Tags = [.. Enumerable.Range(1, tags).Select(i => new VlmTag($"Some lengthy tag number {i}", "what can be seen"))],
        };
}
