using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers.Smoothing;

namespace HavenVlm.Core.Markers;

/// <summary>What one tag's answers say over time: segments in order, without gaps and overlaps.</summary>
internal sealed class TagSeries
{
    private readonly IReadOnlyList<Segment> _segments;
    private readonly TimeSpan[] _starts;
    private readonly string _tag;
    private readonly double _threshold;
    private readonly SmoothedTag? _smoothed;

    private TagSeries(IReadOnlyList<Segment> segments, TimeSpan[] starts, string tag, double threshold, SmoothedTag? smoothed = null)
    {
        _segments = segments;
        _starts = starts;
        _tag = tag;
        _threshold = threshold;
        _smoothed = smoothed;
    }

    /// <summary>A span that one answer stands for.</summary>
    /// <param name="Range">From the answer's planned time to the next.</param>
    /// <param name="Confidence">0 when the model did not see the tag; null = a hole, nobody knows.</param>
    /// <param name="IsSeen">Whether the model named the tag, with whatever confidence.</param>
    /// <param name="IsReused">Whether the answer is that of another frame.</param>
    /// <param name="Kind">What kind of number the confidence is.</param>
    private readonly record struct Segment(TimeRange Range, double? Confidence, bool IsSeen, bool IsReused, ConfidenceKind? Kind);

    /// <summary>Whether the model's answers do not tell where the tag is.</summary>
    public bool IsUnreliable { get; private init; }

    /// <summary>The distinct confidences with which the tag was seen, from the lowest.</summary>
    public IReadOnlyList<double> Confidences =>
        [.. _segments.Where(segment => segment.IsSeen).Select(segment => segment.Confidence!.Value).Distinct().Order()];

    /// <summary>
    /// The series of a tag. An answer stands until the next planned time, the last one until the end of the video but at most for one
    /// interval.
    /// </summary>
    public static TagSeries Of(IReadOnlyList<TimedAnswer> answers, string tag, double threshold, TimeSpan interval, TimeSpan duration)
    {
        var segments = new List<Segment>(answers.Count);
        for (var i = 0; i < answers.Count && answers[i].Time < duration; i++)
        {
            var answer = answers[i];
            var end = i + 1 < answers.Count ? answers[i + 1].Time : answer.Time + interval;
            end = end < duration ? end : duration;
            var isHole = answer.Tags is null || answer.Unknown.Contains(tag, StringComparer.Ordinal);
            var confidence = 0.0;
            var isSeen = !isHole && answer.Tags!.TryGetValue(tag, out confidence);
            var isReused = answer.IsReused || answer.Reused.Contains(tag, StringComparer.Ordinal);
            segments.Add(new Segment(new TimeRange(answer.Time, end), isHole ? null : confidence, isSeen, isReused, answer.Kind));
        }

        return new TagSeries(segments, [.. segments.Select(segment => segment.Range.Start)], tag, threshold);
    }

    /// <summary>The same answers judged by another threshold, each as it is.</summary>
    public TagSeries WithThreshold(double threshold) => new(_segments, _starts, _tag, threshold);

    /// <summary>The same answers judged by some rules.</summary>
    /// <param name="rules">The rules of the tag.</param>
    /// <param name="model">With what answers are smoothed; null = each counts as it is.</param>
    public TagSeries Judged(ResolvedRules rules, SmoothingModel? model)
    {
        var plain = WithThreshold(rules.Threshold);
        return model is null || rules.Smoothing == SmoothingMode.Off ? plain : plain.Smoothed(model, rules.SmoothingStrength);
    }

    /// <summary>The looks at the tag, as smoothing takes them.</summary>
    public TagLooks Looks(IReadOnlyList<double> cuts, double cutSeconds) =>
        new([.. Enumerable.Range(0, _segments.Count).Select(LookAt)], cuts, cutSeconds);

    /// <summary>The spans in which the tag is on, those closer than <paramref name="maxGap"/> joined.</summary>
    public IEnumerable<TimeRange> JoinedSpans(TimeSpan maxGap) =>
        TimeRanges.Join(
            _segments
                .Where((segment, i) => segment.Confidence is not null && IsOn(i) && segment.Range.Length > TimeSpan.Zero)
                .Select(segment => segment.Range),
            maxGap
        );

    /// <summary>The longest spans in which the tag is nowhere known to be off, as far as there is a hole in them.</summary>
    public IEnumerable<TimeRange> PossibleSpans()
    {
        TimeRange? open = null;
        var hasHole = false;
        foreach (var (i, segment) in _segments.Index().Where(segment => segment.Item.Range.Length > TimeSpan.Zero))
        {
            var isHole = segment.Confidence is null;
            if (isHole || IsOn(i))
            {
                open = new TimeRange(open?.Start ?? segment.Range.Start, segment.Range.End);
                hasHole |= isHole;
                continue;
            }

            if (open is { } done && hasHole)
            {
                yield return done;
            }

            (open, hasHole) = (null, false);
        }

        if (open is { } last && hasHole)
        {
            yield return last;
        }
    }

    /// <summary>Mean confidence over a span, weighted by time; holes say nothing and do not count.</summary>
    public double MeanConfidence(TimeRange span) => Mean(span, i => _segments[i].Confidence);

    /// <summary>How certain it is that the tag is on over a span: the mean probability of it, without smoothing the mean confidence.</summary>
    public double MeanCertainty(TimeRange span) =>
        _smoothed is null ? MeanConfidence(span) : Mean(span, i => _segments[i].Confidence is null ? null : _smoothed.Odds[i]);

    private TagSeries Smoothed(SmoothingModel model, double strength)
    {
        if (model.Parameters is { Plain: true, Before: null })
        {
            return this;
        }

        var looks = Looks(model.CutSeconds, model.Parameters.CutSeconds);
        return new TagSeries(_segments, _starts, _tag, _threshold, SmoothedTag.Of(looks, _tag, model.Parameters, strength))
        {
            IsUnreliable = !model.Parameters.Plain && !model.Parameters.Of(_tag).Reliable,
        };
    }

    private Look LookAt(int index)
    {
        var segment = _segments[index];
        var isPositive = segment.IsSeen && segment.Confidence >= _threshold;
        var evidence =
            segment.Confidence is null || segment.IsReused ? LookEvidence.None
            : isPositive ? LookEvidence.Positive
            : LookEvidence.Negative;
        return new Look(
            segment.Range.Start.TotalSeconds,
            evidence,
            isPositive,
            isPositive ? ConfidenceBins.Of(segment.Kind, segment.Confidence!.Value) : -1
        );
    }

    private bool IsOn(int index) => _smoothed?.Path[index] ?? (_segments[index].IsSeen && _segments[index].Confidence >= _threshold);

    private double Mean(TimeRange span, Func<int, double?> valueOf)
    {
        var index = Array.BinarySearch(_starts, span.Start);
        index = index < 0 ? Math.Max(0, ~index - 1) : index;
        double weighted = 0;
        long known = 0;
        for (; index < _segments.Count && _segments[index].Range.Start < span.End; index++)
        {
            var segment = _segments[index];
            var from = Math.Max(segment.Range.Start.Ticks, span.Start.Ticks);
            var to = Math.Min(segment.Range.End.Ticks, span.End.Ticks);
            if (to > from && valueOf(index) is { } value)
            {
                weighted += value * (to - from);
                known += to - from;
            }
        }

        return known == 0 ? 0 : weighted / known;
    }
}
