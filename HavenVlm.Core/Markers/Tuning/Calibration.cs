using HavenVlm.Core.Common;

namespace HavenVlm.Core.Markers.Tuning;

/// <summary>One answer about one tag, and whether it was right.</summary>
/// <param name="Kind">What kind of number the confidence is.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="IsTrue">Whether the user has a marker of the tag there.</param>
internal readonly record struct ConfidenceSample(ConfidenceKind Kind, double Confidence, bool IsTrue);

/// <summary>
/// How far confidences can be trusted. Reliability bins with Wilson's score interval (Wilson 1927), expected calibration error (Naeini
/// et al. 2015), Brier score (Brier 1950), and the isotonic regression of what was true on what was claimed, by pooling adjacent
/// violators (Ayer et al. 1955), which needs no bins.
/// </summary>
internal static class Calibration
{
    private const int Bins = 10;

    // The 95 % interval of the normal distribution.
    private const double Z = 1.959964;

    /// <summary>A curve for every kind of confidence that occurs, the most frequent one first.</summary>
    public static IReadOnlyList<CalibrationCurve> Of(IEnumerable<ConfidenceSample> samples) =>
        [
            .. samples
                .GroupBy(sample => sample.Kind)
                .OrderByDescending(kind => kind.Count())
                .Select(kind => CurveOf(kind.Key, [.. kind.OrderBy(sample => sample.Confidence)])),
        ];

    private static CalibrationCurve CurveOf(ConfidenceKind kind, IReadOnlyList<ConfidenceSample> samples)
    {
        var bins = samples
            .GroupBy(sample => Math.Clamp((int)(sample.Confidence * Bins), 0, Bins - 1))
            .OrderBy(bin => bin.Key)
            .Select(bin => BinOf(bin.Key, [.. bin]))
            .ToList();
        return new CalibrationCurve
        {
            Kind = kind,
            Samples = samples.Count,
            ExpectedError = bins.Sum(bin => bin.Count * Math.Abs(bin.MeanConfidence - bin.Observed)) / samples.Count,
            Brier = samples.Average(sample => Math.Pow(sample.Confidence - (sample.IsTrue ? 1 : 0), 2)),
            Bins = bins,
            Isotonic = Isotonic(samples),
        };
    }

    private static CalibrationBin BinOf(int bin, IReadOnlyList<ConfidenceSample> samples)
    {
        double n = samples.Count;
        var observed = samples.Count(sample => sample.IsTrue) / n;
        var center = (observed + (Z * Z / (2 * n))) / (1 + (Z * Z / n));
        var margin = Z / (1 + (Z * Z / n)) * Math.Sqrt((observed * (1 - observed) / n) + (Z * Z / (4 * n * n)));
        return new CalibrationBin
        {
            From = (double)bin / Bins,
            To = (bin + 1.0) / Bins,
            Count = samples.Count,
            MeanConfidence = samples.Average(sample => sample.Confidence),
            Observed = observed,
            Low = Math.Clamp(center - margin, 0, 1),
            High = Math.Clamp(center + margin, 0, 1),
        };
    }

    private static IReadOnlyList<CalibrationPoint> Isotonic(IReadOnlyList<ConfidenceSample> ordered)
    {
        var blocks = new Stack<(double From, double To, int Count, int True)>();
        foreach (var confidence in ordered.GroupBy(sample => sample.Confidence))
        {
            (double From, double To, int Count, int True) block = (
                confidence.Key,
                confidence.Key,
                confidence.Count(),
                confidence.Count(sample => sample.IsTrue)
            );
            while (blocks.TryPeek(out var before) && (long)before.True * block.Count >= (long)block.True * before.Count)
            {
                _ = blocks.Pop();
                block = (before.From, block.To, before.Count + block.Count, before.True + block.True);
            }

            blocks.Push(block);
        }

        return
        [
            .. blocks.Reverse().Select(block => new CalibrationPoint(block.From, block.To, (double)block.True / block.Count, block.Count)),
        ];
    }
}
