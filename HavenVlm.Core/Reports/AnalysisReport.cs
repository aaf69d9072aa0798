using System.Security.Cryptography;
using System.Text;

namespace HavenVlm.Core.Reports;

/// <summary>
/// One HTML file that shows an analysis and needs nothing else: styles, script and pictures are inside, and its content security policy
/// allows nothing from outside, so that no text of a model or a file name can load or run anything.
/// </summary>
internal static class AnalysisReport
{
    /// <summary>Writes the report as UTF-8.</summary>
    public static async Task WriteAsync(Stream target, ReportContent content, CancellationToken cancellationToken) =>
        await target.WriteAsync(Encoding.UTF8.GetBytes(Create(content)), cancellationToken);

    public static string Create(ReportContent content)
    {
        var script = Resource("report.js");
        var html = new Html();
        html.Raw("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
            .Raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; ")
            .Raw($"script-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}'\">")
            .Raw(
                "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><title>"
            )
            .Plain(content.Result.Video)
            .Raw(" – Haven VLM</title><style>")
            .Raw(Resource("report.css"))
            .Raw("</style></head><body>");
        Head(html, content);
        html.Raw("<main>");
        TableSections.WriteTiles(html, content);
        TimelineSection.Write(html, content);
        MarkerSection.Write(html, content);
        TableSections.WriteSceneTags(html, content);
        TableSections.WriteEndpoints(html, content);
        TableSections.WriteSettings(html, content);
        TableSections.WriteUnanswered(html, content);
        html.Raw("</main><script>").Raw(script).Raw("</script></body></html>\n");
        return html.ToString();
    }

    private static void Head(Html html, ReportContent content)
    {
        html.Raw("<header><p class=\"brand\">Haven VLM analysis</p><h1>").Text(content.Result.Video).Raw("</h1><p class=\"sub\">");
        html.Raw($"{ReportTimes.Clock(content.Result.Duration)} · ").Text(content.Result.Model);
        if (content.Elapsed > TimeSpan.Zero)
        {
            html.Raw($" · this run took {ReportTimes.Length(content.Elapsed)}");
        }

        html.Raw($" · {content.Created.UtcDateTime:yyyy-MM-dd HH:mm} UTC</p></header>");
    }

    /// <summary>A style or script that stands beside this file.</summary>
    public static string Resource(string name)
    {
        using var stream = typeof(AnalysisReport).Assembly.GetManifestResourceStream(typeof(AnalysisReport), name)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        // The hash in the policy is over the script as it is in the page; line ends may differ between checkouts.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
