using HavenVlm.Core.Vlm.Endpoints;
using HavenVlm.Core.Vlm.Replies;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Vlm.Replies;

/// <summary>Where in a text JSON is looked for, and when what is found is not trusted.</summary>
public sealed class EmbeddedJsonTests
{
    // A name that nobody asked for shows that it was read as JSON: prose would find only the tag.
    private const string Answer = """{"tags":[{"tag":"Kissing","confidence":0.37},{"tag":"Running"}]}""";

    [Theory]
    [InlineData(7, "Kissing 0.37 + 1 unknown")]
    [InlineData(8, "Kissing 0.37")]
    public void Stops_searching_JSON_after_eight_broken_starts(int broken, string expected) =>
        Assert.Equal(expected, ReplyReading.Of(Repeat("""{"a" b} """, broken) + Answer));

    [Theory]
    [InlineData(255, "Kissing 0.37 + 1 unknown")]
    [InlineData(256, "Kissing 0.37")]
    public void Stops_searching_JSON_after_256_values(int values, string expected) =>
        Assert.Equal(expected, ReplyReading.Of(Repeat("{} ", values) + Answer));

    [Fact]
    public void Giving_up_the_search_neither_cuts_a_reply_nor_makes_it_plain()
    {
        Assert.Equal("Unusable", ReplyReading.Of(Repeat("{} ", 256)));
        Assert.True(IsRepaired(Repeat("{} ", 255) + Answer));
    }

    [Theory]
    [InlineData($"Look: {Answer}")]
    [InlineData($"{Answer} there")]
    [InlineData($"{{}} {Answer}")]
    [InlineData($"{Answer} {{\"ta")]
    public void JSON_with_something_beside_it_counts_as_repaired(string content)
    {
        Assert.Equal("Kissing 0.37 + 1 unknown", ReplyReading.Of(content));
        Assert.True(IsRepaired(content));
    }

    [Theory]
    [InlineData("Kissing {")]
    [InlineData("Kissing [")]
    [InlineData("Kissing { \t\r\n")]
    [InlineData("Kissing at [9, 20, 3")]
    [InlineData("Kissing at [0.1, 0.")]
    public void A_reply_that_ends_right_behind_a_bracket_or_in_a_list_of_numbers_is_cut(string content) =>
        Assert.Equal("Cut", ReplyReading.Of(content));

    [Fact]
    public void Brackets_of_prose_are_no_failed_attempts() =>
        Assert.Equal("Kissing 0.37 + 1 unknown", ReplyReading.Of(Repeat("[see above] {so} ", 20) + Answer));

    [Fact]
    public void Doubled_braces_of_a_template_are_looked_through() =>
        Assert.Equal("Kissing 0.37 + 1 unknown", ReplyReading.Of('{' + Answer + '}'));

    [Theory]
    [InlineData("""["Running"]""")]
    [InlineData("""[{"tag":"Running"},{"tag":"Running"}]""")]
    [InlineData("""{} ["Running"]""")]
    [InlineData("""{ } ["Running"]""")]
    [InlineData("""[/* mine */ "Running"]""")]
    public void A_list_that_begins_like_JSON_is_read_as_JSON(string content) =>
        Assert.StartsWith("none + ", ReplyReading.Of(content), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{x} ["Running"]""")]
    [InlineData("""{x} {y} ["Running"]""")]
    [InlineData("""{"a" b} ["Running"]""")]
    [InlineData("""{"a" b} {"a" b} ["Running"]""")]
    [InlineData("""{"a" b} {"tag":"Running"}""")]
    [InlineData("""{"a" b} {"tags":"Running"}""")]
    [InlineData("""{"a" b} {"a" b} {"tags":"Running"}""")]
    public void What_may_be_a_piece_of_something_broken_is_no_answer(string content) => Assert.Equal("Unusable", ReplyReading.Of(content));

    [Theory]
    [InlineData("""{"a" b} {"tags":["Running"]}""")]
    [InlineData("""{"a" b} {"tags":["Running"],"images":3}""")]
    [InlineData("""{"a" b} {"pictures":[{"tags":["Running"]}]}""")]
    [InlineData("""["a" b] {"tags":"Running"}""")]
    public void A_full_answer_behind_something_broken_counts(string content) => Assert.Equal("none + 1 unknown", ReplyReading.Of(content));

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static bool IsRepaired(string content) =>
        ReplyParser.Parse(new ChatReply { Content = content }, new ReplyExpectation(new TagNames(ReplyCorpus.Tags), 1)).Repaired;
}
