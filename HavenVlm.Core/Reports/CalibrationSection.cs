using System.Globalization;
using System.Text;
using HavenVlm.Core.Markers.Tuning;

namespace HavenVlm.Core.Reports;

/// <summary>How far confidence can be trusted: a drawing for every kind. On the diagonal claimed and true agree.</summary>
internal static class CalibrationSection
{
    private const int Side = 260;
    private const int Left = 40;
    private const int Top = 10;

    public static void Write(Html html, IReadOnlyList<CalibrationCurve> curves)
    {
        if (curves.Count == 0)
        {
            return;
        }

        html.Raw("<section><h2>How far confidence can be trusted</h2><div class=\"curves\">");
        foreach (var curve in curves)
        {
            var kind = curve.Kind.ToString().ToLowerInvariant();
            html.Raw("<figure class=\"curve\">").Raw(Drawing(curve, kind)).Raw("<figcaption>");
            html.Raw($"<b>{kind}</b> <span class=\"facts\">{curve.Samples} answers · calibration error ");
            html.Raw($"{ReportTimes.Number(curve.ExpectedError, "0.000")} · Brier score {ReportTimes.Number(curve.Brier, "0.000")}</span>");
            html.Raw("</figcaption></figure>");
        }

        html.Raw(
                "</div><p class=\"empty\">Points: what answers of about this confidence claimed, and which share of them your markers call true, "
            )
            .Raw(
                "with its 95 % interval. Line: the same without bins (isotonic). Below the diagonal the model is surer than it should be. "
            )
            .Raw("Neighboring frames are alike, so the intervals are narrower than they should be.</p></section>");
    }

    private static string Drawing(CalibrationCurve curve, string kind)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Left + Side + 12} {Top + Side + 34}\" role=\"img\" ")
            .Append(CultureInfo.InvariantCulture, $"aria-label=\"Claimed and true share, {kind} confidence\">")
            .Append(CultureInfo.InvariantCulture, $"<rect class=\"frame\" x=\"{Left}\" y=\"{Top}\" width=\"{Side}\" height=\"{Side}\"/>")
            .Append(CultureInfo.InvariantCulture, $"<path class=\"ideal\" d=\"M{X(0)} {Y(0)}L{X(1)} {Y(1)}\"/>")
            .Append(CultureInfo.InvariantCulture, $"<path class=\"steps\" d=\"{Steps(curve)}\"/>");
        foreach (var bin in curve.Bins)
        {
            svg.Append(
                    CultureInfo.InvariantCulture,
                    $"<path class=\"interval\" d=\"M{X(bin.MeanConfidence)} {Y(bin.Low)}V{Y(bin.High)}\"/>"
                )
                .Append(
                    CultureInfo.InvariantCulture,
                    $"<circle class=\"bin\" cx=\"{X(bin.MeanConfidence)}\" cy=\"{Y(bin.Observed)}\" r=\"4\"><title>{bin.Count} answers: "
                )
                .Append(CultureInfo.InvariantCulture, $"claimed {bin.MeanConfidence:0.00}, true {bin.Observed:0.00}</title></circle>");
        }

        foreach (var tick in (double[])[0, 0.5, 1])
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(tick)}\" y=\"{Top + Side + 15}\" text-anchor=\"middle\">{tick}</text>")
                .Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{Y(tick)}\" dy=\"4\" text-anchor=\"end\">{tick}</text>");
        }

        return svg.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"{X(0.5)}\" y=\"{Top + Side + 30}\" text-anchor=\"middle\">claimed</text>"
            )
            .Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"12\" y=\"{Y(0.5)}\" text-anchor=\"middle\" transform=\"rotate(-90 12 {Y(0.5)})\">true</text></svg>"
            )
            .ToString();
    }

    private static string Steps(CalibrationCurve curve)
    {
        var path = new StringBuilder();
        foreach (var step in curve.Isotonic)
        {
            path.Append(CultureInfo.InvariantCulture, $"{(path.Length == 0 ? 'M' : 'L')}{X(step.From)} {Y(step.Observed)}H{X(step.To)}");
        }

        return path.ToString();
    }

    private static string X(double share) => ReportTimes.Number(Left + (Side * share), "0.#");

    private static string Y(double share) => ReportTimes.Number(Top + (Side * (1 - share)), "0.#");
}
