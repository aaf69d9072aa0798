using System.Collections.ObjectModel;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Tags;

namespace HavenVlm.Core.Stash.Publishing;

/// <summary>
/// Compares what a scene has with what it should have, without any I/O. Only what is ours is moved or destroyed; a span that the user
/// deleted, corrected, or has a marker of his own in is not written, and what of ours lies in it stays as it is.
/// </summary>
internal static class PublicationDiff
{
    /// <summary>The difference.</summary>
    public static PublicationPlan Compute(PublicationState state, DesiredPublication desired)
    {
        var (record, pinned, doubles, left) = PublicationReconciliation.Reconcile(state);
        if (desired.Reset)
        {
            record = record with { DeletedMarkers = [], DeletedTags = [] };
        }

        var markers = new MarkerDiff(state, record, desired.TakesIncorrect ? ReadOnlySet<string>.Empty : pinned, doubles);
        markers.Compare(UnknownSpans.KeepOurs(Joined(desired.Markers), record.Markers, desired.Possible));
        var (add, remove, skipped) = CompareTags(state, record, desired);
        return new PublicationPlan
        {
            Record = record with { Markers = markers.Kept },
            Create = markers.Create,
            Move = markers.Move,
            Destroy = [.. doubles, .. markers.Destroy],
            Duplicates = doubles,
            HighestMarkerId = state.Markers.Select(marker => long.TryParse(marker.Id, out var id) ? id : 0).DefaultIfEmpty().Max(),
            SkippedMarkers = markers.Skipped,
            AddTags = add,
            RemoveTags = remove,
            SkippedTags = skipped,
            Left = left,
        };
    }

    /// <summary>Two names can mean one tag; their spans must not lie over each other.</summary>
    private static List<WantedMarker> Joined(IReadOnlyList<WantedMarker> wanted)
    {
        var joined = new List<WantedMarker>();
        foreach (var tag in wanted.GroupBy(marker => marker.TagId, StringComparer.Ordinal))
        {
            WantedMarker? open = null;
            foreach (var marker in tag.Select(Rounded).OrderBy(marker => marker.Start).ThenBy(marker => marker.End))
            {
                if (open is not null && marker.Start < open.End)
                {
                    open = open with { End = marker.End > open.End ? marker.End : open.End };
                    continue;
                }

                if (open is not null)
                {
                    joined.Add(open);
                }

                open = marker;
            }

            joined.Add(open!);
        }

        return joined;
    }

    private static WantedMarker Rounded(WantedMarker marker)
    {
        var start = MarkerTime.Round(marker.Start);
        var end = MarkerTime.Round(marker.End);
        return marker with { Start = start, End = end > start ? end : start + TimeSpan.FromMilliseconds(1) };
    }

    private static (List<PublishedTag> Add, List<PublishedTag> Remove, List<SkippedTag> Skipped) CompareTags(
        PublicationState state,
        PublicationRecord record,
        DesiredPublication desired
    )
    {
        var wanted = desired.SceneTags;
        var add = new List<PublishedTag>();
        var skipped = new List<SkippedTag>();
        foreach (var tag in wanted.DistinctBy(tag => tag.Id, StringComparer.Ordinal))
        {
            if (state.SceneTags.Contains(tag.Id))
            {
                continue;
            }

            if (record.DeletedTags.Any(deleted => SameTag(deleted.Id, deleted.Name, tag.Id, tag.Name)))
            {
                skipped.Add(new SkippedTag(tag, SkipReason.Deleted));
            }
            else
            {
                add.Add(tag);
            }
        }

        var remove = record
            .Tags.Where(own => !wanted.Any(tag => tag.Id.Equals(own.Id, StringComparison.Ordinal)))
            .Where(own => !desired.PossibleSceneTags.Contains(own.Name))
            .ToList();
        return (add, remove, skipped);
    }

    /// <summary>A deleted tag comes back under another id when it has to be created again: then the name tells.</summary>
    internal static bool SameTag(string id, string name, string otherId, string otherName) =>
        id.Equals(otherId, StringComparison.Ordinal) || name.Equals(otherName, StringComparison.Ordinal);
}
