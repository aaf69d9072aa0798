namespace HavenVlm.Core.Common;

/// <summary>Arithmetic on stretches of time.</summary>
internal static class TimeRanges
{
    /// <summary>The same stretches, ordered and joined where they touch or overlap.</summary>
    public static IReadOnlyList<TimeRange> Union(IEnumerable<TimeRange> ranges)
    {
        var joined = new List<TimeRange>();
        foreach (var range in ranges.Where(range => range.End > range.Start).OrderBy(range => range.Start))
        {
            if (joined.Count > 0 && range.Start <= joined[^1].End)
            {
                var last = joined[^1];
                joined[^1] = last with { End = range.End > last.End ? range.End : last.End };
            }
            else
            {
                joined.Add(range);
            }
        }

        return joined;
    }

    /// <summary>What of a stretch is in none of the others.</summary>
    public static IReadOnlyList<TimeRange> Without(TimeRange whole, IEnumerable<TimeRange> taken)
    {
        var rest = new List<TimeRange>();
        var from = whole.Start;
        foreach (var range in Union(taken))
        {
            if (range.Start >= whole.End)
            {
                break;
            }

            if (range.Start > from)
            {
                rest.Add(new TimeRange(from, range.Start));
            }

            from = range.End > from ? range.End : from;
        }

        if (from < whole.End)
        {
            rest.Add(new TimeRange(from, whole.End));
        }

        return rest;
    }

    /// <summary>The parts of stretches that lie inside a window.</summary>
    public static IReadOnlyList<TimeRange> Within(TimeRange window, IEnumerable<TimeRange> ranges) =>
        [
            .. ranges
                .Select(range => new TimeRange(
                    range.Start > window.Start ? range.Start : window.Start,
                    range.End < window.End ? range.End : window.End
                ))
                .Where(range => range.End > range.Start),
        ];

    /// <summary>
    /// Joins stretches that touch, overlap or are closer than <paramref name="maxGap"/>. Joining what was joined by a smaller gap comes
    /// to the same as joining the original.
    /// </summary>
    /// <param name="ordered">By their beginnings.</param>
    /// <param name="maxGap">Holes shorter than this are bridged.</param>
    public static IEnumerable<TimeRange> Join(IEnumerable<TimeRange> ordered, TimeSpan maxGap)
    {
        TimeRange? current = null;
        foreach (var range in ordered)
        {
            if (current is { } open && (range.Start <= open.End || range.Start - open.End < maxGap))
            {
                current = open with { End = range.End > open.End ? range.End : open.End };
                continue;
            }

            if (current is { } done)
            {
                yield return done;
            }

            current = range;
        }

        if (current is { } last)
        {
            yield return last;
        }
    }
}
