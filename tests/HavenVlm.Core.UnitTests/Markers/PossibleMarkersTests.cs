using HavenVlm.Core.Markers;

namespace HavenVlm.Core.UnitTests.Markers;

/// <summary>What might be there, were every hole answered. One character for each two seconds, as in <see cref="MarkerBuilderTests"/>.</summary>
public sealed class PossibleMarkersTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData("..99..", "")]
    [InlineData("?.....", "0-2")]
    [InlineData("9?....", "0-4")]
    [InlineData("?9...?", "0-4,10-12")]
    [InlineData(".9?9.9", "2-8")]
    [InlineData(".9.9?.", "6-10")]
    [InlineData("?.9...", "0-2")]
    [InlineData("9??9.9", "0-8")]
    [InlineData("2?2...", "2-4")]
    [InlineData("3?....", "0-4")]
    [InlineData("9.?...", "4-6")]
    [InlineData("....9?", "8-12")]
    [InlineData("??????", "0-12")]
    public void A_stretch_with_a_hole_is_possible_as_far_as_the_tag_is_not_known_to_be_off(string answers, string expected) =>
        Assert.Equal(
            expected,
            string.Join(',', Build(answers).Possible.Select(span => $"{span.Range.Start.TotalSeconds}-{span.Range.End.TotalSeconds}"))
        );

    [Theory]
    [InlineData("9?....", 4, true)]
    [InlineData("9?....", 4.001, false)]
    [InlineData("99....", 2, false)]
    [InlineData("?.....", 4, false)]
    [InlineData("?.....", 0, false)]
    [InlineData("?..?..", 4, true)]
    [InlineData("?..?..", 4.001, false)]
    [InlineData("9..?..", 4, true)]
    [InlineData("?..9..", 4, true)]
    [InlineData("?..9..", 4.001, false)]
    public void A_scene_may_deserve_a_tag_that_the_holes_together_with_the_markers_make_long_enough(
        string answers,
        double required,
        bool expected
    )
    {
        var set = Build(answers, settings => settings with { RequiredDuration = TimeSpan.FromSeconds(required), MaxGap = TimeSpan.Zero });
        Assert.Equal(expected ? ["Kissing"] : [], set.PossibleSceneTags);
    }

    [Theory]
    [InlineData("?..?..", 8, true)]
    [InlineData("?...?.", 8, false)]
    public void Holes_closer_than_the_gap_are_joined(string answers, double required, bool expected)
    {
        var set = Build(
            answers,
            settings => settings with { RequiredDuration = TimeSpan.FromSeconds(required), MaxGap = TimeSpan.FromSeconds(6) }
        );
        Assert.Equal(expected ? ["Kissing"] : [], set.PossibleSceneTags);
    }

    [Fact]
    public void Spans_of_one_name_are_as_sure_as_the_mean_of_both_by_their_lengths()
    {
        var marker = Assert.Single(
            BuildOneName(i => new() { [i < 2 ? "kiss" : "none"] = 0.9, [i is > 0 and < 5 ? "smooch" : "nothing"] = 0.6 }).Markers
        );

        Assert.Equal((TimeSpan.Zero, Interval * 5), (marker.Start, marker.End));
        Assert.Equal(((0.9 * 4) + (0.6 * 8)) / 12, marker.Confidence, 0.0001);
    }

    [Fact]
    public void A_span_within_another_does_not_end_it()
    {
        var marker = Assert.Single(BuildOneName(i => new() { ["kiss"] = 0.9, [i is 1 ? "smooch" : "nothing"] = 0.6 }).Markers);

        Assert.Equal((TimeSpan.Zero, Interval * 6), (marker.Start, marker.End));
    }

    /// <summary>Two tags that Stash sees under one name.</summary>
    private static MarkerSet BuildOneName(Func<int, Dictionary<string, double>> answerAt)
    {
        TagMarkerSettings[] settings = [Settings("kiss") with { Name = "Kissing" }, Settings("smooch") with { Name = "Kissing" }];
        TimedAnswer[] answers = [.. Enumerable.Range(0, 6).Select(i => new TimedAnswer(Interval * i, answerAt(i)))];
        return MarkerBuilder.Build(answers, Interval, Interval * 6, settings);
    }

    private static TagMarkerSettings Settings(string tag) =>
        new()
        {
            Tag = tag,
            Name = tag,
            Threshold = 0.3,
            MaxGap = TimeSpan.FromSeconds(6),
            MinMarkerDuration = TimeSpan.Zero,
            RequiredDuration = TimeSpan.Zero,
        };

    private static MarkerSet Build(string answers, Func<TagMarkerSettings, TagMarkerSettings>? change = null)
    {
        var settings = Settings("Kissing");
        var timed = answers.Select(
            (c, i) =>
                new TimedAnswer(
                    Interval * i,
                    c == '?' ? null
                        : char.IsAsciiDigit(c) ? new Dictionary<string, double> { ["Kissing"] = (c - '0') / 10.0 }
                        : []
                )
        );
        return MarkerBuilder.Build([.. timed], Interval, Interval * answers.Length, [change?.Invoke(settings) ?? settings]);
    }
}
