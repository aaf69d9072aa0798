using HavenVlm.Core.Vlm.Endpoints;
using HavenVlm.Core.Vlm.Replies;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Vlm.Replies;

/// <summary>Tags that are named in sentences: where words and sentences end, and what is said about a tag.</summary>
public sealed class ProseTests
{
    [Theory]
    [InlineData("The tags are kissing: 0.37 and waving: .42. Nothing else!", "Kissing 0.37, Waving 0.42")]
    [InlineData("Kissing: 0.37 without a doubt. Waving as well.", "Kissing 0.37, Waving")]
    [InlineData("No 0.5.1 kissing here. Just waving.", "Waving")]
    [InlineData("I see a man, waving: 0.4", "Waving 0.4")]
    [InlineData("They stand still.Waving.", "Waving")]
    public void A_point_before_a_digit_ends_no_sentence(string text, string expected) => Assert.Equal(expected, ReplyReading.Of(text));

    [Theory]
    [InlineData("Their unkissing mouths.")]
    [InlineData("They like kissings a lot.")]
    [InlineData("They like kissings")]
    [InlineData("Lost in the kiss")]
    public void A_tag_is_a_whole_word(string text) => Assert.Equal("Unusable", ReplyReading.Of(text));

    [Theory]
    [InlineData("He is nr#1 there.", "#1")]
    [InlineData("It says C++x on the wall.", "C++")]
    [InlineData("It says C++11 on the wall.", "C++")]
    public void A_tag_that_begins_or_ends_with_a_mark_has_its_own_border(string text, string tag) =>
        Assert.Equal(tag, ReplyReading.Of(text, tags: [tag]));

    [Fact]
    public void A_blank_tag_is_in_no_sentence() =>
        Assert.Equal("Kissing", ReplyReading.Of("They are kissing.", tags: [" ", "", "Kissing"]));

    [Theory]
    [InlineData("Seen: Kissing❌ Waving✅", "Waving")]
    [InlineData("Seen: Kissing ❌ Waving ✅", "Waving")]
    [InlineData("So kissing isn't there. Waving is.", "Waving")]
    [InlineData("So kissing can not be seen. Waving can.", "Waving")]
    [InlineData("So kissing is, waving too.", "Kissing, Waving")]
    [InlineData("So kissing is certain, not so waving.", "Kissing")]
    public void Text_after_a_tag_refers_to_that_tag(string text, string expected) => Assert.Equal(expected, ReplyReading.Of(text));

    [Fact]
    public void In_a_thought_the_last_line_is_the_conclusion_also_when_it_is_the_only_one()
    {
        Assert.Equal("Hugging", Think("A couple on a bench | Hugging"));
        Assert.Equal("none", Think("Is it a kiss?\nNone\n"));
    }

    [Theory]
    [InlineData("</think>none")]
    [InlineData("Kissing?</think>none")]
    [InlineData("<think>Kissing?</think>none")]
    [InlineData("no<think>Kissing?</think>ne")]
    [InlineData("<|channel|>analysis<|message|>Kissing?<|end|><|channel|>final<|message|>none")]
    public void A_mark_of_a_thought_is_no_part_of_the_answer(string text) => Assert.Equal("none", ReplyReading.Of(text));

    [Theory]
    [InlineData("<think>{\"tags\":[\"Kissing\"]}</think>")]
    [InlineData("{\"tags\":[\"Kissing\"]}</think>")]
    [InlineData("{\"tags\":[\"Kissing\"]}<|message|>")]
    public void Where_nothing_but_a_thought_came_the_answer_is_in_it(string text) => Assert.Equal("Kissing", ReplyReading.Of(text));

    [Fact]
    public void An_unusable_reply_is_quoted_up_to_200_characters()
    {
        var parsed = ReplyParser.Parse(
            new ChatReply { Content = new string('x', 250) },
            new ReplyExpectation(new TagNames(ReplyCorpus.Tags), 1)
        );

        Assert.Equal(FailureKind.Unusable, parsed.Failure);
        Assert.Equal($"the reply names no tag and does not say that none applies: \"{new string('x', 200)}\"", parsed.Reason);
    }

    [Fact]
    public void What_was_read_needs_no_reason()
    {
        var parsed = ReplyParser.Parse(new ChatReply { Content = "Kissing" }, new ReplyExpectation(new TagNames(ReplyCorpus.Tags), 1));

        Assert.Equal((null, ""), (parsed.Failure, parsed.Reason));
    }

    private static string Think(string reasoning) =>
        ReplyReading.Describe(
            ReplyParser.Parse(new ChatReply { Reasoning = reasoning }, new ReplyExpectation(new TagNames(ReplyCorpus.Tags), 1))
        );
}
