using HavenVlm.Core.Common;

namespace HavenVlm.Core.Markers.Tuning;

/// <summary>How near computed spans come to the true ones, measured in time.</summary>
/// <param name="Common">Time that both hold, in milliseconds.</param>
/// <param name="Computed">Time that the computed spans hold.</param>
/// <param name="Truth">Time that the true spans hold.</param>
/// <param name="Spans">Number of computed spans.</param>
/// <param name="MeanIou">Mean over the true spans of the overlap with the computed span that fits each best, as intersection over union.</param>
internal readonly record struct SpanScore(long Common, long Computed, long Truth, int Spans, double MeanIou)
{
    /// <summary>Share of the computed time that is true, 0 to 1; 1 when nothing was computed.</summary>
    public double Precision => Computed == 0 ? 1 : (double)Common / Computed;

    /// <summary>Share of the true time that was computed, 0 to 1; 1 when nothing is true.</summary>
    public double Recall => Truth == 0 ? 1 : (double)Common / Truth;

    /// <summary>Harmonic mean of precision and recall; 1 when nothing is true and nothing was computed.</summary>
    public double F1 => Computed + Truth == 0 ? 1 : 2.0 * Common / (Computed + Truth);

    /// <summary>Scores spans that are disjoint and in order.</summary>
    public static SpanScore Of(IReadOnlyList<TimeRange> computed, TruthSpans truth)
    {
        long common = 0;
        long length = 0;
        foreach (var span in computed)
        {
            common += truth.In(span);
            length += LengthOf(span);
        }

        return new SpanScore(common, length, truth.Total, computed.Count, MeanIouOf(computed, truth));
    }

    /// <summary>Several tags as one.</summary>
    public static SpanScore Sum(IReadOnlyCollection<SpanScore> scores, int truthSpans, IEnumerable<double> weightedIou) =>
        new(
            scores.Sum(score => score.Common),
            scores.Sum(score => score.Computed),
            scores.Sum(score => score.Truth),
            scores.Sum(score => score.Spans),
            truthSpans == 0 ? 1 : weightedIou.Sum() / truthSpans
        );

    /// <summary>Length as a marker has it, in milliseconds.</summary>
    public static long LengthOf(TimeRange span) => TruthSpans.Milliseconds(span.End) - TruthSpans.Milliseconds(span.Start);

    /// <summary>Each computed span fits one true span only: the best fits are taken first.</summary>
    public static double MeanIouOf(IReadOnlyList<TimeRange> computed, TruthSpans truth)
    {
        if (truth.Spans.Count == 0)
        {
            return computed.Count == 0 ? 1 : 0;
        }

        var pairs = Overlapping(computed, truth.Spans).OrderByDescending(pair => pair.Iou).ToList();
        var takenComputed = new HashSet<int>();
        var takenTruth = new HashSet<int>();
        double sum = 0;
        foreach (var (first, second, iou) in pairs)
        {
            if (!takenComputed.Contains(first) && takenTruth.Add(second))
            {
                _ = takenComputed.Add(first);
                sum += iou;
            }
        }

        return sum / truth.Spans.Count;
    }

    private static IEnumerable<(int Computed, int Truth, double Iou)> Overlapping(
        IReadOnlyList<TimeRange> computed,
        IReadOnlyList<TimeRange> truth
    )
    {
        for (int i = 0, j = 0; i < computed.Count && j < truth.Count; )
        {
            var from = computed[i].Start > truth[j].Start ? computed[i].Start : truth[j].Start;
            var to = computed[i].End < truth[j].End ? computed[i].End : truth[j].End;
            if (to > from)
            {
                var common = LengthOf(new TimeRange(from, to));
                var union = LengthOf(computed[i]) + LengthOf(truth[j]) - common;
                yield return (i, j, union == 0 ? 0 : (double)common / union);
            }

            if (computed[i].End <= truth[j].End)
            {
                i++;
            }
            else
            {
                j++;
            }
        }
    }
}
