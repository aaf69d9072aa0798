using HavenVlm.Core.Common;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Stash.Publishing;

/// <summary>The markers' part of <see cref="PublicationDiff"/>.</summary>
internal sealed class MarkerDiff(
    PublicationState state,
    PublicationRecord record,
    IReadOnlySet<string> pinned,
    IReadOnlyList<PublishedMarker> doubles
)
{
    private readonly HashSet<string> _own = record.Markers.Concat(doubles).Select(marker => marker.Id).ToHashSet(StringComparer.Ordinal);
    private readonly List<PublishedMarker> _kept = [];

    /// <summary>Our markers that are in the record before anything is written.</summary>
    public IReadOnlyList<PublishedMarker> Kept => _kept;

    public List<PlannedMarker> Create { get; } = [];

    public List<(PublishedMarker From, PlannedMove To)> Move { get; } = [];

    public List<PublishedMarker> Destroy { get; } = [];

    public List<SkippedMarker> Skipped { get; } = [];

    /// <summary>Compares with markers that do not overlap within a tag.</summary>
    public void Compare(IReadOnlyList<WantedMarker> wanted)
    {
        var wantedByTag = wanted.ToLookup(marker => marker.TagId, StringComparer.Ordinal);
        var ownByTag = record.Markers.ToLookup(marker => marker.Content.TagId, StringComparer.Ordinal);
        foreach (var tag in wantedByTag.Select(group => group.Key).Union(ownByTag.Select(group => group.Key), StringComparer.Ordinal))
        {
            CompareTag(tag, [.. wantedByTag[tag]], [.. ownByTag[tag]]);
        }
    }

    private void CompareTag(string tag, List<WantedMarker> wanted, List<PublishedMarker> own)
    {
        var pinnedMarkers = own.Where(marker => pinned.Contains(marker.Id)).ToList();
        _kept.AddRange(pinnedMarkers);
        var free = own.Except(pinnedMarkers).ToList();
        var open = new List<WantedMarker>();
        var blocked = new List<SkippedMarker>();
        foreach (var marker in wanted)
        {
            if (ReasonToSkip(marker, tag, pinnedMarkers) is { } reason)
            {
                blocked.Add(new SkippedMarker(marker, reason));
            }
            else
            {
                open.Add(marker);
            }
        }

        KeepEqual(free, open);
        var taken = wanted.Except(blocked.Select(skip => skip.Marker)).ToList();
        MoveOverlapping(free, open);
        foreach (var left in free)
        {
            // A span that may not be written does not cost what we wrote in it before.
            var stays =
                blocked.Exists(skip => Span(left).Overlaps(Span(skip.Marker)))
                && !taken.Exists(marker => Span(left).Overlaps(Span(marker)));
            _kept.Add(left);
            if (!stays)
            {
                Destroy.Add(left);
            }
        }

        Create.AddRange(open.Select(marker => new PlannedMarker(ContentOf(marker), marker.Name, marker.End)));
        var staying = own.Except(Destroy).ToList();
        Skipped.AddRange(blocked.Where(skip => !staying.Exists(marker => Span(marker).Overlaps(Span(skip.Marker)))));
    }

    private void KeepEqual(List<PublishedMarker> free, List<WantedMarker> open)
    {
        foreach (var marker in open.ToList())
        {
            var index = free.FindIndex(own => own.Content.Start == marker.Start && (!state.HasMarkerEnd || own.Content.End == marker.End));
            if (index >= 0)
            {
                _kept.Add(free[index] with { SpanEnd = marker.End });
                free.RemoveAt(index);
                _ = open.Remove(marker);
            }
        }
    }

    /// <summary>The longest overlaps first, so that each of ours moves as little as possible.</summary>
    private void MoveOverlapping(List<PublishedMarker> free, List<WantedMarker> open)
    {
        var pairs =
            from own in free.ToList()
            from marker in open.ToList()
            let overlap = Span(own).Overlap(Span(marker))
            where overlap > TimeSpan.Zero
            orderby overlap descending, marker.Start, own.Content.Start
            select (own, marker);
        foreach (var (own, marker) in pairs.ToList())
        {
            if (free.Contains(own) && open.Contains(marker))
            {
                _ = free.Remove(own);
                _ = open.Remove(marker);
                _kept.Add(own);
                var content = own.Content with { Start = marker.Start, End = state.HasMarkerEnd ? marker.End : own.Content.End };
                Move.Add((own, new PlannedMove(own.Id, content, marker.End)));
            }
        }
    }

    private SkipReason? ReasonToSkip(WantedMarker marker, string tag, List<PublishedMarker> pinnedMarkers)
    {
        var span = Span(marker);
        var stone = record.DeletedMarkers.FirstOrDefault(stone =>
            PublicationDiff.SameTag(stone.TagId, stone.Name, tag, marker.Name) && Somewhere(stone.Start, stone.End).Overlaps(span)
        );
        if (stone is not null)
        {
            return stone.Reason switch
            {
                TombstoneReason.Edited => SkipReason.Edited,
                TombstoneReason.Incorrect => SkipReason.Incorrect,
                _ => SkipReason.Deleted,
            };
        }

        if (pinnedMarkers.Exists(own => Span(own).Overlaps(span)))
        {
            return SkipReason.Incorrect;
        }

        return state.Markers.Any(other =>
            !_own.Contains(other.Id)
            && other.PrimaryTag.Id.Equals(tag, StringComparison.Ordinal)
            && Span(other, marker.MaxGap).Overlaps(span)
        )
            ? SkipReason.Occupied
            : null;
    }

    private MarkerContent ContentOf(WantedMarker marker) =>
        new()
        {
            TagId = marker.TagId,
            Title = marker.Name.Trim(),
            Start = marker.Start,
            End = state.HasMarkerEnd ? marker.End : null,
            TagIds = [state.BaseTag],
        };

    private static TimeRange Span(PublishedMarker marker) => Somewhere(marker.Content.Start, marker.SpanEnd);

    private static TimeRange Span(WantedMarker marker) => Somewhere(marker.Start, marker.End);

    private static TimeRange Span(StashMarker marker, TimeSpan maxGap)
    {
        var start = MarkerTime.FromSeconds(marker.Seconds);
        return Somewhere(start, marker.EndSeconds is { } end ? MarkerTime.FromSeconds(end) : start + maxGap);
    }

    /// <summary>A stretch of time; one without length is a moment, which still is somewhere.</summary>
    private static TimeRange Somewhere(TimeSpan start, TimeSpan end) =>
        new(start, end > start ? end : start + TimeSpan.FromMilliseconds(1));
}
