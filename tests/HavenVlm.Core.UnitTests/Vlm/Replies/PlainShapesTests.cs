using HavenVlm.Core.Vlm.Replies;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Vlm.Replies;

/// <summary>Answers in plain text. "None" is read only where it stands alone, so it shows that all around it was taken off.</summary>
public sealed class PlainShapesTests
{
    [Theory]
    [InlineData("Picture 1: None\nPicture 2: Kissing")]
    [InlineData("Picture 1 : none\nPicture 2 : Kissing")]
    [InlineData("**Picture 1:** none\n**Picture 2:** Kissing")]
    [InlineData("**Picture 1**: none\n**Picture 2**: Kissing")]
    [InlineData("Picture 1 - none\nPicture 2 - Kissing")]
    [InlineData("Picture 1 -: none\nPicture 2 -: Kissing")]
    [InlineData("Picture 1\t: none\nPicture 2\t: Kissing")]
    [InlineData("Picture 1 00:00:05: none\nPicture 2 00:00:10: Kissing")]
    [InlineData("Picture_1: none\nPicture_2: Kissing")]
    [InlineData("### Frame #1\nnone\n### Frame #2\nKissing")]
    [InlineData("Picture frame 1: none\nPicture frame 2: Kissing")]
    [InlineData("1: none\n2: Kissing")]
    [InlineData("1. none\n2. Kissing")]
    [InlineData("1) none\n2) Kissing")]
    [InlineData("(1): none\n(2): Kissing")]
    [InlineData("[1]: none\n[2]: Kissing")]
    [InlineData("1\nnone\n2\nKissing")]
    [InlineData("1:\r\nnone\r\n2:\r\nKissing\r\n")]
    [InlineData("2: Kissing\n1: none")]
    [InlineData("My answer:\n1: none\n2: Kissing")]
    [InlineData("Frame 0: none\nFrame 1: Kissing")]
    [InlineData("1: none\n2: Kissing\n3: Waving")]
    [InlineData("0: Waving\n1: none\n2: Kissing")]
    public void Of_two_pictures_the_second_shows_a_kiss(string text) => Assert.Equal("none; Kissing", ReplyReading.Of(text, pictures: 2));

    [Theory]
    [InlineData("1: Kissing\n1: Waving\n2: none", "-; none")]
    [InlineData("2: none", "-; none")]
    [InlineData("1234567890123: Kissing\n2: none", "-; none")]
    [InlineData("Picture 1st: Kissing\n2: none", "-; none")]
    [InlineData("1 couple: Kissing\n2: none", "-; none")]
    public void A_picture_that_is_found_twice_or_not_at_all_is_left_out(string text, string expected) =>
        Assert.Equal(expected, ReplyReading.Of(text, pictures: 2));

    [Fact]
    public void A_time_is_no_number_of_a_picture() =>
        Assert.Equal("Waving; Kissing", ReplyReading.Of("Picture 1:\n0:12 Waving\nPicture 2:\n1:14 Kissing", pictures: 2));

    [Theory]
    [InlineData("Here they are:\nA couple | Kissing\nA room | none\n\n  A man | Waving", "Kissing; none; Waving")]
    [InlineData("A couple | Kissing\nA room | none\nA man waves", "Unusable")]
    // A table has no row for each picture.
    [InlineData("  | Kissing | yes |\n  | Waving | yes |\n  | Dancing | yes |", "Unusable")]
    public void Without_numbers_there_is_one_line_with_a_bar_for_each_picture(string text, string expected) =>
        Assert.Equal(expected, ReplyReading.Of(text, pictures: 3));

    [Theory]
    [InlineData("A couple | Kissing\nA man | Running", "none + 1 unknown")]
    [InlineData("A couple | Kissing\nand nothing else", "Kissing + 1 unknown")]
    [InlineData("A room | none\n---", "Unusable")]
    [InlineData("A room | none\n  | x", "Unusable")]
    [InlineData("A man | who is walking there very fast", "Unusable")]
    [InlineData("A man | who walks there very fast", "none + 1 unknown")]
    [InlineData("A man | there is nothing of the sort, sorry", "Unusable")]
    [InlineData("A man | who is walking there very fast, Kissing", "Kissing + 1 unknown")]
    public void Reads_a_list_of_tags_after_the_bar_of_the_last_line(string text, string expected) =>
        Assert.Equal(expected, ReplyReading.Of(text));

    [Theory]
    [InlineData("<|begin_of_box|>Running<|end_of_box|>", "none + 1 unknown")]
    [InlineData("<|begin_of_box|>Kissing<|end_of_box|> Hugging, perhaps", "Kissing")]
    [InlineData("I see hugging. <|begin_of_box|>Kissing<|end_of_box|>", "Kissing")]
    [InlineData(@"\boxed{Running}", "none + 1 unknown")]
    [InlineData(@"\boxed{none", "none")]
    [InlineData(@"I see hugging. \boxed{Kissing} Waving, perhaps", "Kissing")]
    public void Reads_the_boxed_answer_and_ignores_the_text_around_it(string text, string expected) =>
        Assert.Equal(expected, ReplyReading.Of(text));

    [Theory]
    [InlineData("Kissing<|sep|>Waving", "Kissing, Waving")]
    [InlineData("No<|im_end|>", "none")]
    [InlineData("<|im_start|>None", "none")]
    [InlineData("Not kissing <| Kissing, Running", "Kissing + 1 unknown")]
    [InlineData("Kissing |> Waving", "Waving")]
    public void A_special_token_parts_words_and_is_no_word(string text, string expected) => Assert.Equal(expected, ReplyReading.Of(text));

    [Theory]
    [InlineData("Kissing, Holding-hands", "Kissing, Holding hands")]
    // Named in prose, all tags are a recital; a list of nothing but tags is plain.
    [InlineData("Kissing, Hugging, Waving, Dancing, Holding hands", "Kissing, Hugging, Waving, Dancing, Holding hands")]
    [InlineData("no, nothing", "Unusable")]
    public void A_list_of_nothing_but_tags_needs_no_bar(string text, string expected) => Assert.Equal(expected, ReplyReading.Of(text));

    [Fact]
    public void None_may_have_spaces_around_it() => Assert.Equal("none", ReplyReading.Of(new string('\n', 100) + "none".PadRight(100)));

    [Fact]
    public void A_list_has_at_most_a_thousand_entries_blank_ones_not_counted()
    {
        var thousand = "A park | " + string.Join(",, ", Enumerable.Repeat("Running", 999)) + ", Kissing";
        var reader = new PlainAnswer(new TagNames(ReplyCorpus.Tags));

        Assert.Equal(999, reader.Read(thousand)!.Unknown);
        Assert.Equal(
            ("Kissing", 0),
            (Assert.Single(reader.Read(thousand + ", Jumping")!.Mentions).Tag, reader.Read(thousand + ", Jumping")!.Unknown)
        );
    }
}
