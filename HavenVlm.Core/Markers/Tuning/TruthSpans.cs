using HavenVlm.Core.Common;

namespace HavenVlm.Core.Markers.Tuning;

/// <summary>
/// Where a tag really holds, according to the user: disjoint, in order, in whole milliseconds as Stash keeps them. How much of it lies in
/// any span is found in logarithmic time.
/// </summary>
internal sealed class TruthSpans
{
    private readonly long[] _starts;
    private readonly long[] _ends;

    // Truth before each span.
    private readonly long[] _before;

    private TruthSpans(IReadOnlyList<TimeRange> spans)
    {
        Spans = spans;
        _starts = [.. spans.Select(span => Milliseconds(span.Start))];
        _ends = [.. spans.Select(span => Milliseconds(span.End))];
        _before = new long[spans.Count];
        for (var i = 0; i < spans.Count; i++)
        {
            _before[i] = Total;
            Total += _ends[i] - _starts[i];
        }
    }

    public IReadOnlyList<TimeRange> Spans { get; }

    /// <summary>Their length together, in milliseconds.</summary>
    public long Total { get; }

    /// <summary>Spans of a user, in any order; those that touch or overlap are one, what lies outside the video does not count.</summary>
    public static TruthSpans Of(IEnumerable<TimeRange> spans, TimeSpan duration) =>
        new([
            .. TimeRanges.Join(
                spans
                    .Select(span => new TimeRange(
                        Rounded(span.Start < TimeSpan.Zero ? TimeSpan.Zero : span.Start),
                        Rounded(span.End > duration ? duration : span.End)
                    ))
                    .Where(span => span.End > span.Start)
                    .OrderBy(span => span.Start),
                TimeSpan.Zero
            ),
        ]);

    /// <summary>How much of the truth lies in a span, in milliseconds.</summary>
    public long In(TimeRange span) => Before(Milliseconds(span.End)) - Before(Milliseconds(span.Start));

    /// <summary>Whether a moment lies in it.</summary>
    public bool Covers(TimeSpan time)
    {
        var index = Index(Milliseconds(time));
        return index >= 0 && Milliseconds(time) < _ends[index];
    }

    /// <summary>The nearest millisecond: what a marker can say.</summary>
    public static long Milliseconds(TimeSpan time) => (long)Math.Round(time.TotalMilliseconds);

    private static TimeSpan Rounded(TimeSpan time) => TimeSpan.FromMilliseconds(Milliseconds(time));

    private long Before(long time)
    {
        var index = Index(time);
        return index < 0 ? 0 : _before[index] + Math.Min(time, _ends[index]) - _starts[index];
    }

    /// <summary>The last span that begins at or before a time; -1 = none.</summary>
    private int Index(long time)
    {
        var index = Array.BinarySearch(_starts, time);
        return index < 0 ? ~index - 1 : index;
    }
}
