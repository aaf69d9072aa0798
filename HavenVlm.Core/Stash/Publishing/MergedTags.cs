using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Stash.Publishing;

/// <summary>
/// What became of tags that are gone. By name it is known unless a tag was renamed and merged between two looks; then our markers show it:
/// a merge puts the other tag on them without renewing the time of their last change.
/// </summary>
internal static class MergedTags
{
    /// <summary>For each tag that is gone the id of the one that took it over; null = none did.</summary>
    /// <param name="byName">What names say.</param>
    /// <param name="record">What we wrote.</param>
    /// <param name="markers">The markers of the scene.</param>
    /// <param name="baseTag">Id of today's base tag: the only additional tag that we ever put on a marker is a base tag.</param>
    /// <param name="incorrectTag">The mark of a person.</param>
    public static IReadOnlyDictionary<string, string?> Find(
        IReadOnlyDictionary<string, string?> byName,
        PublicationRecord record,
        IReadOnlyList<StashMarker> markers,
        string baseTag,
        string incorrectTag
    )
    {
        if (byName.Count == 0)
        {
            return byName;
        }

        var present = markers.ToDictionary(marker => marker.Id, StringComparer.Ordinal);
        var unedited = record
            .Markers.Where(own => present.TryGetValue(own.Id, out var marker) && IsUnedited(marker, own.Content))
            .Select(own => (Recorded: own.Content, Marker: present[own.Id]))
            .ToList();
        var successors = byName.ToDictionary(StringComparer.Ordinal);
        foreach (var id in byName.Keys)
        {
            successors[id] ??= Only(
                unedited
                    .Where(pair => pair.Recorded.TagId.Equals(id, StringComparison.Ordinal))
                    .Select(pair => (IEnumerable<string>)[pair.Marker.PrimaryTag.Id])
            );
        }

        foreach (var id in Written(record).SelectMany(content => content.TagIds).Distinct(StringComparer.Ordinal).Where(byName.ContainsKey))
        {
            var carried = Only(
                unedited
                    .Where(pair => pair.Recorded.TagIds.Contains(id, StringComparer.Ordinal))
                    .Select(pair => Additional(pair.Marker, incorrectTag))
            );
            successors[id] = carried ?? baseTag;
        }

        return successors;
    }

    /// <summary>The contents of all markers that are in a record, written or to be written.</summary>
    public static IEnumerable<MarkerContent> Written(PublicationRecord record) =>
        record
            .Markers.Select(marker => marker.Content)
            .Concat((record.Intents?.Create ?? []).Select(marker => marker.Content))
            .Concat((record.Intents?.Move ?? []).Select(move => move.Content))
            .Concat((record.Recent?.Creates ?? []).Select(write => write.Marker.Content))
            .Concat((record.Recent?.Moves ?? []).Select(write => write.Move.Content));

    private static bool IsUnedited(StashMarker marker, MarkerContent content) =>
        !marker.IsEdited
        && marker.Title.Trim().Equals(content.Title, StringComparison.Ordinal)
        && MarkerTime.FromSeconds(marker.Seconds) == content.Start
        && (marker.EndSeconds is { } end ? MarkerTime.FromSeconds(end) : (TimeSpan?)null) == content.End;

    private static IEnumerable<string> Additional(StashMarker marker, string incorrectTag) =>
        marker
            .Tags.Select(tag => tag.Id)
            .Where(id => !id.Equals(incorrectTag, StringComparison.Ordinal) && !id.Equals(marker.PrimaryTag.Id, StringComparison.Ordinal));

    /// <summary>The one id that all sets have; null = there is none, or more than one.</summary>
    private static string? Only(IEnumerable<IEnumerable<string>> sets)
    {
        HashSet<string>? common = null;
        foreach (var set in sets)
        {
            common ??= set.ToHashSet(StringComparer.Ordinal);
            common.IntersectWith(set);
        }

        return common is { Count: 1 } ? common.Single() : null;
    }
}
