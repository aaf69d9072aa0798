using HavenVlm.Core.Common;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Markers.Tuning;
using HavenVlm.Core.Reports;

namespace HavenVlm.Core.UnitTests.Reports;

public sealed class TuningReportTests
{
    private const string Hostile = "</title></pre><script>alert(1)</script>\"'&\u202E";

    [Fact]
    public void What_others_wrote_can_neither_run_nor_load_anything()
    {
        var html = TuningReport.Create(Result(Hostile), DateTimeOffset.UnixEpoch);

        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("\u202E", html, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'; style-src 'unsafe-inline'", html, StringComparison.Ordinal);
        Assert.Single(html[..html.IndexOf("<body>", StringComparison.Ordinal)].Split("</title>").Skip(1));
        Assert.Equal(html.Split("<pre>").Length, html.Split("</pre>").Length);
    }

    [Fact]
    public void The_curve_is_drawn_with_a_point_for_every_tenth_that_occurs()
    {
        var html = TuningReport.Create(Result("Kissing"), DateTimeOffset.UnixEpoch);

        Assert.Equal(2, html.Split("<circle").Length - 1);
        Assert.Contains("M40 270L300 10", html, StringComparison.Ordinal);
        Assert.Contains("1 answers: claimed 0.95, true 0.00", html, StringComparison.Ordinal);
    }

    private static MarkerSettingsResult Result(string text)
    {
        var fit = new MarkerFit
        {
            Precision = 0.5,
            Recall = 1,
            F1 = 2 / 3.0,
            MeanIou = 0.5,
            Markers = 1,
        };
        var settings = new TagMarkerSettings
        {
            Tag = text,
            Name = text,
            Threshold = 0.3,
            MaxGap = TimeSpan.FromSeconds(6),
            MinMarkerDuration = TimeSpan.FromSeconds(1),
            RequiredDuration = TimeSpan.FromSeconds(1),
        };
        IReadOnlyList<TimeRange> spans = [new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3))];
        return new MarkerSettingsResult
        {
            SceneId = SceneId.Known("1"),
            Title = text,
            Duration = TimeSpan.FromSeconds(60),
            Model = text,
            Requests = 0,
            Before = fit,
            After = fit,
            Tags =
            [
                new TagFit
                {
                    Tag = text,
                    Name = text,
                    SettingsBefore = settings,
                    SettingsAfter = settings with { Threshold = 0.6 },
                    Before = fit,
                    After = fit,
                    User = spans,
                    MarkersBefore = spans,
                    MarkersAfter = spans,
                    Note = text,
                },
            ],
            Changes = [],
            Yaml = $"tags:\n  {text}: {{}}\n",
            Calibration = Calibration.Of([
                new ConfidenceSample(ConfidenceKind.Reported, 0.55, true),
                new ConfidenceSample(ConfidenceKind.Reported, 0.95, false),
            ]),
            Notes = [text],
        };
    }
}
