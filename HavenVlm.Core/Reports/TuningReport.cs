using System.Text;
using HavenVlm.Core.Common;
using HavenVlm.Core.Markers.Tuning;

namespace HavenVlm.Core.Reports;

/// <summary>
/// One HTML file that shows found marker settings: before and after, tag by tag, and how far confidence can be trusted. Without a script;
/// its content security policy allows nothing from outside.
/// </summary>
internal static class TuningReport
{
    public static string Create(MarkerSettingsResult result, DateTimeOffset created)
    {
        var html = new Html();
        html.Raw("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
            .Raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">")
            .Raw("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
            .Raw("<meta name=\"color-scheme\" content=\"light dark\"><title>")
            .Plain(result.Title)
            .Raw(" – Haven VLM marker settings</title><style>")
            .Raw(AnalysisReport.Resource("report.css"))
            .Raw(AnalysisReport.Resource("tuning.css"))
            .Raw("</style></head><body><header><p class=\"brand\">Haven VLM marker settings</p><h1>")
            .Text(result.Title)
            .Raw($"</h1><p class=\"sub\">Scene {result.SceneId} · {ReportTimes.Clock(result.Duration)} · ")
            .Text(result.Model)
            .Raw($" · {created.UtcDateTime:yyyy-MM-dd HH:mm} UTC</p></header><main>");
        Tiles(html, result);
        Timeline(html, result);
        Table(html, result);
        Yaml(html, result);
        CalibrationSection.Write(html, result.Calibration);
        Notes(html, result);
        return html.Raw("</main></body></html>\n").ToString();
    }

    private static void Tiles(Html html, MarkerSettingsResult result)
    {
        html.Raw("<section class=\"tiles\">");
        foreach (
            var (value, label) in new[]
            {
                (Number(result.Before.F1), "F1 before"),
                (Number(result.After.F1), "F1 after"),
                ($"{result.Changes.Count}", "tags changed"),
                (ReportTimes.Number(result.Requests), "requests"),
            }
        )
        {
            html.Raw($"<div class=\"tile\"><b>{value}</b><span>{label}</span></div>");
        }

        html.Raw("</section>");
    }

    private static void Timeline(Html html, MarkerSettingsResult result)
    {
        html.Raw("<section><h2>Markers</h2><div class=\"chart\"><div class=\"axis\"><div class=\"label\"></div><div class=\"lane\">");
        foreach (var tick in ReportTimes.Ticks(result.Duration))
        {
            html.Raw($"<span style=\"left:{ReportTimes.Percent(tick, result.Duration)}%\">{ReportTimes.Clock(tick)}</span>");
        }

        html.Raw("</div></div>");
        foreach (var tag in result.Tags)
        {
            html.Raw("<div class=\"row\"><div class=\"label\"><b>").Text(tag.Name).Raw("</b><small>");
            html.Raw($"F1 {Number(tag.Before.F1)} → {Number(tag.After.F1)}</small></div><div class=\"lanes\">");
            Lane(html, "user", tag.User, result.Duration);
            Lane(html, "before", tag.MarkersBefore, result.Duration);
            Lane(html, "after", tag.MarkersAfter, result.Duration);
            html.Raw("</div></div>");
        }

        html.Raw("</div><ul class=\"legend\"><li><i class=\"k-user\"></i>your markers</li>")
            .Raw(
                "<li><i class=\"k-before\"></i>with the settings in force</li><li><i class=\"k-span\"></i>with the settings found</li></ul></section>"
            );
    }

    private static void Lane(Html html, string kind, IReadOnlyList<TimeRange> spans, TimeSpan duration)
    {
        html.Raw($"<div class=\"spans {kind}\">");
        foreach (var span in spans)
        {
            html.Raw($"<i style=\"left:{ReportTimes.Percent(span.Start, duration)}%;")
                .Raw($"width:{ReportTimes.Percent(span.End - span.Start, duration)}%\" ")
                .Raw($"title=\"{ReportTimes.Clock(span.Start)} – {ReportTimes.Clock(span.End)}\"></i>");
        }

        html.Raw("</div>");
    }

    private static void Table(Html html, MarkerSettingsResult result)
    {
        html.Raw(
                "<section><h2>Before and after</h2><div class=\"scroll\"><table><thead><tr><th>Tag<th>Your markers<th>Markers<th>Precision"
            )
            .Raw("<th>Recall<th>F1<th>Mean IoU<th>Threshold<th>Gap<th>Least length<th>Scene tag from</tr></thead><tbody>");
        foreach (var tag in result.Tags)
        {
            html.Raw("<tr><td>").Text(tag.Name).Raw($"<td>{tag.User.Count}");
            Fit(html, tag.Before, tag.After);
            var (before, after) = (tag.SettingsBefore, tag.SettingsAfter);
            Cell(html, Number(before.Threshold), Number(after.Threshold));
            Cell(html, ReportTimes.Length(before.MaxGap), ReportTimes.Length(after.MaxGap));
            Cell(html, ReportTimes.Length(before.MinMarkerDuration), ReportTimes.Length(after.MinMarkerDuration));
            Cell(html, ReportTimes.Length(before.RequiredDuration), ReportTimes.Length(after.RequiredDuration));
            html.Raw("</tr>");
        }

        html.Raw("<tr><td>all<td>");
        Fit(html, result.Before, result.After);
        html.Raw("<td><td><td><td></tr></tbody></table></div></section>");
    }

    private static void Fit(Html html, MarkerFit before, MarkerFit after)
    {
        Cell(html, $"{before.Markers}", $"{after.Markers}");
        Cell(html, Number(before.Precision), Number(after.Precision));
        Cell(html, Number(before.Recall), Number(after.Recall));
        Cell(html, Number(before.F1), Number(after.F1));
        Cell(html, Number(before.MeanIou), Number(after.MeanIou));
    }

    private static void Cell(Html html, string before, string after) =>
        html.Raw(before.Equals(after, StringComparison.Ordinal) ? $"<td>{before}" : $"<td class=\"better\">{before} → {after}");

    private static void Yaml(Html html, MarkerSettingsResult result)
    {
        html.Raw("<section><h2>For haven.yaml</h2>");
        if (result.Yaml.Length == 0)
        {
            html.Raw("<p class=\"empty\">The settings in force are the best for this scene.</p></section>");
            return;
        }

        html.Raw("<pre>");
        foreach (var line in result.Yaml.TrimEnd('\n').Split('\n'))
        {
            html.Plain(line).Raw("\n");
        }

        html.Raw("</pre></section>");
    }

    private static void Notes(Html html, MarkerSettingsResult result)
    {
        var notes = result.Tags.Where(tag => tag.Note.Length > 0).Select(tag => $"{tag.Name}: {tag.Note}").Concat(result.Notes).ToList();
        if (notes.Count == 0)
        {
            return;
        }

        html.Raw("<section><h2>Notes</h2><ul>");
        foreach (var note in notes)
        {
            html.Raw("<li>").Text(note).Raw("</li>");
        }

        html.Raw("</ul></section>");
    }

    private static string Number(double number) => ReportTimes.Number(number, "0.###");

    /// <summary>Writes the report as UTF-8.</summary>
    public static async Task WriteAsync(
        Stream target,
        MarkerSettingsResult result,
        DateTimeOffset created,
        CancellationToken cancellationToken
    ) => await target.WriteAsync(Encoding.UTF8.GetBytes(Create(result, created)), cancellationToken);
}
