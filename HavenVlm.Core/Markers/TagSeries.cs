using HavenVlm.Core.Common;

namespace HavenVlm.Core.Markers;

/// <summary>What one tag's answers say over time: segments in order, without gaps and overlaps.</summary>
internal sealed class TagSeries
{
    private readonly IReadOnlyList<Segment> _segments;
    private readonly TimeSpan[] _starts;
    private readonly double _threshold;

    private TagSeries(IReadOnlyList<Segment> segments, TimeSpan[] starts, double threshold)
    {
        _segments = segments;
        _starts = starts;
        _threshold = threshold;
    }

    /// <summary>A span that one answer stands for.</summary>
    /// <param name="Range">From the answer's planned time to the next.</param>
    /// <param name="Confidence">0 when the model did not see the tag; null = a hole, nobody knows.</param>
    /// <param name="IsSeen">Whether the model named the tag, with whatever confidence.</param>
    private readonly record struct Segment(TimeRange Range, double? Confidence, bool IsSeen);

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
            segments.Add(new Segment(new TimeRange(answer.Time, end), isHole ? null : confidence, isSeen));
        }

        return new TagSeries(segments, [.. segments.Select(segment => segment.Range.Start)], threshold);
    }

    /// <summary>The same answers judged by another threshold.</summary>
    public TagSeries WithThreshold(double threshold) => new(_segments, _starts, threshold);

    /// <summary>The spans in which the tag is on, those closer than <paramref name="maxGap"/> joined.</summary>
    public IEnumerable<TimeRange> JoinedSpans(TimeSpan maxGap) =>
        TimeRanges.Join(
            _segments
                .Where(segment => segment.IsSeen && segment.Confidence >= _threshold && segment.Range.Length > TimeSpan.Zero)
                .Select(segment => segment.Range),
            maxGap
        );

    /// <summary>The longest spans in which the tag is nowhere known to be off, as far as there is a hole in them.</summary>
    public IEnumerable<TimeRange> PossibleSpans()
    {
        TimeRange? open = null;
        var hasHole = false;
        foreach (var segment in _segments.Where(segment => segment.Range.Length > TimeSpan.Zero))
        {
            var isHole = segment.Confidence is null;
            if (isHole || (segment.IsSeen && segment.Confidence >= _threshold))
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
    public double MeanConfidence(TimeRange span)
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
            if (segment.Confidence is { } confidence && to > from)
            {
                weighted += confidence * (to - from);
                known += to - from;
            }
        }

        return known == 0 ? 0 : weighted / known;
    }
}
