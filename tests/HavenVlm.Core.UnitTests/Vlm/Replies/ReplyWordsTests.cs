using HavenVlm.Core.Vlm.Endpoints;
using HavenVlm.Core.Vlm.Replies;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Vlm.Replies;

/// <summary>Each word and mark that replies are read by, one at a time: a word that is lost loses somebody's answers.</summary>
public sealed class ReplyWordsTests
{
    [Theory]
    [InlineData("tags")]
    [InlineData("tag")]
    [InlineData("labels")]
    [InlineData("label")]
    [InlineData("selected_tags")]
    [InlineData("visible_tags")]
    [InlineData("matching_tags")]
    [InlineData("detected_tags")]
    [InlineData("applicable_tags")]
    public void Reads_the_list_of_tags_under_this_name(string name) =>
        Assert.Equal("Kissing 0.37", Read($$$"""{"note":1,"{{{name}}}":[{"tag":"Kissing","confidence":0.37}]}"""));

    [Theory]
    [InlineData("answer")]
    [InlineData("result")]
    [InlineData("response")]
    [InlineData("output")]
    [InlineData("json")]
    [InlineData("data")]
    [InlineData("final_answer")]
    [InlineData("parameters")]
    [InlineData("arguments")]
    public void Reads_the_answer_in_this_form(string name) =>
        Assert.Equal("Kissing 0.37", Read($$$"""{"note":1,"{{{name}}}":{"tags":[{"tag":"Kissing","confidence":0.37}]}}"""));

    [Theory]
    [InlineData("pictures")]
    [InlineData("frames")]
    [InlineData("images")]
    [InlineData("results")]
    [InlineData("answers")]
    [InlineData("predictions")]
    public void Reads_the_list_of_pictures_under_this_name(string name) =>
        Assert.Equal(
            "none; Kissing 0.37",
            Read($$$"""{"note":1,"{{{name}}}":[{"tags":[]},{"tags":[{"tag":"Kissing","confidence":0.37}]}]}""", pictures: 2)
        );

    [Theory]
    [InlineData("picture")]
    [InlineData("frame")]
    [InlineData("image")]
    [InlineData("number")]
    [InlineData("index")]
    [InlineData("id")]
    [InlineData("picture_number")]
    [InlineData("frame_number")]
    [InlineData("n")]
    public void Reads_the_number_of_a_picture_under_this_name(string name) =>
        Assert.Equal(
            "none; Kissing 0.37",
            Read(
                $$$"""{"frames":[{"{{{name}}}":2,"tags":[{"tag":"Kissing","confidence":0.37}]},{"{{{name}}}":1,"tags":[]}]}""",
                pictures: 2
            )
        );

    [Theory]
    [InlineData("tag")]
    [InlineData("name")]
    [InlineData("label")]
    [InlineData("value")]
    [InlineData("title")]
    [InlineData("category")]
    [InlineData("action")]
    public void Reads_a_tag_under_this_name(string name) =>
        Assert.Equal("Kissing 0.37", Read($$$"""{"tags":[{"{{{name}}}":"Kissing","confidence":0.37}]}"""));

    [Theory]
    [InlineData("confidence")]
    [InlineData("score")]
    [InlineData("probability")]
    [InlineData("prob")]
    [InlineData("certainty")]
    [InlineData("conf")]
    [InlineData("likelihood")]
    public void Reads_a_confidence_under_this_name(string name) =>
        Assert.Equal("Kissing 0.37", Read($$$"""{"tags":[{"tag":"Kissing","{{{name}}}":0.37}]}"""));

    [Theory]
    [InlineData("present")]
    [InlineData("visible")]
    [InlineData("applies")]
    [InlineData("applicable")]
    [InlineData("detected")]
    [InlineData("match")]
    [InlineData("is_present")]
    [InlineData("is_visible")]
    public void Reads_presence_under_this_name(string name) =>
        Assert.Equal("Waving", Read($$$"""{"tags":[{"tag":"Kissing","{{{name}}}":false},{"tag":"Waving","{{{name}}}":true}]}"""));

    [Theory]
    [InlineData("yes", true)]
    [InlineData("y", true)]
    [InlineData("true", true)]
    [InlineData("present", true)]
    [InlineData("visible", true)]
    [InlineData("detected", true)]
    [InlineData("applies", true)]
    [InlineData("high", true)]
    [InlineData("medium", true)]
    [InlineData("✓", true)]
    [InlineData("✔", true)]
    [InlineData("✅", true)]
    [InlineData("no", false)]
    [InlineData("n", false)]
    [InlineData("false", false)]
    [InlineData("none", false)]
    [InlineData("absent", false)]
    [InlineData("not present", false)]
    [InlineData("not visible", false)]
    [InlineData("not detected", false)]
    [InlineData("does not apply", false)]
    [InlineData("✗", false)]
    [InlineData("✘", false)]
    [InlineData("❌", false)]
    [InlineData(" \"NO.\" ", false)]
    [InlineData("maybe", null)]
    public void This_says_yes_or_no(string word, bool? verdict) => Assert.Equal(verdict, TagText.Verdict(word));

    [Theory]
    [InlineData("no")]
    [InlineData("not")]
    [InlineData("none")]
    [InlineData("never")]
    [InlineData("without")]
    [InlineData("nor")]
    [InlineData("neither")]
    [InlineData("nobody")]
    [InlineData("cannot")]
    [InlineData("absent")]
    [InlineData("absence")]
    [InlineData("lack")]
    [InlineData("lacks")]
    [InlineData("isn't")]
    [InlineData("isn’t")]
    [InlineData("aren't")]
    [InlineData("aren’t")]
    [InlineData("doesn't")]
    [InlineData("doesn’t")]
    [InlineData("don't")]
    [InlineData("don’t")]
    [InlineData("can't")]
    [InlineData("can’t")]
    [InlineData("wasn't")]
    [InlineData("wasn’t")]
    public void In_prose_this_denies_the_tags_behind_it_until_the_sentence_ends(string word) =>
        Assert.Equal("Waving", Read($"A park, {word} kissing to be seen. The man is waving."));

    [Theory]
    [InlineData("but")]
    [InlineData("however")]
    [InlineData("only")]
    [InlineData("instead")]
    public void In_prose_this_ends_a_denial(string word) => Assert.Equal("Waving", Read($"There is no kissing {word} waving."));

    [Theory]
    [InlineData("is not visible")]
    [InlineData("are absent")]
    [InlineData("was never seen")]
    [InlineData("does not happen")]
    [InlineData("can not be seen")]
    [InlineData("isn't there")]
    [InlineData("aren't there")]
    public void In_prose_this_behind_a_tag_denies_it(string words) => Assert.Equal("Waving", Read($"Kissing {words}. The man is waving."));

    [Theory]
    [InlineData("none of the")]
    [InlineData("none of these")]
    [InlineData("none apply")]
    [InlineData("no tags")]
    [InlineData("no tag ")]
    [InlineData("no matching tag")]
    [InlineData("no relevant tag")]
    [InlineData("no applicable tag")]
    [InlineData("nothing from the list")]
    [InlineData("nothing on the list")]
    [InlineData("no action from the list")]
    public void In_prose_this_says_that_no_tag_applies(string phrase) =>
        Assert.Equal("none", Read($"A street at night; I see {phrase} here."));

    [Theory]
    [InlineData("none")]
    [InlineData("none of the above")]
    [InlineData("none of these")]
    [InlineData("none of them")]
    [InlineData("none apply")]
    [InlineData("none applies")]
    [InlineData("none visible")]
    [InlineData("nothing")]
    [InlineData("nothing visible")]
    [InlineData("null")]
    [InlineData("nil")]
    [InlineData("n a")]
    [InlineData("n/a")]
    [InlineData("NA")]
    [InlineData("no")]
    [InlineData("no tag")]
    [InlineData("no tags")]
    [InlineData("no tags apply")]
    [InlineData("no tag applies")]
    [InlineData("no tags visible")]
    [InlineData("no match")]
    [InlineData("no matches")]
    [InlineData("no matching tag")]
    [InlineData("no matching tags")]
    [InlineData("no relevant tags")]
    [InlineData("no applicable tags")]
    [InlineData("empty")]
    [InlineData("\"None.\"")]
    public void Alone_this_says_that_no_tag_applies(string words)
    {
        Assert.True(new TagNames(ReplyCorpus.Tags).IsNone(words));
        Assert.False(new TagNames([words]).IsNone(words), "a tag of that name is a tag");
    }

    [Theory]
    [InlineData("i'm sorry")]
    [InlineData("i’m sorry")]
    [InlineData("i am sorry")]
    [InlineData("i apologize")]
    [InlineData("i can't assist")]
    [InlineData("i can’t assist")]
    [InlineData("i cannot assist")]
    [InlineData("i can't help")]
    [InlineData("i can’t help")]
    [InlineData("i cannot help")]
    [InlineData("i can't provide")]
    [InlineData("i cannot provide")]
    [InlineData("i can't comply")]
    [InlineData("i cannot comply")]
    [InlineData("i can't analyze")]
    [InlineData("i cannot analyze")]
    [InlineData("i'm unable")]
    [InlineData("i’m unable")]
    [InlineData("i am unable")]
    [InlineData("i'm not able")]
    [InlineData("i am not able")]
    [InlineData("I won't")]
    [InlineData("I will not")]
    [InlineData("i must decline")]
    [InlineData("unable to assist")]
    [InlineData("as an AI")]
    [InlineData("against my guidelines")]
    [InlineData("content policy")]
    public void This_is_a_refusal(string phrase) => Assert.Equal("Refused", Read($"Well, {phrase} - this picture stays undescribed."));

    [Theory]
    [InlineData("<think>", "</think>")]
    [InlineData("<thinking>", "</thinking>")]
    [InlineData("<thought>", "</thought>")]
    [InlineData("<reasoning>", "</reasoning>")]
    [InlineData("[THINK]", "[/THINK]")]
    [InlineData("◁think▷", "◁/think▷")]
    [InlineData("<|begin_of_thought|>", "<|end_of_thought|>")]
    public void Text_between_these_marks_is_reasoning(string open, string close)
    {
        Assert.Equal("Waving", Read($"{open}Kissing, or is it?{close}Waving"));
        Assert.Equal("Waving", Read($"Kissing, or is it?{close}Waving"));
    }

    [Theory]
    [InlineData('"')]
    [InlineData('\'')]
    [InlineData('`')]
    [InlineData('*')]
    [InlineData('“')]
    [InlineData('”')]
    [InlineData('‘')]
    [InlineData('’')]
    [InlineData('«')]
    [InlineData('»')]
    [InlineData('[')]
    [InlineData(']')]
    [InlineData('(')]
    [InlineData(')')]
    [InlineData('{')]
    [InlineData('}')]
    [InlineData('<')]
    [InlineData('>')]
    [InlineData('#')]
    [InlineData('•')]
    public void A_tag_is_found_with_this_around_it(char mark) =>
        Assert.Equal("Kissing", new TagNames(ReplyCorpus.Tags).Find($"{mark}Kissing{mark}"));

    [Theory]
    [InlineData('.')]
    [InlineData(',')]
    [InlineData(';')]
    [InlineData(':')]
    [InlineData('!')]
    [InlineData('?')]
    [InlineData('。')]
    public void A_tag_is_found_with_this_behind_it(char mark) =>
        Assert.Equal("Kissing", new TagNames(ReplyCorpus.Tags).Find($"Kissing{mark} "));

    [Theory]
    [InlineData("- Kissing (0.37)")]
    [InlineData("* Kissing: 0.37")]
    [InlineData("• Kissing = 0.37")]
    [InlineData("+ Kissing [0.37]")]
    [InlineData("– Kissing – 0.37")]
    [InlineData("1. Kissing - 0.37")]
    [InlineData("12) Kissing @ 37%")]
    public void A_tag_is_found_behind_a_bullet_and_its_confidence_behind_a_mark(string text) =>
        Assert.Equal(("Kissing", 0.37), TagText.WithConfidence(text, new TagNames(ReplyCorpus.Tags)));

    private static string Read(string content, int pictures = 1)
    {
        var expected = new ReplyExpectation(new TagNames(ReplyCorpus.Tags), pictures);
        var parsed = ReplyParser.Parse(new ChatReply { Content = content }, expected);
        return parsed.Failure is { } failure ? $"{failure}" : string.Join("; ", parsed.Pictures.Select(Describe));
    }

    // 0.99 is what a tag gets that came without a confidence.
    private static string Describe(PictureReading? picture) =>
        picture is null ? "-"
        : picture.Tags.Count == 0 ? "none"
        : string.Join(
            ", ",
            picture.Tags.Select(tag => tag.Value.Equals(0.99) ? tag.Key : FormattableString.Invariant($"{tag.Key} {tag.Value:0.##}"))
        );
}
