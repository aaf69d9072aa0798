using HavenVlm.Core.Markers;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Stash.Publishing;

/// <summary>
/// Unknown is not absent: where a run got no answer, a marker that an earlier run wrote stays as far as nothing is known against it. What is
/// known to be off is taken away all the same.
/// </summary>
internal static class UnknownSpans
{
    /// <summary>The wanted markers, and with them what of ours lies where the tag may hold.</summary>
    /// <param name="wanted">Markers that do not overlap within a tag.</param>
    /// <param name="ours">What an earlier run wrote and nobody changed.</param>
    /// <param name="possible">Where tags may hold, by the names that Stash sees.</param>
    public static IReadOnlyList<WantedMarker> KeepOurs(
        List<WantedMarker> wanted,
        IReadOnlyList<PublishedMarker> ours,
        IReadOnlyList<PossibleSpan> possible
    )
    {
        if (possible.Count == 0)
        {
            return wanted;
        }

        var byName = possible.ToLookup(span => span.Tag.Trim(), StringComparer.Ordinal);
        List<WantedMarker> kept =
        [
            .. from own in ours
            from span in byName[own.Name]
            let start = Later(own.Content.Start, MarkerTime.Round(span.Range.Start))
            let end = Earlier(own.SpanEnd, MarkerTime.Round(span.Range.End))
            where end > start
            select new WantedMarker(own.Content.TagId, own.Name, start, end, TimeSpan.Zero),
        ];
        return kept.Count == 0 ? wanted : [.. wanted.Concat(kept).GroupBy(marker => marker.TagId, StringComparer.Ordinal).SelectMany(Join)];
    }

    /// <summary>Markers of one tag that touch or overlap become one.</summary>
    private static IEnumerable<WantedMarker> Join(IEnumerable<WantedMarker> markers)
    {
        WantedMarker? open = null;
        foreach (var marker in markers.OrderBy(marker => marker.Start).ThenBy(marker => marker.End))
        {
            if (open is not null && marker.Start <= open.End)
            {
                open = open with { End = Later(open.End, marker.End), MaxGap = Later(open.MaxGap, marker.MaxGap) };
                continue;
            }

            if (open is not null)
            {
                yield return open;
            }

            open = marker;
        }

        if (open is not null)
        {
            yield return open;
        }
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
