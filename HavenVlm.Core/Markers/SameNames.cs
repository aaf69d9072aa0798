namespace HavenVlm.Core.Markers;

/// <summary>
/// Several of the model's tags may be one tag of Stash by <c>rename</c>, and Stash's tag names ignore case: their spans are one set.
/// </summary>
internal static class SameNames
{
    /// <summary>Spans of one name that touch or overlap become one; its confidence is the mean of theirs, weighted by length.</summary>
    public static MarkerSet Merge(IEnumerable<MarkerSpan> spans, IReadOnlySet<string> sceneTags)
    {
        var markers = new List<MarkerSpan>();
        var totals = new SortedDictionary<string, TimeSpan>(StringComparer.Ordinal);
        foreach (var name in spans.GroupBy(span => span.Tag, StringComparer.OrdinalIgnoreCase))
        {
            var merged = Union(name.OrderBy(span => span.Start).ThenBy(span => span.End));
            markers.AddRange(merged);
            if (sceneTags.Contains(name.Key))
            {
                totals.Add(merged[0].Tag, TimeSpan.FromTicks(merged.Sum(span => span.Length.Ticks)));
            }
        }

        return new MarkerSet([.. markers.OrderBy(span => span.Start).ThenBy(span => span.Tag, StringComparer.Ordinal)], totals);
    }

    private static List<MarkerSpan> Union(IEnumerable<MarkerSpan> ordered)
    {
        var merged = new List<MarkerSpan>();
        var group = new List<MarkerSpan>();
        var end = TimeSpan.Zero;
        foreach (var span in ordered)
        {
            if (group.Count > 0 && span.Start > end)
            {
                merged.Add(One(group, end));
                group.Clear();
                end = TimeSpan.Zero;
            }

            group.Add(span);
            end = span.End > end ? span.End : end;
        }

        if (group.Count > 0)
        {
            merged.Add(One(group, end));
        }

        // One spelling for all, so that nothing is looked up or counted twice.
        return [.. merged.Select(span => span with { Tag = merged[0].Tag })];
    }

    private static MarkerSpan One(List<MarkerSpan> group, TimeSpan end) =>
        group.Count == 1
            ? group[0]
            : new MarkerSpan(
                group[0].Tag,
                group[0].Start,
                end,
                group.Sum(span => span.Confidence * span.Length.Ticks) / group.Sum(span => span.Length.Ticks)
            );
}
