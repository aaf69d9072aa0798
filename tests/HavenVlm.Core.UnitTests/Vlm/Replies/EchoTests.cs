using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Endpoints;
using HavenVlm.Core.Vlm.Replies;

namespace HavenVlm.Core.UnitTests.Vlm.Replies;

/// <summary>Models repeat lines of the list that they were given.</summary>
public sealed class EchoTests
{
    private static readonly TagNames Tags = new([
        new VlmTag("Kissing", "two people touch lips, not cheeks"),
        new VlmTag("Hugging", "arms around another person"),
        new VlmTag("Waving", "a raised hand"),
        new VlmTag("Dancing", "moving to music"),
    ]);

    [Theory]
    [InlineData("{\"tags\":[\"Kissing: two people touch lips, not cheeks\"]}", "Kissing")]
    [InlineData("{\"tags\":[{\"tag\":\"Kissing: Two people touch lips, not cheeks.\",\"confidence\":0.4}]}", "Kissing 0.4")]
    [InlineData("{\"tags\":[\"- Hugging: arms around another person\"]}", "Hugging")]
    [InlineData("- Kissing: two people touch lips, not cheeks\n- Waving: a raised hand", "Kissing, Waving")]
    [InlineData("Kissing: two people touch lips, not cheeks", "Kissing")]
    [InlineData("They do this: Kissing: two people touch lips, not cheeks (0.4)", "Kissing 0.4")]
    public void A_repeated_line_of_the_list_is_its_tag(string content, string expected) => Assert.Equal(expected, Read(content));

    [Fact]
    public void The_whole_list_repeated_is_no_answer() =>
        Assert.Equal(
            "Unusable",
            Read(
                "- Kissing: two people touch lips, not cheeks\n- Hugging: arms around another person\n- Waving: a raised hand\n- Dancing: moving to music"
            )
        );

    private static string Read(string content) =>
        ReplyReading.Describe(ReplyParser.Parse(new ChatReply { Content = content }, new ReplyExpectation(Tags, 1)));
}
