using HavenVlm.Core.Common;

namespace HavenVlm.Core.Markers;

/// <summary>What one tag's answers say over time: pieces in order, without gaps and overlaps.</summary>
internal sealed class TagSeries
{
    private readonly IReadOnlyList<Piece> _pieces;
    private readonly TimeSpan[] _starts;
    private readonly double _threshold;

    private TagSeries(IReadOnlyList<Piece> pieces, TimeSpan[] starts, double threshold)
    {
        _pieces = pieces;
        _starts = starts;
        _threshold = threshold;
    }

    /// <summary>A stretch that one answer stands for.</summary>
    /// <param name="Range">From the answer's planned time to the next.</param>
    /// <param name="Confidence">0 when the model did not see the tag; null = a hole, nobody knows.</param>
    /// <param name="IsSeen">Whether the model named the tag, with whatever confidence.</param>
    private readonly record struct Piece(TimeRange Range, double? Confidence, bool IsSeen);

    /// <summary>The distinct confidences with which the tag was seen, from the lowest.</summary>
    public IReadOnlyList<double> Confidences =>
        [.. _pieces.Where(piece => piece.IsSeen).Select(piece => piece.Confidence!.Value).Distinct().Order()];

    /// <summary>
    /// The series of a tag. An answer stands until the next planned time, the last one until the end of the video but at most for one
    /// interval.
    /// </summary>
    public static TagSeries Of(IReadOnlyList<TimedAnswer> answers, string tag, double threshold, TimeSpan interval, TimeSpan duration)
    {
        var pieces = new List<Piece>(answers.Count);
        for (var i = 0; i < answers.Count && answers[i].Time < duration; i++)
        {
            var answer = answers[i];
            var end = i + 1 < answers.Count ? answers[i + 1].Time : answer.Time + interval;
            end = end < duration ? end : duration;
            var isHole = answer.Tags is null || answer.Unknown.Contains(tag, StringComparer.Ordinal);
            var confidence = 0.0;
            var isSeen = !isHole && answer.Tags!.TryGetValue(tag, out confidence);
            pieces.Add(new Piece(new TimeRange(answer.Time, end), isHole ? null : confidence, isSeen));
        }

        return new TagSeries(pieces, [.. pieces.Select(piece => piece.Range.Start)], threshold);
    }

    /// <summary>The same answers judged by another threshold.</summary>
    public TagSeries WithThreshold(double threshold) => new(_pieces, _starts, threshold);

    /// <summary>The stretches in which the tag is on, those closer than <paramref name="maxGap"/> joined.</summary>
    public IEnumerable<TimeRange> JoinedStretches(TimeSpan maxGap) =>
        TimeRanges.Join(
            _pieces
                .Where(piece => piece.IsSeen && piece.Confidence >= _threshold && piece.Range.Length > TimeSpan.Zero)
                .Select(piece => piece.Range),
            maxGap
        );

    /// <summary>The longest stretches in which the tag is nowhere known to be off, as far as there is a hole in them.</summary>
    public IEnumerable<TimeRange> PossibleStretches()
    {
        TimeRange? open = null;
        var hasHole = false;
        foreach (var piece in _pieces.Where(piece => piece.Range.Length > TimeSpan.Zero))
        {
            var isHole = piece.Confidence is null;
            if (isHole || (piece.IsSeen && piece.Confidence >= _threshold))
            {
                open = new TimeRange(open?.Start ?? piece.Range.Start, piece.Range.End);
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

    /// <summary>Mean confidence over a stretch, weighted by time; holes say nothing and do not count.</summary>
    public double MeanConfidence(TimeRange stretch)
    {
        var index = Array.BinarySearch(_starts, stretch.Start);
        index = index < 0 ? Math.Max(0, ~index - 1) : index;
        double weighted = 0;
        long known = 0;
        for (; index < _pieces.Count && _pieces[index].Range.Start < stretch.End; index++)
        {
            var piece = _pieces[index];
            var from = Math.Max(piece.Range.Start.Ticks, stretch.Start.Ticks);
            var to = Math.Min(piece.Range.End.Ticks, stretch.End.Ticks);
            if (piece.Confidence is { } confidence && to > from)
            {
                weighted += confidence * (to - from);
                known += to - from;
            }
        }

        return known == 0 ? 0 : weighted / known;
    }
}
