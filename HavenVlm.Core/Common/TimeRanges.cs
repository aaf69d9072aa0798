namespace HavenVlm.Core.Common;

/// <summary>Arithmetic on stretches of time.</summary>
internal static class TimeRanges
{
    /// <summary>The same stretches, ordered and joined where they touch or overlap.</summary>
    public static IReadOnlyList<TimeRange> Union(IEnumerable<TimeRange> ranges)
    {
        var joined = new List<TimeRange>();
        foreach (var range in ranges.Where(range => range.To > range.From).OrderBy(range => range.From))
        {
            if (joined.Count > 0 && range.From <= joined[^1].To)
            {
                var last = joined[^1];
                joined[^1] = last with { To = range.To > last.To ? range.To : last.To };
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
        var from = whole.From;
        foreach (var range in Union(taken))
        {
            if (range.From >= whole.To)
            {
                break;
            }

            if (range.From > from)
            {
                rest.Add(new TimeRange(from, range.From));
            }

            from = range.To > from ? range.To : from;
        }

        if (from < whole.To)
        {
            rest.Add(new TimeRange(from, whole.To));
        }

        return rest;
    }

    /// <summary>The parts of stretches that lie inside a window.</summary>
    public static IReadOnlyList<TimeRange> Within(TimeRange window, IEnumerable<TimeRange> ranges) =>
        [
            .. ranges
                .Select(range => new TimeRange(
                    range.From > window.From ? range.From : window.From,
                    range.To < window.To ? range.To : window.To
                ))
                .Where(range => range.To > range.From),
        ];
}
