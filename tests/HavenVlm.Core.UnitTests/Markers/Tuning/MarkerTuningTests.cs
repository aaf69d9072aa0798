using System.Diagnostics;
using HavenVlm.Core.Common;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Markers.Tuning;

namespace HavenVlm.Core.UnitTests.Markers.Tuning;

public sealed class MarkerTuningTests
{
    private static readonly TagMarkerSettings Usual = new()
    {
        Tag = "Kissing",
        Name = "Kissing",
        Threshold = 0.3,
        MaxGap = TimeSpan.FromSeconds(6),
        MinMarkerDuration = TimeSpan.FromSeconds(1),
        RequiredDuration = TimeSpan.FromSeconds(1),
    };

    [Fact]
    public void A_false_find_of_low_confidence_raises_the_threshold_to_a_round_value_between()
    {
        var found = Find(Usual, "0 0 .9 .9 .8 0 0 .45 .45 0 0 .85 .9 0", (4, 10), (22, 26));

        Assert.Equal(Usual with { Threshold = 0.6 }, found);
    }

    [Fact]
    public void A_stretch_that_the_user_left_whole_widens_the_gap()
    {
        var found = Find(Usual, "0 .9 .9 0 0 0 0 0 .9 .9 0 0", (2, 20));

        Assert.Equal(Usual.Threshold, found.Threshold);
        Assert.InRange(found.MaxGap, TimeSpan.FromSeconds(10.001), TimeSpan.FromSeconds(15));
    }

    [Fact]
    public void Two_spans_where_one_was_made_narrow_the_gap()
    {
        var found = Find(Usual, "0 .9 .9 0 0 .9 .9 .9 0 0", (2, 6), (10, 16));

        Assert.Equal(Usual with { MaxGap = TimeSpan.FromSeconds(3) }, found);
    }

    [Fact]
    public void Flickers_of_full_confidence_lengthen_the_least_length()
    {
        var found = Find(Usual with { MaxGap = TimeSpan.FromSeconds(1) }, "1 0 0 1 1 1 1 0 0 1 0 0 1 1 1 0", (6, 14), (24, 30));

        Assert.Equal(Usual.Threshold, found.Threshold);
        Assert.InRange(found.MinMarkerDuration, TimeSpan.FromSeconds(2.001), TimeSpan.FromSeconds(6));
    }

    [Fact]
    public void The_default_goes_before_other_values_that_do_the_same()
    {
        var own = Usual with { Threshold = 0.8 };

        var found = Find(own, "0 .5 .5 .5 0 .1 0", [(2, 8)], Usual);

        Assert.Equal(0.3, found.Threshold);
    }

    [Fact]
    public void A_tag_without_a_span_of_the_user_keeps_its_settings()
    {
        var found = Find(Usual, "0 .9 .9 0");

        Assert.Equal(Usual, found);
    }

    [Theory]
    [InlineData(true, 10, 1)]
    [InlineData(false, 1, 7)]
    [InlineData(true, 0, 0)]
    public void The_length_from_which_a_scene_gets_the_tag_follows_what_the_user_made_of_it(bool carries, int inForce, int expected)
    {
        var settings = Usual with { RequiredDuration = TimeSpan.FromSeconds(inForce) };
        var problem = Problem(settings, "0 .9 .9 .9 0 0", [(2, 8)], Usual) with
        {
            SceneTags = new Dictionary<string, bool>(StringComparer.Ordinal) { ["Kissing"] = carries },
        };

        var found = Assert.Single(MarkerTuning.Find(problem));

        var tagged = MarkerBuilder.Build(problem.Answers, problem.FrameInterval, problem.Duration, [found]).SceneTags.Count == 1;
        Assert.Equal(carries && inForce > 0, tagged);
        Assert.InRange(found.RequiredDuration.TotalSeconds, expected - 1, expected + 3);
    }

    [Fact]
    public void In_an_exclusive_category_the_tag_that_took_the_time_is_held_back()
    {
        TagMarkerSettings[] settings =
        [
            Usual with
            {
                ExclusiveCategory = "actions",
            },
            Usual with
            {
                Tag = "Hugging",
                Name = "Hugging",
                ExclusiveCategory = "actions",
            },
        ];
        var answers = Enumerable
            .Range(0, 20)
            .Select(i => new TimedAnswer(
                TimeSpan.FromSeconds(i * 2),
                i is >= 5 and < 15
                    ? new Dictionary<string, double>(StringComparer.Ordinal) { ["Kissing"] = i < 10 ? 0.9 : 0.35, ["Hugging"] = 0.6 }
                    : new Dictionary<string, double>(StringComparer.Ordinal)
            ))
            .ToList();
        var problem = new TuningProblem
        {
            Answers = answers,
            FrameInterval = TimeSpan.FromSeconds(2),
            Duration = TimeSpan.FromSeconds(40),
            Settings = settings,
            Defaults = settings,
            Truth = new Dictionary<string, TruthSpans>(StringComparer.OrdinalIgnoreCase)
            {
                ["Kissing"] = Truth((10, 20)),
                ["Hugging"] = Truth((20, 30)),
            },
        };

        var found = MarkerTuning.Find(problem);

        Assert.All(MarkerTuning.Score(problem, found).Values, name => Assert.Equal(1, name.Score.F1, 1e-9));
        Assert.Equal(settings[1], found[1]);
    }

    [Fact]
    public void Two_tags_with_one_name_in_Stash_are_one_set_of_spans()
    {
        TagMarkerSettings[] settings = [Usual with { Name = "Snog" }, Usual with { Tag = "Pecking", Name = "snog" }];
        var answers = "0 .9 .9 0 0 0 0 0 0 0"
            .Split(' ')
            .Select(
                (text, i) =>
                    new TimedAnswer(
                        TimeSpan.FromSeconds(i * 2),
                        new Dictionary<string, double>(StringComparer.Ordinal)
                        {
                            ["Kissing"] = i is 1 or 2 ? 0.9 : 0,
                            ["Pecking"] = i is 6 or 7 ? 0.2 : 0,
                        }
                    )
            )
            .ToList();
        var problem = new TuningProblem
        {
            Answers = answers,
            FrameInterval = TimeSpan.FromSeconds(2),
            Duration = TimeSpan.FromSeconds(20),
            Settings = settings,
            Defaults = settings,
            Truth = new Dictionary<string, TruthSpans>(StringComparer.OrdinalIgnoreCase) { ["Snog"] = Truth((2, 6), (12, 16)) },
        };

        var found = MarkerTuning.Find(problem);

        Assert.Equal(1, Assert.Single(MarkerTuning.Score(problem, found)).Value.Score.F1, 1e-9);
        Assert.Equal(settings[0], found[0]);
        Assert.InRange(found[1].Threshold, 0.0001, 0.2);
    }

    [Fact]
    public void An_hour_with_a_confidence_of_its_own_in_every_answer_takes_no_time_worth_mentioning()
    {
        var random = new Random(5);
        var text = string.Join(
            ' ',
            Enumerable.Range(0, 1800).Select(i => i % 90 < 30 ? 0.5 + (random.Next(5000) / 10000d) : random.Next(6000) / 10000d)
        );
        var begun = Stopwatch.GetTimestamp();

        _ = Find(Usual, text, [.. Enumerable.Range(0, 20).Select(i => (i * 180, (i * 180) + 60))]);

        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    private static TagMarkerSettings Find(TagMarkerSettings inForce, string answers, params (int, int)[] truth) =>
        Find(inForce, answers, truth, inForce);

    private static TagMarkerSettings Find(TagMarkerSettings inForce, string answers, (int, int)[] truth, TagMarkerSettings defaults) =>
        Assert.Single(MarkerTuning.Find(Problem(inForce, answers, truth, defaults)));

    private static TuningProblem Problem(TagMarkerSettings inForce, string answers, (int, int)[] truth, TagMarkerSettings defaults)
    {
        IReadOnlyList<TimedAnswer> timed =
        [
            .. answers
                .Split(' ')
                .Select(
                    (text, i) =>
                        new TimedAnswer(
                            TimeSpan.FromSeconds(i * 2),
                            new Dictionary<string, double>(StringComparer.Ordinal)
                            {
                                [inForce.Tag] = double.Parse(text, System.Globalization.CultureInfo.InvariantCulture),
                            }
                        )
                ),
        ];
        return new TuningProblem
        {
            Answers = timed,
            FrameInterval = TimeSpan.FromSeconds(2),
            Duration = TimeSpan.FromSeconds(2 * timed.Count),
            Settings = [inForce],
            Defaults = [defaults],
            Truth = new Dictionary<string, TruthSpans>(StringComparer.OrdinalIgnoreCase) { [inForce.Name] = Truth(truth) },
        };
    }

    private static TruthSpans Truth(params (int From, int To)[] spans) =>
        TruthSpans.Of(spans.Select(s => new TimeRange(TimeSpan.FromSeconds(s.From), TimeSpan.FromSeconds(s.To))), TimeSpan.FromHours(2));
}
