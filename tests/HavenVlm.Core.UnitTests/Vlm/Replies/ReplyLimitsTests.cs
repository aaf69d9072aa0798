using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Endpoints;
using HavenVlm.Core.Vlm.Replies;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Vlm.Replies;

/// <summary>Where reading ends: depths, lengths, counts, and what is said then.</summary>
public sealed class ReplyLimitsTests
{
    private static readonly TagNames Tags = new(ReplyCorpus.Tags);

    [Theory]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public void An_answer_may_be_wrapped_three_times(int times, bool isRead)
    {
        // A name that nobody asked for shows that it was read as JSON: prose would find only the tag.
        var wrapped = """{"tags":["Kissing","Running"]}""";
        for (var i = 0; i < times; i++)
        {
            wrapped = $$"""{"note":"","answer":{{wrapped}}}""";
        }

        Assert.Equal(isRead ? 1 : 0, Assert.Single(Parse(wrapped).Pictures)!.UnknownTags);
    }

    [Theory]
    [InlineData(512, true)]
    [InlineData(513, false)]
    public void Searches_tags_in_texts_of_at_most_512_characters(int length, bool isFound) =>
        Assert.Equal(isFound ? "Kissing" : null, Tags.Find("Kissing".PadRight(length)));

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Reads_none_in_texts_of_at_most_64_characters(int length, bool isNone) =>
        Assert.Equal(isNone, Tags.IsNone("none".PadRight(length)));

    [Fact]
    public void A_reply_is_read_up_to_512_kilobytes()
    {
        const int Most = 512 * 1024;
        var longest = "A park | Kissing".PadLeft(Most, '.');

        Assert.Null(Parse(longest).Failure);
        var longer = Parse('.' + longest);
        Assert.Equal((FailureKind.Unusable, "the reply was longer than 512 KB"), (longer.Failure!.Value, longer.Reason));
    }

    [Fact]
    public void Four_tags_or_more_that_are_all_named_are_a_recital_unless_one_has_a_confidence()
    {
        const string Recital = "The tags are kissing, hugging, waving and dancing.";
        var four = new TagNames(["Kissing", "Hugging", "Waving", "Dancing"]);
        var three = new TagNames(["Kissing", "Hugging", "Waving"]);

        Assert.Null(new ProseAnswer(four).Read(Recital));
        Assert.Equal(3, new ProseAnswer(three).Read(Recital)!.Mentions.Count);
        Assert.Equal(4, new ProseAnswer(four).Read("I see kissing: 0.8, and hugging, waving and dancing.")!.Mentions.Count);
    }

    [Fact]
    public void Of_tags_that_begin_alike_the_longest_whole_one_is_taken_whatever_their_order()
    {
        const string Text = "They are holding hands there.";

        Assert.Equal("Holding hands", Assert.Single(new ProseAnswer(new TagNames(["Holding", "Holding hands"])).Read(Text)!.Mentions).Tag);
        Assert.Equal("Holding hands", Assert.Single(new ProseAnswer(new TagNames(["Holding hands", "Holding"])).Read(Text)!.Mentions).Tag);
        Assert.Null(new ProseAnswer(new TagNames(["Hold"])).Read(Text));
    }

    [Fact]
    public void A_cut_reply_names_the_setting_when_the_server_says_that_it_cut_and_quotes_the_end_else()
    {
        const string Half = """{"tags":[{"tag":"Kissing","conf""";

        var told = ReplyParser.Parse(new ChatReply { Content = Half, FinishReason = "length" }, new ReplyExpectation(Tags, 1));
        Assert.Equal((FailureKind.Cut, "the reply ended in the middle: raise vlm.maxTokens"), (told.Failure!.Value, told.Reason));
        var untold = Parse(Half);
        Assert.Equal(FailureKind.Cut, untold.Failure);
        Assert.StartsWith("the reply ended in the middle: ", untold.Reason, StringComparison.Ordinal);
        Assert.Contains("Kissing", untold.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(512, 100, "model's context was full after 100 of 512 tokens")]
    [InlineData(512, 512, "raise vlm.maxTokens")]
    [InlineData(512, null, "raise vlm.maxTokens")]
    [InlineData(null, 100, "raise vlm.maxTokens")]
    public void A_reply_that_was_cut_before_its_budget_was_used_up_is_cut_by_the_context(int? allowed, int? written, string advice)
    {
        foreach (var content in (string[])["{\"tags\":[{\"tag\":\"Kis", "<think>They"])
        {
            var reply = new ChatReply
            {
                Content = content,
                FinishReason = "length",
                Usage = new TokenUsage(In: 400, Cached: null, Out: written),
            };

            var parsed = ReplyParser.Parse(reply, new ReplyExpectation(Tags, 1) { MaxTokens = allowed });

            Assert.Equal(FailureKind.Cut, parsed.Failure);
            Assert.Contains(advice, parsed.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_refusal_is_quoted()
    {
        Assert.StartsWith("the model refused: \"I'm sorry", Parse("I'm sorry, not this one.").Reason, StringComparison.Ordinal);
        var refused = ReplyParser.Parse(new ChatReply { Refusal = "Not this one." }, new ReplyExpectation(Tags, 1));
        Assert.Equal((FailureKind.Refused, "the model refused: \"Not this one.\""), (refused.Failure!.Value, refused.Reason));
    }

    [Theory]
    [InlineData("Picture 1: a park | Kissing\nPicture 2: a street | Waving")]
    [InlineData("**Frame 1** a park | Kissing\n**Frame 2** a street | Waving")]
    [InlineData("1. a park | Kissing\n2. a street | Waving")]
    [InlineData("1) a park | Kissing\n2) a street | Waving")]
    [InlineData("[1] a park | Kissing\n[2] a street | Waving")]
    [InlineData("## Image 1\nKissing\n## Image 2\nWaving")]
    [InlineData("image_1: Kissing\nimage_2: Waving")]
    [InlineData("a park | Kissing\na street | Waving")]
    public void Lines_about_two_pictures_are_parted(string text)
    {
        var parsed = ReplyParser.Parse(new ChatReply { Content = text }, new ReplyExpectation(Tags, 2));

        Assert.Equal(["Kissing", "Waving"], parsed.Pictures.Select(picture => Assert.Single(picture!.Tags).Key));
    }

    [Theory]
    // A table is no "description | tags", a number within a description no picture's.
    [InlineData("| tag | seen |\n|---|---|\n| Kissing | no |\n| Waving | yes |", "Waving")]
    [InlineData("2 people in a park | Kissing", "Kissing")]
    [InlineData(@"So the answer is \boxed{\text{Kissing}}", "Kissing")]
    [InlineData("Waving is not it.\n<|begin_of_box|>Kissing<|end_of_box|>", "Kissing")]
    [InlineData("Kissing<|im_end|>", "Kissing")]
    public void Plain_answers_in_other_shapes_are_read(string text, string tag) =>
        Assert.Equal([tag], Assert.Single(Parse(text).Pictures)!.Tags.Keys);

    private static ParsedReply Parse(string content) =>
        ReplyParser.Parse(new ChatReply { Content = content }, new ReplyExpectation(Tags, 1));
}
