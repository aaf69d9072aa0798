using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Endpoints;
using HavenVlm.Core.Vlm.Replies;

namespace HavenVlm.Core.UnitTests.Vlm.Replies;

public sealed class ConfidenceTests
{
    [Theory]
    [InlineData("0.85", 0.85)]
    [InlineData("\"0.85\"", 0.85)]
    [InlineData("\"85%\"", 0.85)]
    [InlineData("\" 85 % \"", 0.85)]
    [InlineData("\"~0.7\"", 0.7)]
    [InlineData("85", 0.85)]
    [InlineData("1", 1.0)]
    [InlineData("\"1%\"", 0.01)]
    [InlineData("100", 1.0)]
    [InlineData("1985112159196722", double.NaN)]
    [InlineData("\"101%\"", double.NaN)]
    [InlineData("101", double.NaN)]
    [InlineData("1e3", double.NaN)]
    [InlineData("1e999", double.NaN)]
    [InlineData("-0.2", double.NaN)]
    [InlineData("0", 0.0)]
    [InlineData("\"-5%\"", double.NaN)]
    [InlineData("\"HIGH\"", 0.9)]
    [InlineData("\"very low\"", 0.1)]
    [InlineData("\"maybe\"", null)]
    [InlineData("\"NaN\"", null)]
    [InlineData("\"\"", null)]
    [InlineData("\"%\"", null)]
    [InlineData("\"0.125000000000000000000000000000\"", 0.125)]
    [InlineData("\"0.1250000000000000000000000000000\"", null)]
    [InlineData("\"NaN%\"", null)]
    [InlineData("null", null)]
    [InlineData("true", null)]
    [InlineData("[0.5]", null)]
    public void What_models_write_for_a_confidence_is_read_or_left_out(string json, double? expected)
    {
        using var document = JsonDocument.Parse(json);

        var confidence = ConfidenceText.Read(document.RootElement);

        Assert.Equal(expected is null, confidence is null);
        Assert.Equal(expected ?? 0, confidence ?? 0, 1e-9);
    }

    [Theory]
    [InlineData("""{"tags":[{"tag":"Kissing","confidence":1985112159196722}]}""")]
    [InlineData("""{"tags":[{"tag":"Waving","confidence":0.9},{"tag":"Kissing","confidence":-0.5}]}""")]
    [InlineData("""{"tags":[["Kissing",101]]}""")]
    [InlineData("""{"Kissing":250}""")]
    [InlineData("A couple | Kissing: 4711")]
    public void A_number_that_is_no_confidence_makes_the_answer_unusable(string content)
    {
        var expected = new ReplyExpectation(new TagNames(["Kissing", "Waving"]), 1);

        var parsed = ReplyParser.Parse(new ChatReply { Content = content }, expected);

        Assert.Equal(FailureKind.Unusable, parsed.Failure);
        Assert.Contains("the confidence of Kissing is not between 0 and 1", parsed.Reason, StringComparison.Ordinal);
        // Where no confidence is asked for it does not matter.
        Assert.Null(ReplyParser.Parse(new ChatReply { Content = content }, expected with { Confidence = ConfidenceKind.Fixed }).Failure);
    }

    [Theory]
    [InlineData("""{"Kissing":0,"Waving":1}""")]
    [InlineData("Kissing: 0/10, Waving: 10/10")]
    public void A_score_of_zero_is_a_no_also_where_scores_do_not_count(string content)
    {
        var expected = new ReplyExpectation(new TagNames(["Kissing", "Waving"]), 1) { Confidence = ConfidenceKind.Fixed };

        var parsed = ReplyParser.Parse(new ChatReply { Content = content }, expected);

        Assert.Equal("Waving", ReplyReading.Describe(parsed));
    }

    [Fact]
    public void Of_several_pictures_only_the_one_with_such_a_number_is_left_out()
    {
        const string Content =
            """{"pictures":[{"picture":1,"tags":[{"tag":"Kissing","confidence":0.5}]},{"picture":2,"tags":[{"tag":"Kissing","confidence":1e12}]}]}""";

        var parsed = ReplyParser.Parse(new ChatReply { Content = Content }, new ReplyExpectation(new TagNames(["Kissing"]), 2));

        Assert.Equal(0.5, parsed.Pictures[0]!.Tags["Kissing"]);
        Assert.Null(parsed.Pictures[1]);
    }

    [Fact]
    public void Where_only_pictures_with_such_numbers_were_answered_the_whole_reply_is_unusable()
    {
        const string Content = """{"pictures":[{"picture":2,"tags":[{"tag":"Kissing","confidence":1e12}]}]}""";

        var parsed = ReplyParser.Parse(new ChatReply { Content = Content }, new ReplyExpectation(new TagNames(["Kissing"]), 2));

        Assert.Equal(FailureKind.Unusable, parsed.Failure);
        Assert.Empty(parsed.Pictures);
    }

    [Fact]
    public void A_tag_named_for_several_pictures_has_the_probability_of_its_own_place_each_time()
    {
        var reply = Reply(
            ("""{"pictures":[{"picture":1,"tags":[""", 0),
            ("\"Kissing\"", -0.1),
            ("""]},{"picture":2,"tags":[""", 0),
            ("\"Kiss", -0.5),
            ("ing\"", -0.25),
            ("]}]}", 0)
        );

        var pictures = Parse(reply, pictures: 2).Pictures;

        Assert.Equal(
            [Math.Exp(-0.1), Math.Exp(-0.75)],
            pictures.Select(picture => Math.Round(picture!.Tags["Kissing"], 12)).ToArray(),
            Close
        );
        Assert.All(pictures, picture => Assert.Equal(ConfidenceKind.Logprobs, picture!.Kind));
    }

    [Fact]
    public void Characters_spread_over_tokens_are_put_together_again()
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes("{\"tags\":[\"キス\"]}");
        var reply = new ChatReply
        {
            Content = "{\"tags\":[\"キス\"]}",
            Tokens = [new ReplyToken(bytes[..11], -0.01), new ReplyToken(bytes[11..14], -0.2), new ReplyToken(bytes[14..], -0.3)],
        };

        var picture = Assert.Single(Parse(reply, tags: "キス").Pictures)!;

        Assert.Equal(Math.Exp(-0.51), picture.Tags["キス"], 1e-9);
    }

    [Fact]
    public void A_tag_that_the_tokens_do_not_spell_gets_the_fixed_confidence()
    {
        var reply = Reply(("{\"tags\":[\"Wav", -0.1), ("ing\"]}", -0.1)) with { Content = """{"tags":["Kissing"]}""" };

        var picture = Assert.Single(Parse(reply).Pictures)!;

        Assert.Equal((0.99, ConfidenceKind.Fixed), (picture.Tags["Kissing"], picture.Kind));
    }

    [Fact]
    public void A_picture_without_tags_needs_no_probability_and_still_says_what_kind_it_would_be()
    {
        var picture = Assert.Single(Parse(Reply(("{\"tags\":[]}", -0.1))).Pictures)!;

        Assert.Equal((0, ConfidenceKind.Logprobs), (picture.Tags.Count, picture.Kind));
    }

    [Fact]
    public void Only_the_tokens_that_spell_a_tag_count_not_those_before_and_behind_it()
    {
        var reply = Reply(("Kiss", -0.5), ("ing", -0.25), (", ", -4), ("Waving", -0.125), ("\n", -8));

        var picture = Assert.Single(Parse(reply).Pictures)!;

        Assert.Equal([Math.Exp(-0.75), Math.Exp(-0.125)], [picture.Tags["Kissing"], picture.Tags["Waving"]], Close);
    }

    [Fact]
    public void A_tag_that_the_tokens_spell_no_more_behind_the_last_one_gets_the_fixed_confidence()
    {
        var reply = Reply(("Kissing", -0.5), (", Wav", -0.25)) with { Content = "Kissing, Waving" };

        var picture = Assert.Single(Parse(reply).Pictures)!;

        Assert.Equal([Math.Exp(-0.5), 0.99], [picture.Tags["Kissing"], picture.Tags["Waving"]], Close);
    }

    [Fact]
    public void A_probability_that_is_no_number_is_none()
    {
        var picture = Assert.Single(Parse(Reply(("Kissing", double.NaN))).Pictures)!;

        Assert.Equal((0.99, ConfidenceKind.Fixed), (picture.Tags["Kissing"], picture.Kind));
    }

    [Fact]
    public void Without_tokens_a_picture_without_tags_has_no_probabilities()
    {
        var picture = Assert.Single(Parse(new ChatReply { Content = "none" }).Pictures)!;

        Assert.Equal((0, ConfidenceKind.Fixed), (picture.Tags.Count, picture.Kind));
    }

    [Fact]
    public void Two_reported_confidences_are_reported_ones()
    {
        var picture = Assert.Single(
            ReplyParser
                .Parse(
                    new ChatReply { Content = """{"tags":[["Kissing",0.5],["Waving",0.4]]}""" },
                    new ReplyExpectation(new TagNames(["Kissing", "Waving"]), 1)
                )
                .Pictures
        )!;

        Assert.Equal(ConfidenceKind.Reported, picture.Kind);
    }

    private static bool Close(double a, double b) => Math.Abs(a - b) < 1e-9;

    private static ChatReply Reply(params (string Text, double Logprob)[] tokens) =>
        new()
        {
            Content = string.Concat(tokens.Select(token => token.Text)),
            Tokens = [.. tokens.Select(token => new ReplyToken(System.Text.Encoding.UTF8.GetBytes(token.Text), token.Logprob))],
        };

    private static ParsedReply Parse(ChatReply reply, int pictures = 1, string tags = "Kissing,Waving") =>
        ReplyParser.Parse(reply, new ReplyExpectation(new TagNames(tags.Split(',')), pictures) { Confidence = ConfidenceKind.Logprobs });
}
