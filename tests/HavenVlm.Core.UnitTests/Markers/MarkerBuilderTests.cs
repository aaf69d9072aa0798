using HavenVlm.Core.Markers;

namespace HavenVlm.Core.UnitTests.Markers;

/// <summary>
/// Examples as pictures: one character for each two seconds. A digit is a confidence in tenths, '.' = answered and not seen,
/// '?' = unanswered. The result is written as "start-end" in seconds.
/// </summary>
public sealed class MarkerBuilderTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData("never seen", "......", "")]
    [InlineData("an answer stands until the next one", "..99..", "4-8")]
    [InlineData("seen below the threshold", "..22..", "")]
    [InlineData("the threshold itself counts", "..33..", "4-8")]
    [InlineData("from the first picture", "9.....", "0-2")]
    [InlineData("until the end of the video", ".....9", "10-12")]
    [InlineData("a gap of 4 s is joined", "9..9..", "0-8")]
    [InlineData("a gap of exactly maxGap is not", "9...9.", "0-2,8-10")]
    [InlineData("a hole inside is bridged", "9??9..", "0-8")]
    [InlineData("a hole as long as maxGap is not", "9???9.", "0-2,8-10")]
    [InlineData("a hole at the border belongs to nobody", "?99?..", "2-6")]
    [InlineData("nothing but holes", "??????", "")]
    [InlineData("gap of hole and off together", "9?.9..", "0-8")]
    [InlineData("several gaps in a row", "9..9..9", "0-14")]
    public void Spans_of_one_tag_follow_the_answers(string what, string answers, string expected)
    {
        Assert.NotEmpty(what);
        var set = Build(Settings("Kissing"), answers);
        Assert.Equal(expected, Spans(set, "Kissing"));
    }

    [Fact]
    public void Spans_shorter_than_the_minimum_are_dropped_after_joining()
    {
        var settings = Settings("Kissing") with { MinMarkerDuration = TimeSpan.FromSeconds(5) };
        Assert.Equal("", Spans(Build(settings, "99...."), "Kissing"));
        Assert.Equal("0-6", Spans(Build(settings, "9.9..."), "Kissing"));
        Assert.Equal("0-6", Spans(Build(settings, "999..."), "Kissing"));
    }

    [Theory]
    [InlineData(6, "2-16")]
    [InlineData(3, "2-10")]
    public void The_example_that_the_documents_draw_is_so(double maxGap, string expected)
    {
        var settings = Settings("Kissing") with { MaxGap = TimeSpan.FromSeconds(maxGap), MinMarkerDuration = TimeSpan.FromSeconds(3) };

        Assert.Equal(expected, Spans(Build(settings, ".98?9..7..2..5.."), "Kissing"));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(4, true)]
    [InlineData(4.001, false)]
    public void The_scene_gets_the_tag_when_its_markers_together_last_long_enough(double required, bool expected)
    {
        var settings = Settings("Kissing") with { RequiredDuration = TimeSpan.FromSeconds(required), MaxGap = TimeSpan.Zero };
        var set = Build(settings, "9..9..");
        Assert.Equal(2, set.Markers.Count);
        Assert.Equal(expected, set.SceneTags.ContainsKey("Kissing"));
    }

    [Fact]
    public void What_was_dropped_as_too_short_does_not_count_for_the_scene()
    {
        var settings = Settings("Kissing") with
        {
            MinMarkerDuration = TimeSpan.FromSeconds(3),
            MaxGap = TimeSpan.Zero,
            RequiredDuration = TimeSpan.FromSeconds(5),
        };
        Assert.Empty(Build(settings, "9.99..").SceneTags);
        Assert.Equal(TimeSpan.FromSeconds(6), Build(settings, "9.999.").SceneTags["Kissing"]);
    }

    [Fact]
    public void Confidence_is_the_mean_over_the_span_with_its_gaps_and_without_its_holes()
    {
        var set = Build(Settings("Kissing"), "9.?6..");
        Assert.Equal("0-8", Spans(set, "Kissing"));
        Assert.Equal((0.9 + 0 + 0.6) / 3, set.Markers[0].Confidence, 12);
    }

    [Fact]
    public void Weights_confidence_by_the_time_an_answer_covers()
    {
        TimedAnswer[] answers = [At(0, 0.4), At(1, 0.8), At(4, null)];
        var set = MarkerBuilder.Build(answers, Interval, TimeSpan.FromSeconds(20), [Settings("Kissing")]);
        Assert.Equal("0-4", Spans(set, "Kissing"));
        Assert.Equal(0.7, set.Markers[0].Confidence, 12);
    }

    [Fact]
    public void The_last_answer_stands_for_at_most_one_interval()
    {
        var set = MarkerBuilder.Build([At(0, 0.9)], Interval, TimeSpan.FromSeconds(20), [Settings("Kissing")]);
        Assert.Equal("0-2", Spans(set, "Kissing"));
        set = MarkerBuilder.Build([At(0, 0.9)], Interval, TimeSpan.FromSeconds(1.5), [Settings("Kissing")]);
        Assert.Equal("0-1.5", Spans(set, "Kissing"));
    }

    [Fact]
    public void Answers_behind_the_end_of_the_video_count_for_nothing()
    {
        var set = MarkerBuilder.Build([At(0, 0.9), At(2, 0.9), At(6, 0.9)], Interval, TimeSpan.FromSeconds(5), [Settings("Kissing")]);
        Assert.Equal("0-5", Spans(set, "Kissing"));
    }

    [Fact]
    public void In_an_exclusive_category_the_higher_mean_takes_the_overlap()
    {
        var set = Build([Exclusive("Kissing"), Exclusive("Hugging")], "9999..", "..5555");
        Assert.Equal("0-8", Spans(set, "Kissing"));
        Assert.Equal("8-12", Spans(set, "Hugging"));
    }

    [Fact]
    public void The_winner_inside_splits_the_other()
    {
        var set = Build([Exclusive("Kissing"), Exclusive("Hugging")], "..99..", "555555");
        Assert.Equal("0-4,8-12", Spans(set, "Hugging"));
        Assert.All(set.Markers.Where(m => m.Tag is "Hugging"), m => Assert.Equal(0.5, m.Confidence, 12));
    }

    [Fact]
    public void Equal_means_are_decided_by_the_order_of_the_settings()
    {
        Assert.Equal("4-8", Spans(Build([Exclusive("Kissing"), Exclusive("Hugging")], "..99..", "9999.."), "Kissing"));
        Assert.Equal("", Spans(Build([Exclusive("Hugging"), Exclusive("Kissing")], "9999..", "..99.."), "Kissing"));
    }

    [Fact]
    public void Tags_of_different_categories_or_none_may_overlap()
    {
        var set = Build(
            [Exclusive("Kissing"), Settings("Hugging"), Exclusive("Waving") with { ExclusiveCategory = "others" }],
            "99",
            "99",
            "99"
        );
        Assert.Equal(3, set.Markers.Count);
    }

    [Fact]
    public void Trimmed_pieces_that_became_too_short_are_dropped()
    {
        var hugging = Exclusive("Hugging") with { MinMarkerDuration = TimeSpan.FromSeconds(3) };
        Assert.Equal("6-12", Spans(Build([Exclusive("Kissing"), hugging], ".99...", "555555"), "Hugging"));
    }

    [Fact]
    public void Markers_carry_the_name_that_stash_sees()
    {
        var set = Build(Settings("kiss") with { Name = "Kissing" }, "99....");
        Assert.Equal("0-4", Spans(set, "Kissing"));
        Assert.Equal(["Kissing"], set.SceneTags.Keys);
    }

    [Fact]
    public void Two_tags_with_one_name_make_one_set_of_markers()
    {
        var set = Build(
            [Settings("kiss") with { Name = "Kissing" }, Settings("smooch") with { Name = "kissing" }],
            "99........9",
            "..999......"
        );
        Assert.Equal("0-10,20-22", Spans(set, "Kissing"));
        Assert.Equal(TimeSpan.FromSeconds(12), Assert.Single(set.SceneTags).Value);
    }

    [Fact]
    public void A_tag_that_alone_stayed_unanswered_has_a_hole_where_others_have_answers()
    {
        TimedAnswer[] answers =
        [
            new(TimeSpan.Zero, new Dictionary<string, double> { ["Kissing"] = 0.9, ["Hugging"] = 0.9 }),
            new(TimeSpan.FromSeconds(2), new Dictionary<string, double> { ["Kissing"] = 0.9 }) { Unknown = ["Hugging"] },
            new(TimeSpan.FromSeconds(4), new Dictionary<string, double> { ["Hugging"] = 0.9 }),
        ];
        var set = MarkerBuilder.Build(answers, Interval, TimeSpan.FromSeconds(6), [Settings("Kissing"), Settings("Hugging")]);
        Assert.Equal("0-4", Spans(set, "Kissing"));
        Assert.Equal("0-6", Spans(set, "Hugging"));
        Assert.Equal(0.9, set.Markers.Single(m => m.Tag is "Hugging").Confidence, 12);
    }

    [Fact]
    public void Markers_come_in_order_of_time_then_name()
    {
        var set = Build([Settings("Waving"), Settings("Hugging"), Settings("Kissing")], "..99..", "99....", "..99..");
        Assert.Equal(["Hugging", "Kissing", "Waving"], set.Markers.Select(m => m.Tag));
    }

    internal static TagMarkerSettings Settings(string tag) =>
        new()
        {
            Tag = tag,
            Name = tag,
            Threshold = 0.3,
            MaxGap = TimeSpan.FromSeconds(6),
            MinMarkerDuration = TimeSpan.FromSeconds(1),
            RequiredDuration = TimeSpan.FromSeconds(1),
        };

    private static TagMarkerSettings Exclusive(string tag) => Settings(tag) with { ExclusiveCategory = "actions" };

    private static MarkerSet Build(TagMarkerSettings settings, string answers) => Build([settings], answers);

    private static MarkerSet Build(TagMarkerSettings[] settings, params string[] pictures)
    {
        var length = pictures[0].Length;
        var answers = Enumerable
            .Range(0, length)
            .Select(i => new TimedAnswer(
                Interval * i,
                pictures[0][i] == '?'
                    ? null
                    : pictures
                        .Zip(settings)
                        .Where(pair => char.IsAsciiDigit(pair.First[i]))
                        .ToDictionary(pair => pair.Second.Tag, pair => (pair.First[i] - '0') / 10.0, StringComparer.Ordinal)
            ))
            .ToArray();
        return MarkerBuilder.Build(answers, Interval, Interval * length, settings);
    }

    private static TimedAnswer At(double seconds, double? confidence) =>
        new(TimeSpan.FromSeconds(seconds), confidence is { } value ? new Dictionary<string, double> { ["Kissing"] = value } : []);

    private static string Spans(MarkerSet set, string name) =>
        string.Join(
            ',',
            set.Markers.Where(m => string.Equals(m.Tag, name, StringComparison.OrdinalIgnoreCase))
                .Select(m => $"{m.Start.TotalSeconds}-{m.End.TotalSeconds}")
        );
}
