using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers.Smoothing;

namespace HavenVlm.Core.Markers.Tuning;

/// <summary>
/// Finds the best settings of a tag whose spans depend on no other tag. Exact: it tries one value of every cell of threshold, gap and
/// least length (see <see cref="SettingCells"/>), as long as there are at most <see cref="MaxThresholds"/> distinct confidences; of more,
/// so many evenly chosen ones and then all between the neighbors of the best.
/// </summary>
/// <remarks>
/// With n answers every interval there are at most n / k spans left once holes shorter than k intervals are joined, so all gaps of one
/// threshold together have O(n log n) spans. The least lengths of one gap come from one sort and running sums. In all
/// O(thresholds x n log² n); measured on 1800 answers with as many confidences: half a second.
/// </remarks>
internal sealed class SingleTagSearch
{
    private const int MaxThresholds = 512;
    private static readonly double[] Strengths = [0.5, 0.7, 0.85, 1, 1.2, 1.5, 2];
    private readonly TagMarkerSettings _inForce;
    private readonly TagMarkerSettings _defaults;
    private readonly TruthSpans _truth;
    private readonly TagSeries _series;
    private readonly SmoothingModel? _smoothing;
    private readonly TimeSpan[] _gaps;
    private readonly TimeSpan[] _lengths;
    private Candidate _best;

    private SingleTagSearch(
        TagMarkerSettings inForce,
        TagMarkerSettings defaults,
        TruthSpans truth,
        TagSeries series,
        SmoothingModel? smoothing
    )
    {
        _smoothing = smoothing;
        _inForce = inForce;
        _defaults = defaults;
        _truth = truth;
        _series = series;
        _gaps = [inForce.MaxGap, defaults.MaxGap];
        _lengths = [inForce.MinMarkerDuration, defaults.MinMarkerDuration];
        _best = InForce();
    }

    /// <summary>Settings, and how good they are.</summary>
    private sealed record Candidate(TagMarkerSettings Settings, long Common, long Computed, double MeanIou, ChangeCost Cost);

    /// <summary>The best settings; those in force unless others are better.</summary>
    public static TagMarkerSettings Find(
        TagMarkerSettings inForce,
        TagMarkerSettings defaults,
        TruthSpans truth,
        TagSeries series,
        SmoothingModel? smoothing = null
    ) => new SingleTagSearch(inForce, defaults, truth, series, smoothing).Find();

    private TagMarkerSettings Find()
    {
        var all = SettingCells.Thresholds(_series.Confidences, [_inForce.Threshold, _defaults.Threshold]);
        var tried = SettingCells.Thin(all, MaxThresholds);
        foreach (var threshold in tried)
        {
            Try(_inForce with { Threshold = threshold.Value });
        }

        TrySmoothing();
        if (tried.Count < all.Count)
        {
            Refine(all, tried);
        }

        return _best.Settings;
    }

    private void Refine(IReadOnlyList<SettingCell<double>> all, IReadOnlyList<SettingCell<double>> tried)
    {
        var values = tried.Select(cell => cell.Value).ToList();
        var index = values.IndexOf(_best.Settings.Threshold);
        var from = index > 0 ? values[index - 1] : double.NegativeInfinity;
        var to = index >= 0 && index + 1 < values.Count ? values[index + 1] : double.PositiveInfinity;
        foreach (var threshold in all.Where(cell => cell.Value > from && cell.Value < to))
        {
            Try(_best.Settings with { Threshold = threshold.Value });
        }
    }

    /// <summary>With and without smoothing, and more or less of it, at the best threshold so far.</summary>
    private void TrySmoothing()
    {
        if (_smoothing is null)
        {
            return;
        }

        var best = _best.Settings;
        Try(best with { Smoothing = SmoothingMode.Off });
        foreach (var strength in Strengths)
        {
            Try(best with { Smoothing = SmoothingMode.Auto, SmoothingStrength = strength });
        }
    }

    private Candidate InForce()
    {
        var spans = _series
            .Judged(_inForce, _smoothing)
            .JoinedSpans(_inForce.MaxGap)
            .Where(span => span.Length >= _inForce.MinMarkerDuration)
            .ToList();
        var score = SpanScore.Of(spans, _truth);
        return new Candidate(_inForce, score.Common, score.Computed, score.MeanIou, default);
    }

    private void Try(TagMarkerSettings settings)
    {
        var spans = _series.Judged(settings, _smoothing).JoinedSpans(TimeSpan.Zero).ToList();
        if (spans.Count == 0)
        {
            return;
        }

        var holes = spans.Zip(spans.Skip(1), (left, right) => right.Start - left.End).Distinct().Order().ToList();
        foreach (var gap in SettingCells.Gaps(holes, _gaps))
        {
            spans = [.. TimeRanges.Join(spans, gap.Value)];
            TryLengths(settings with { MaxGap = gap.Value }, spans);
        }
    }

    private void TryLengths(TagMarkerSettings settings, List<TimeRange> spans)
    {
        var byLength = spans.OrderByDescending(span => span.Length).ToList();
        var lengths = byLength.Select(span => span.Length).Distinct().Reverse().ToList();
        var cells = SettingCells.Lengths(lengths, _lengths);
        long common = 0;
        long computed = 0;
        var next = 0;
        for (var i = cells.Count - 1; i >= 0; i--)
        {
            for (; next < byLength.Count && byLength[next].Length >= lengths[i]; next++)
            {
                common += _truth.In(byLength[next]);
                computed += SpanScore.LengthOf(byLength[next]);
            }

            var least = cells[i].Value;
            Consider(settings with { MinMarkerDuration = least }, common, computed, () => spans.FindAll(span => span.Length >= least));
        }
    }

    private void Consider(TagMarkerSettings settings, long common, long computed, Func<List<TimeRange>> spans)
    {
        // F1 = 2 common / (computed + truth), compared exactly.
        var gain = ((Int128)common * (_best.Computed + _truth.Total)) - ((Int128)_best.Common * (computed + _truth.Total));
        if (gain < 0 || common == 0)
        {
            return;
        }

        var cost = ChangeCost.Of(_inForce, settings);
        var iou = SpanScore.MeanIouOf(spans(), _truth);
        if (gain > 0 || iou > _best.MeanIou + Scores.Tie || (iou > _best.MeanIou - Scores.Tie && cost.IsBelow(_best.Cost)))
        {
            _best = new Candidate(settings, common, computed, iou, cost);
        }
    }
}

/// <summary>Comparing scores.</summary>
internal static class Scores
{
    /// <summary>Less than this is no difference.</summary>
    public const double Tie = 1e-9;
}
