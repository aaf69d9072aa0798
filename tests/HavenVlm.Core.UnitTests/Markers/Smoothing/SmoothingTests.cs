using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Markers.Smoothing;

namespace HavenVlm.Core.UnitTests.Markers.Smoothing;

/// <summary>Spans of a half-hour video from the answers of a model that errs.</summary>
public sealed class SmoothingTests
{
    private const int Looks = 900;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Duration = Interval * Looks;
    private static readonly string[] Tags = ["Kissing", "Hugging", "Waving", "Dancing", "Reading", "Cooking"];

    [Fact]
    public void As_long_as_the_model_does_not_err_nothing_changes()
    {
        var answers = Answers(missed: 0, imagined: 0);
        var fit = Fit(answers);

        Assert.True(fit.Parameters.Plain);
        Assert.Equal(Build(answers, null).Markers, Build(answers, fit.Parameters).Markers);
    }

    [Fact]
    public void Lone_errors_make_no_markers_and_split_none()
    {
        var answers = Answers(missed: 0.2, imagined: 0.02);
        var fit = Fit(answers);
        var (plain, smoothed) = (Build(answers, null).Markers, Build(answers, fit.Parameters).Markers);

        Assert.False(fit.Parameters.Plain);
        Assert.InRange(fit.Parameters.Others.Miss, 0.15, 0.25);
        Assert.InRange(fit.Parameters.Others.Imagine, 0.015, 0.03);
        Assert.True(plain.Count(IsInvented) > 40, $"{plain.Count(IsInvented)} invented without smoothing");
        Assert.True(smoothed.Count(IsInvented) <= 3, $"{smoothed.Count(IsInvented)} invented");
        // Every third minute a tag is on for a minute.
        Assert.InRange(smoothed.Count(marker => !IsInvented(marker)), 60, 68);
        Assert.All(smoothed, marker => Assert.InRange(marker.Confidence, 0, 1));
    }

    [Fact]
    public void Answers_that_tell_nothing_make_no_markers_and_take_none_away()
    {
        var answers = Answers(missed: 0.4, imagined: 0.4);
        var parameters = Fit(Answers(missed: 0.2, imagined: 0.02)).Parameters with
        {
            Tags = Tags.ToDictionary(tag => tag, _ => new TagRates(0.4, 0.4, 0.005, 0.02), StringComparer.Ordinal),
        };
        var set = Build(answers, parameters);

        Assert.Equal(Tags, parameters.UnreliableOf(Tags));
        Assert.Empty(set.Markers);
        Assert.All(Tags, tag => Assert.Contains(new PossibleSpan(tag, new TimeRange(TimeSpan.Zero, Duration)), set.Possible));
    }

    [Fact]
    public void A_reused_answer_is_no_evidence_however_often_it_is_reused()
    {
        var parameters = Fit(Answers(missed: 0.2, imagined: 0.02)).Parameters;
        TimedAnswer At(int look, bool isSeen, bool isReused) =>
            new(Interval * look, isSeen ? new Dictionary<string, double> { ["Kissing"] = 0.9 } : []) { IsReused = isReused };
        bool InRun(int look) => look is >= 50 and < 60;

        var reused = Build([.. Enumerable.Range(0, 100).Select(look => At(look, InRun(look), InRun(look) && look > 50))], parameters);
        var asked = Build([.. Enumerable.Range(0, 100).Select(look => At(look, InRun(look), isReused: false))], parameters);

        Assert.Empty(reused.Markers);
        Assert.Single(asked.Markers);
    }

    [Fact]
    public void What_was_published_stays_until_the_odds_have_changed_by_two_nats()
    {
        var answers = Enumerable
            .Range(0, 100)
            .Select(look => new TimedAnswer(Interval * look, look is 50 or 51 ? new Dictionary<string, double> { ["Kissing"] = 0.9 } : []))
            .ToList();
        SmoothingParameters With(double imagine) =>
            new() { Tags = new Dictionary<string, TagRates>(), Others = new TagRates(0.1, imagine, 0.005, 0.025) };

        Assert.Single(Build(answers, With(0.01)).Markers);
        Assert.Empty(Build(answers, With(0.03)).Markers);
        Assert.Single(Build(answers, With(0.03) with { Before = With(0.01) }).Markers);
        Assert.Empty(Build(answers, With(0.2) with { Before = With(0.01) }).Markers);
    }

    [Fact]
    public void What_was_learned_can_be_taken_away_again()
    {
        var first = Fit(Answers(missed: 0.2, imagined: 0.02)).Counted;
        var second = Fit(Answers(missed: 0.1, imagined: 0.01)).Counted;

        var left = first.Plus(second).Plus(first, -1).Pooled();

        Assert.Equal(second.Pooled().Missed, left.Missed, 1e-6);
        Assert.Equal(second.Pooled().OffSeconds, left.OffSeconds, 1e-6);
        Assert.False(first.Plus(second, double.NaN).IsSound());
    }

    private static bool IsOn(int tag, double seconds) => (seconds + (tag * 20)) % 180 < 60;

    private static bool IsInvented(MarkerSpan marker)
    {
        var tag = Array.IndexOf(Tags, marker.Tag);
        return !Enumerable.Range((int)marker.Start.TotalSeconds, Math.Max(1, (int)marker.Length.TotalSeconds)).Any(s => IsOn(tag, s));
    }

    private static List<TimedAnswer> Answers(double missed, double imagined)
    {
        var random = new Random(20260131);
        bool IsSeen(double draw, bool isOn) => isOn ? draw >= missed : draw < imagined;
        return
        [
            .. Enumerable
                .Range(0, Looks)
                .Select(look => new TimedAnswer(
                    Interval * look,
                    Tags.Where((_, tag) => IsSeen(random.NextDouble(), IsOn(tag, look * 2)))
                        .ToDictionary(tag => tag, _ => 0.9, StringComparer.Ordinal)
                )),
        ];
    }

    private static SmoothingFit Fit(List<TimedAnswer> answers) =>
        SmoothingFit.Of(
            Tags.ToDictionary(tag => tag, tag => TagSeries.Of(answers, tag, 0.3, Interval, Duration).Looks([], 0), StringComparer.Ordinal),
            new SmoothingStatistics()
        );

    private static MarkerSet Build(List<TimedAnswer> answers, SmoothingParameters? parameters) =>
        MarkerBuilder.Build(
            answers,
            Interval,
            Duration,
            [
                .. Tags.Select(tag => new TagMarkerSettings
                {
                    Tag = tag,
                    Name = tag,
                    Threshold = 0.3,
                    MaxGap = TimeSpan.FromSeconds(6),
                    MinMarkerDuration = TimeSpan.FromSeconds(1),
                    RequiredDuration = TimeSpan.FromSeconds(1),
                    Smoothing = SmoothingMode.Auto,
                }),
            ],
            parameters is null ? null : new SmoothingModel(parameters, [])
        );
}
