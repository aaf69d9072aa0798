using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Endpoints;
using HavenVlm.Core.Vlm.Replies;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Vlm.Replies;

public sealed class ReplyParserTests
{
    public static TheoryData<string> One => [.. ReplyCorpus.OnePicture.Select(row => row.What)];

    public static TheoryData<string> Three => [.. ReplyCorpus.ThreePictures.Select(row => row.What)];

    [Theory]
    [MemberData(nameof(One))]
    public void A_reply_about_one_picture_is_read_as_the_corpus_says(string what)
    {
        var (_, reply, expected) = ReplyCorpus.OnePicture.Single(row => row.What.Equals(what, StringComparison.Ordinal));

        Assert.Equal(expected, ReplyReading.Describe(Parse(reply)));
    }

    [Theory]
    [MemberData(nameof(Three))]
    public void A_reply_about_three_pictures_is_read_as_the_corpus_says(string what)
    {
        var (_, reply, expected) = ReplyCorpus.ThreePictures.Single(row => row.What.Equals(what, StringComparison.Ordinal));

        Assert.Equal(expected, ReplyReading.Describe(Parse(reply, pictures: 3)));
    }

    [Fact]
    public void Every_failure_says_why() =>
        Assert.All(
            ReplyCorpus.OnePicture.Select(row => Parse(row.Reply)).Where(parsed => parsed.Failure is not null),
            parsed => Assert.NotEmpty(parsed.Reason)
        );

    [Theory]
    [InlineData("""{"tags":["Kissing"]}""", false)]
    [InlineData("""  {"tags":[]} """, false)]
    [InlineData("```json\n{\"tags\":[\"Kissing\"]}\n```", true)]
    [InlineData("A couple | Kissing", true)]
    public void Only_plain_JSON_counts_as_not_repaired(string content, bool repaired) =>
        Assert.Equal(repaired, Parse(new ChatReply { Content = content }).Repaired);

    [Fact]
    public void Where_one_tag_is_wanted_the_surest_is_kept()
    {
        var reply = new ChatReply
        {
            Content =
                """{"tags":[{"tag":"Kissing","confidence":0.4},{"tag":"Hugging","confidence":0.8},{"tag":"Waving","confidence":0.8}]}""",
        };

        var parsed = Parse(reply, expectation: expected => expected with { Selection = TagSelection.Single });

        Assert.Equal("Hugging 0.8", ReplyReading.Describe(parsed));
    }

    [Fact]
    public void A_tag_without_reported_confidence_gets_the_fixed_one_and_the_kind_says_so()
    {
        var parsed = Parse(new ChatReply { Content = "A couple | Kissing" }, expectation: e => e with { FixedConfidence = 0.75 });

        var picture = Assert.Single(parsed.Pictures)!;
        Assert.Equal((0.75, ConfidenceKind.Fixed), (picture.Tags["Kissing"], picture.Kind));
    }

    [Fact]
    public void Fixed_confidence_ignores_a_reported_one()
    {
        var reply = new ChatReply { Content = """{"tags":[{"tag":"Kissing","confidence":0.1}]}""" };

        var parsed = Parse(reply, expectation: expected => expected with { Confidence = ConfidenceKind.Fixed });

        var picture = Assert.Single(parsed.Pictures)!;
        Assert.Equal((0.99, ConfidenceKind.Fixed), (picture.Tags["Kissing"], picture.Kind));
    }

    [Theory]
    [InlineData("Café ☕", "{\"tags\":[\"café ☕\"]}", "Café ☕")]
    [InlineData("キス", "この写真ではキスをしています。", "キス")]
    [InlineData("Поцелуй", "Это поцелуй.", "Поцелуй")]
    [InlineData("T-shirt", "A man | t shirt", "T-shirt")]
    [InlineData("none", """{"tags":["none"]}""", "none")]
    [InlineData("a, b", """{"tags":["a, b"]}""", "a, b")]
    [InlineData("C++", """{"tags":["C++"]}""", "C++")]
    public void Tags_of_any_spelling_are_found_again(string tag, string content, string expected)
    {
        var names = new TagNames([tag, "Something else"]);

        var parsed = ReplyParser.Parse(new ChatReply { Content = content }, new ReplyExpectation(names, 1));

        Assert.Equal([expected], Assert.Single(parsed.Pictures)!.Tags.Keys);
    }

    [Fact]
    public void Of_tags_that_differ_only_in_case_the_exact_one_is_taken()
    {
        var names = new TagNames(["Red", "red"]);

        var parsed = ReplyParser.Parse(new ChatReply { Content = """{"tags":["red"]}""" }, new ReplyExpectation(names, 1));

        Assert.Equal(["red"], Assert.Single(parsed.Pictures)!.Tags.Keys);
    }

    [Fact]
    public void Reasons_quote_the_reply_shortly_and_without_control_characters()
    {
        var parsed = Parse(new ChatReply { Content = "\u001b[31mA street\r\nforged line\u202e " + new string('x', 5000) });

        Assert.InRange(parsed.Reason.Length, 20, 400);
        Assert.DoesNotContain(parsed.Reason, c => char.IsControl(c) || c == '\u202e');
    }

    private static ParsedReply Parse(ChatReply reply, int pictures = 1, Func<ReplyExpectation, ReplyExpectation>? expectation = null) =>
        ReplyParser.Parse(reply, (expectation ?? (e => e))(new ReplyExpectation(new TagNames(ReplyCorpus.Tags), pictures)));

    [Theory]
    [InlineData("<|im_end|>", "Empty")]
    [InlineData("</s>", "Empty")]
    [InlineData(" <end_of_turn>\n<eos>", "Empty")]
    [InlineData("- [ ] Kissing\n- [ ] Waving", "none")]
    [InlineData("- [ ] Kissing\n- [x] Waving", "Waving")]
    [InlineData("Here is the list:\n* [X] **Kissing**: two people\n* [ ] **Waving**", "Kissing")]
    [InlineData("[ ] Kissing\n[x] Waving", "Waving")]
    [InlineData("<｜end▁of▁sentence｜>", "Empty")]
    [InlineData("[end of text]", "Empty")]
    [InlineData("\ufeff\u200b", "Empty")]
    [InlineData("- [] Kissing\n- [x] Waving", "Waving")]
    [InlineData("( ) Kissing\n(x) Waving", "Waving")]
    [InlineData("Kissing: [ ]\nWaving: [x]", "Waving")]
    [InlineData("Kissing [ ]\nWaving [ ]", "none")]
    [InlineData("☐ Kissing\n☑ Waving", "Waving")]
    [InlineData("Is there Kissing [ ] or Waving [ ]?", "Unusable")]
    [InlineData("- [ ] Describe the picture\n- [ ] Choose the tags", "Unusable")]
    public void An_end_token_is_no_answer_and_an_empty_box_is_no_empty_list(string content, string expected) =>
        Assert.Equal(expected, ReplyReading.Of(content, tags: ["Kissing", "Waving"]));
}
