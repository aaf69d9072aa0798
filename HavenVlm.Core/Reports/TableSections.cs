using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Contracts;

namespace HavenVlm.Core.Reports;

/// <summary>What stays numbers and words: counts, endpoints, settings, unanswered frames.</summary>
internal static class TableSections
{
    private const int UnansweredShown = 200;

    public static void WriteTiles(Html html, ReportContent content)
    {
        var result = content.Result;
        html.Raw("<section class=\"tiles\">");
        Tile(html, $"{result.Markers.Count}", "markers");
        Tile(html, $"{result.Tags.Count}", "scene tags");
        Tile(html, $"{content.Answers.Planned}", "frames analyzed");
        Tile(html, $"{result.Frames.Reused}", "frames reused");
        Tile(html, $"{result.Frames.Unanswered}", "unanswered", result.Frames.Unanswered > 0);
        Tile(html, ReportTimes.Number(result.Requests), "requests");
        Tile(html, $"{content.Answers.Images}", "images sent");
        Tile(html, ReportTimes.Length(content.Answers.ModelTime), "model time");
        html.Raw("</section>");
    }

    public static void WriteSceneTags(Html html, ReportContent content)
    {
        html.Raw("<section><h2>Scene tags</h2>");
        if (content.Result.Tags.Count == 0)
        {
            html.Raw("<p class=\"empty\">None.</p></section>");
            return;
        }

        html.Raw("<ul class=\"tags\">");
        foreach (var (tag, length) in content.Result.Tags.OrderByDescending(tag => tag.Value))
        {
            html.Raw("<li>").Text(tag).Raw($" <small>{ReportTimes.Length(length)}</small></li>");
        }

        html.Raw("</ul></section>");
    }

    public static void WriteEndpoints(Html html, ReportContent content)
    {
        var groups = content
            .Answers.Records.Where(record => record.Answer.Requests > 0)
            .GroupBy(record => (record.Answer.Endpoint, record.Answer.Model))
            .OrderByDescending(group => group.Count())
            .ToList();
        html.Raw(
            "<section><h2>Cost</h2><div class=\"scroll\"><table><thead><tr><th>Endpoint<th>Model<th>Images<th>Unanswered<th>Requests<th>Tokens in<th>Cached<th>Out<th>Time of a request</tr></thead><tbody>"
        );
        foreach (var group in groups)
        {
            html.Raw("<tr><td>").Text(group.Key.Endpoint).Raw("<td>").Text(group.Key.Model);
            html.Raw($"<td>{group.Count()}<td>{group.Count(record => record.Answer.Tags is null)}");
            html.Raw($"<td>{ReportTimes.Number(group.Sum(record => record.Answer.Requests))}");
            html.Raw(
                $"<td>{Tokens(group, tokens => tokens.In)}<td>{Tokens(group, tokens => tokens.Cached)}<td>{Tokens(group, tokens => tokens.Out)}"
            );
            html.Raw($"<td>{RequestTime(group)}</tr>");
        }

        html.Raw("</tbody></table></div></section>");
    }

    public static void WriteSettings(Html html, ReportContent content)
    {
        html.Raw("<section><h2>Settings</h2><dl>");
        Setting(html, "vlm.model", content.Result.Model);
        Setting(html, "vlm.selection", content.Sampling.Selection == TagSelection.Single ? "single" : "multiple");
        Setting(html, "video.sampling", content.Sampling.Mode == SamplingMode.Adaptive ? "adaptive" : "linear");
        Setting(html, "video.frameInterval", ReportTimes.Length(content.Sampling.FrameInterval));
        if (content.Sampling.Mode == SamplingMode.Adaptive)
        {
            Setting(html, "video.boundaryPrecision", ReportTimes.Length(content.Sampling.BoundaryPrecision));
        }

        foreach (var (name, value) in content.Settings)
        {
            Setting(html, name, value);
        }

        html.Raw(
            "</dl><div class=\"scroll\"><table><thead><tr><th>Tag<th>Category<th>Threshold<th>Max gap<th>Shortest marker<th>Required for the scene</tr></thead><tbody>"
        );
        foreach (var tag in content.Tags)
        {
            html.Raw("<tr><td>").Text(tag.Name).Raw("<td>").Text(tag.ExclusiveCategory is { } category ? $"{category} (exclusive)" : "");
            html.Raw(
                $"<td>{ReportTimes.Number(tag.Threshold)}<td>{ReportTimes.Length(tag.MaxGap)}<td>{ReportTimes.Length(tag.MinMarkerDuration)}"
            );
            html.Raw("<td>").Raw(tag.RequiredDuration == TimeSpan.Zero ? "never" : ReportTimes.Length(tag.RequiredDuration)).Raw("</tr>");
        }

        html.Raw("</tbody></table></div></section>");
    }

    public static void WriteUnanswered(Html html, ReportContent content)
    {
        var holes = (content.Result.Answers ?? []).Where(answer => answer.Unanswered is not null).ToList();
        if (holes.Count == 0)
        {
            return;
        }

        html.Raw($"<section><h2>Unanswered frames <span class=\"count\">{holes.Count}</span></h2>");
        html.Raw("<div class=\"scroll\"><table><thead><tr><th>Time<th>Why</tr></thead><tbody>");
        foreach (var hole in holes.Take(UnansweredShown))
        {
            html.Raw($"<tr><td>{ReportTimes.Clock(hole.T)}<td>").Text(hole.Unanswered ?? "");
            if (hole.Unknown is { Count: > 0 } unknown)
            {
                html.Raw(" <small>only ").Text(string.Join(", ", unknown)).Raw("</small>");
            }

            html.Raw("</tr>");
        }

        html.Raw("</tbody></table></div>");
        html.Raw(
            holes.Count > UnansweredShown ? $"<p class=\"empty\">and {holes.Count - UnansweredShown} more</p></section>" : "</section>"
        );
    }

    /// <summary>Usual time of a request that was answered; what failed may have failed at once or at the deadline.</summary>
    private static string RequestTime(IEnumerable<FrameRecord> records)
    {
        var times = records.Where(record => record.Answer.Tags is not null).Select(record => record.Answer.Elapsed.Ticks).ToList();
        return times.Count == 0 ? "–" : ReportTimes.Length(TimeSpan.FromTicks((long)times.Average()));
    }

    // What a server does not count is not nothing.
    private static string Tokens(IEnumerable<FrameRecord> records, Func<TokenUsage, double?> of)
    {
        var counts = records.Select(record => record.Answer.Tokens is { } tokens ? of(tokens) : null).OfType<double>().ToList();
        return counts.Count == 0 ? "–" : ReportTimes.Number(Math.Round(counts.Sum()));
    }

    private static void Tile(Html html, string value, string label, bool warn = false) =>
        html.Raw($"<div class=\"tile{(warn ? " warn" : "")}\"><b>{value}</b><span>{label}</span></div>");

    private static void Setting(Html html, string name, string value) =>
        html.Raw("<div><dt>").Text(name).Raw("</dt><dd>").Text(value).Raw("</dd></div>");
}
