using System.Globalization;
using System.Text;
using System.Text.Json;
using HavenVlm.Core.Analysis;
using HavenVlm.Core.Common;
using HavenVlm.Core.Markers;

namespace HavenVlm.Core.Reports;

/// <summary>A row for every tag: confidence over time, threshold, markers; and one row for frames without an answer.</summary>
internal static class TimelineSection
{
    // Steps of a curve; more cannot be told apart on a screen, and a long video with many tags would make a huge file.
    private const int Columns = 1500;
    private const int Height = 40;

    public static void Write(Html html, ReportContent content)
    {
        var result = content.Result;
        var answers = result.Answers ?? [];
        html.Raw("<section id=\"timeline\"><h2>Timeline</h2><div class=\"chart\" id=\"chart\">");
        Axis(html, result.Duration);
        foreach (var tag in content.Tags)
        {
            Row(html, content, tag, answers);
        }

        Unanswered(html, result, answers);
        html.Raw("<div class=\"cursor\" id=\"cursor\" hidden></div></div>")
            .Raw("<p class=\"readout\" id=\"readout\">Move over the chart to read the answers at a time.</p>")
            .Raw("<ul class=\"legend\"><li><i class=\"k-on\"></i>confidence at or above the threshold</li>")
            .Raw("<li><i class=\"k-off\"></i>below it</li><li><i class=\"k-threshold\"></i>threshold</li>")
            .Raw("<li><i class=\"k-span\"></i>marker</li><li><i class=\"k-hole\"></i>unanswered</li></ul>");
        Data(html, content, answers);
        html.Raw("</section>");
    }

    private static void Axis(Html html, TimeSpan duration)
    {
        html.Raw("<div class=\"axis\"><div class=\"label\"></div><div class=\"lane\">");
        foreach (var tick in ReportTimes.Ticks(duration))
        {
            html.Raw($"<span style=\"left:{ReportTimes.Percent(tick, duration)}%\">{ReportTimes.Clock(tick)}</span>");
        }

        html.Raw("</div></div>");
    }

    private static void Row(Html html, ReportContent content, TagMarkerSettings tag, IReadOnlyList<AnalysisAnswer> answers)
    {
        var duration = content.Result.Duration;
        var markers = content.Result.Markers.Where(m => string.Equals(m.Tag, tag.Name, StringComparison.OrdinalIgnoreCase)).ToList();
        var total = TimeSpan.FromTicks(markers.Sum(m => (m.End - m.Start).Ticks));
        html.Raw("<div class=\"row\"><div class=\"label\" title=\"").Plain(tag.Name).Raw("\"><b>").Text(tag.Name).Raw("</b><small>");
        if (!string.Equals(tag.Tag, tag.Name, StringComparison.Ordinal))
        {
            html.Raw("asked as ").Text(tag.Tag).Raw(" · ");
        }

        html.Raw(markers.Count == 0 ? "not found" : $"{markers.Count} × · {ReportTimes.Length(total)}")
            .Raw("</small></div><div class=\"lane\">");
        html.Raw($"<svg viewBox=\"0 0 {Columns} {Height}\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
        foreach (var (kind, path) in Curves(tag, answers, duration, content.Sampling.FrameInterval))
        {
            html.Raw($"<path class=\"{kind}\" d=\"{path}\"/>");
        }

        html.Raw($"</svg><div class=\"threshold\" style=\"bottom:{ReportTimes.Number(Math.Clamp(tag.Threshold, 0, 1) * 100)}%\"></div>")
            .Raw("</div><div class=\"spans\">");
        foreach (var marker in markers)
        {
            html.Raw($"<i style=\"left:{ReportTimes.Percent(marker.Start, duration)}%;")
                .Raw($"width:{ReportTimes.Percent(marker.End - marker.Start, duration)}%\" title=\"{Describe(marker)}\"></i>");
        }

        html.Raw("</div></div>");
    }

    private static string Describe(AnalysisMarker marker) =>
        $"{ReportTimes.Clock(marker.Start)} – {ReportTimes.Clock(marker.End)} · {ReportTimes.Number(marker.Confidence, "0.00")}";

    private static void Unanswered(Html html, AnalysisResult result, IReadOnlyList<AnalysisAnswer> answers)
    {
        var holes = answers.Where(answer => answer.Unanswered is not null).ToList();
        if (holes.Count == 0)
        {
            return;
        }

        html.Raw(
            $"<div class=\"row holes\"><div class=\"label\"><b>Unanswered</b><small>{holes.Count} ×</small></div><div class=\"lane\">"
        );
        // One mark per column: neighbors would cover each other.
        foreach (var column in holes.GroupBy(hole => (int)(hole.T / result.Duration * Columns)).Select(column => column.First()))
        {
            html.Raw($"<i style=\"left:{ReportTimes.Percent(column.T, result.Duration)}%\" title=\"{ReportTimes.Clock(column.T)}: ")
                .Plain(column.Unanswered ?? "")
                .Raw("\"></i>");
        }

        html.Raw("</div></div>");
    }

    /// <summary>The highest confidence of each column as filled steps, those that reach the threshold apart from the others.</summary>
    private static IEnumerable<(string Kind, string Path)> Curves(
        TagMarkerSettings tag,
        IReadOnlyList<AnalysisAnswer> answers,
        TimeSpan duration,
        TimeSpan interval
    )
    {
        var on = new StringBuilder();
        var off = new StringBuilder();
        foreach (var (from, to, confidence) in Steps(tag.Tag, answers, duration, interval))
        {
            var top = Height - (confidence * Height);
            (confidence >= tag.Threshold ? on : off).Append(
                CultureInfo.InvariantCulture,
                $"M{from:0.#} {Height}V{top:0.#}H{to:0.#}V{Height}z"
            );
        }

        return [("off", off.ToString()), ("on", on.ToString())];
    }

    private static IEnumerable<(double From, double To, double Confidence)> Steps(
        string tag,
        IReadOnlyList<AnalysisAnswer> answers,
        TimeSpan duration,
        TimeSpan interval
    )
    {
        (double From, double To, double Confidence)? open = null;
        for (var i = 0; i < answers.Count && answers[i].T < duration; i++)
        {
            if (answers[i].Tags?.TryGetValue(tag, out var confidence) is not true || confidence <= 0)
            {
                continue;
            }

            var end = i + 1 < answers.Count ? answers[i + 1].T : answers[i].T + interval;
            var step = (From: answers[i].T / duration * Columns, To: Math.Min(1, end / duration) * Columns, Confidence: confidence);
            if (open is { } last && step.From <= last.To && (Near(last.Confidence, confidence) || step.To - last.From < 1))
            {
                open = (last.From, step.To, Math.Max(last.Confidence, confidence));
                continue;
            }

            if (open is { } done)
            {
                yield return done;
            }

            open = step;
        }

        if (open is { } final)
        {
            yield return final;
        }
    }

    private static bool Near(double a, double b) => Math.Abs(a - b) < 0.0001;

    /// <summary>The answers for the read-out: times, and for each tag only where it was seen, as position and percent.</summary>
    private static void Data(Html html, ReportContent content, IReadOnlyList<AnalysisAnswer> answers)
    {
        var data = new
        {
            duration = content.Result.Duration,
            times = answers.Select(answer => answer.T),
            unanswered = answers.Index().Where(answer => answer.Item.Unanswered is not null).Select(answer => answer.Index),
            tags = content.Tags.Select(tag => new { name = tag.Name, seen = SeenOf(tag.Tag, answers) }),
        };
        html.Raw("<script type=\"application/json\" id=\"data\">").Raw(JsonSerializer.Serialize(data, HavenJson.Options)).Raw("</script>");
    }

    private static List<int> SeenOf(string tag, IReadOnlyList<AnalysisAnswer> answers)
    {
        var seen = new List<int>();
        for (var i = 0; i < answers.Count; i++)
        {
            if (answers[i].Tags?.TryGetValue(tag, out var confidence) is true)
            {
                seen.Add(i);
                seen.Add((int)Math.Round(confidence * 100));
            }
        }

        return seen;
    }
}
