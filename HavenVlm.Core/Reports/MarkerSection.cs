using HavenVlm.Core.Analysis;

namespace HavenVlm.Core.Reports;

/// <summary>A card for every marker with a picture from inside it.</summary>
internal static class MarkerSection
{
    public static void Write(Html html, ReportContent content)
    {
        var markers = content.Result.Markers;
        html.Raw($"<section id=\"markers\"><h2>Markers <span class=\"count\">{markers.Count}</span></h2>");
        if (markers.Count == 0)
        {
            html.Raw(
                "<p class=\"empty\">No tag held for long enough. Lower thresholds or marker lengths may find more; answers are kept, so that trying costs no request.</p>"
            );
        }

        html.Raw("<div class=\"cards\">");
        foreach (var marker in markers)
        {
            html.Raw("<figure>");
            Picture(html, content, marker);
            html.Raw("<figcaption><b>").Text(marker.Tag).Raw("</b>");
            html.Raw($"<span class=\"when\">{ReportTimes.Clock(marker.Start)} – {ReportTimes.Clock(marker.End)}</span>");
            html.Raw(
                $"<span class=\"meter\"><i style=\"width:{ReportTimes.Number(Math.Clamp(marker.Confidence, 0, 1) * 100)}%\"></i></span>"
            );
            html.Raw(
                $"<span class=\"facts\">{ReportTimes.Length(marker.End - marker.Start)} · confidence {ReportTimes.Number(marker.Confidence, "0.00")}</span>"
            );
            html.Raw("</figcaption></figure>");
        }

        html.Raw("</div></section>");
    }

    private static void Picture(Html html, ReportContent content, AnalysisMarker marker)
    {
        var middle = marker.Start + ((marker.End - marker.Start) / 2);
        var inside = content.Pictures.Where(p => p.Key >= marker.Start && p.Key < marker.End && !p.Value.IsEmpty).ToList();
        if (inside.Count == 0)
        {
            html.Raw("<div class=\"nopicture\">no picture</div>");
            return;
        }

        var nearest = inside.MinBy(p => (p.Key - middle).Duration());
        html.Raw("<img loading=\"lazy\" alt=\"\" src=\"data:image/jpeg;base64,").Raw(Convert.ToBase64String(nearest.Value.Span)).Raw("\">");
    }
}
