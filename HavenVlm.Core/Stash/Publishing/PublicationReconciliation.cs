using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Tags;

namespace HavenVlm.Core.Stash.Publishing;

/// <summary>A record that agrees with the scene.</summary>
/// <param name="Record">Without intents; what is in it is there and ours.</param>
/// <param name="Pinned">Our markers that a person marked as wrong and that wait to be collected: they stay as they are until then.</param>
/// <param name="Duplicates">Extra copies of markers that we wrote once, not in the record: they are to be removed.</param>
/// <param name="Left">What we wrote once and what counts as the user's now.</param>
internal sealed record ReconciledPublication(
    PublicationRecord Record,
    IReadOnlySet<string> Pinned,
    IReadOnlyList<PublishedMarker> Duplicates,
    IReadOnlyList<PublicationLeft> Left
);

/// <summary>
/// Holds a record against the scene. A marker is ours when the record (or an open intent) has exactly its content and it carries
/// <c>VLM</c>, or what became of it; what differs was edited and is the user's from now on; what is missing was deleted by the user. What Stash carried out late or
/// twice is recognized by <see cref="RecentWrites"/>.
/// </summary>
internal sealed partial class PublicationReconciliation
{
    private readonly PublicationState _state;
    private readonly PublicationIntents _intents;
    private readonly RecentWrites _recent;
    private readonly List<PublishedMarker> _markers = [];
    private readonly List<PublishedMarker> _duplicates = [];
    private readonly List<string> _edited = [];
    private readonly List<PublicationLeft> _left = [];
    private readonly List<PublishedTag> _tags = [];
    private readonly List<MarkerTombstone> _deletedMarkers;
    private readonly List<PublishedTag> _deletedTags;

    private PublicationReconciliation(PublicationState state)
    {
        _state = state;
        _intents = state.Record.Intents ?? new PublicationIntents();
        _recent = state.Record.Recent ?? new RecentWrites();
        _deletedMarkers = [.. state.Record.DeletedMarkers.Select(stone => stone with { TagId = Current(stone.TagId) })];
        _deletedTags = [.. state.Record.DeletedTags.Select(tag => tag with { Id = Current(tag.Id) })];
    }

    /// <summary>The record that agrees with the scene.</summary>
    public static ReconciledPublication Reconcile(PublicationState state)
    {
        var settlement = new PublicationReconciliation(state);
        settlement.LeaveEarlierEdits();
        settlement.ReconcileMarkers();
        settlement.ReconcileTags();
        var pinned = state
            .Markers.Where(marker => Carries(marker, state.IncorrectTag))
            .Select(marker => marker.Id)
            .Where(id => settlement._markers.Exists(own => own.Id.Equals(id, StringComparison.Ordinal)))
            .ToHashSet(StringComparer.Ordinal);
        var record = state.Record with
        {
            Markers = settlement._markers,
            Tags = settlement._tags,
            DeletedMarkers = settlement._deletedMarkers,
            DeletedTags = settlement._deletedTags,
            States = [.. settlement.States().Union(settlement.LateStates(), StringComparer.Ordinal)],
            Others = settlement.Others(),
            SeenAt = state.UpdatedAt,
            Intents = null,
            Recent = settlement.Unfinished(),
        };
        return new ReconciledPublication(record, pinned, settlement._duplicates, settlement._left);
    }

    private void ReconcileMarkers()
    {
        var present = _state.Markers.ToDictionary(marker => marker.Id, StringComparer.Ordinal);
        var known = _state.Record.Markers.Select(marker => marker.Id).ToHashSet(StringComparer.Ordinal);
        var moves = _intents.Move.ToDictionary(move => move.Id, StringComparer.Ordinal);
        var laterMoves = _recent.Moves.ToLookup(write => write.Move.Id, write => write.Move, StringComparer.Ordinal);
        var destroyed = _intents.Destroy.Concat(_recent.Destroys.Select(write => write.Id)).ToHashSet(StringComparer.Ordinal);
        var missing = new List<(PublishedMarker Own, PublishedMarker? Moved)>();
        foreach (var recorded in _state.Record.Markers)
        {
            var own = recorded with { Content = Current(recorded.Content) };
            var moved = moves.TryGetValue(own.Id, out var move)
                ? own with
                {
                    Content = Current(move.Content),
                    SpanEnd = move.SpanEnd,
                }
                : null;
            if (!present.TryGetValue(own.Id, out var marker))
            {
                if (!destroyed.Contains(own.Id))
                {
                    missing.Add((own, moved));
                }
            }
            else if (IsOurs(marker, own.Content))
            {
                _markers.Add(own);
            }
            else if (moved is not null && IsOurs(marker, moved.Content))
            {
                _markers.Add(moved);
            }
            else if (laterMoves[own.Id].FirstOrDefault(late => IsOurs(marker, Current(late.Content))) is { } late)
            {
                _markers.Add(own with { Content = Current(late.Content), SpanEnd = late.SpanEnd });
            }
            else
            {
                _edited.Add(own.Id);
                _left.Add(PublicationLeft.Marker(own, ReasonToLeave(marker, own)));
                AddTombstone(own, moved, TombstoneReason.Edited);
            }
        }

        List<StashMarker> strangers = [.. _state.Markers.Where(marker => !known.Contains(marker.Id))];
        strangers.Sort((a, b) => a.Id.Length != b.Id.Length ? a.Id.Length - b.Id.Length : string.CompareOrdinal(a.Id, b.Id));
        AdoptCreated(strangers);
        ReconcileLate(strangers, missing);
    }

    /// <summary>
    /// Finds the markers that Stash created late or twice. One takes the place of an equal one of ours that is missing: who saw two and deleted
    /// one wants one. Where an equal one of ours is left, or the user took the span back, it is to be removed.
    /// </summary>
    private void ReconcileLate(List<StashMarker> strangers, List<(PublishedMarker Own, PublishedMarker? Moved)> missing)
    {
        var late = new List<PublishedMarker>();
        foreach (var marker in strangers)
        {
            if (IntentOf(marker) is not { } intent)
            {
                continue;
            }

            var own = new PublishedMarker(marker.Id, Current(intent.Content), intent.Name, intent.SpanEnd);
            var place = missing.FindIndex(lost => IsOurs(marker, lost.Own.Content));
            if (place >= 0)
            {
                _markers.Add(own with { SpanEnd = missing[place].Own.SpanEnd });
                missing.RemoveAt(place);
            }
            else
            {
                late.Add(own);
            }
        }

        missing.ForEach(lost => AddTombstone(lost.Own, lost.Moved, TombstoneReason.Deleted));
        foreach (var own in late)
        {
            var marker = strangers.First(marker => marker.Id.Equals(own.Id, StringComparison.Ordinal));
            var isExtra = _markers.Exists(other => IsOurs(marker, other.Content)) || _deletedMarkers.Exists(stone => Covers(stone, own));
            (isExtra && !Carries(marker, _state.IncorrectTag) ? _duplicates : _markers).Add(own);
        }
    }

    /// <summary>What was to be created when this marker was, if it is exactly that and nobody edited it. The mark of a person is no edit.</summary>
    private PlannedMarker? IntentOf(StashMarker marker) =>
        (!marker.IsEdited || Carries(marker, _state.IncorrectTag))
        && !_recent.GivenUp.Any(given => given.Id.Equals(marker.Id, StringComparison.Ordinal))
            ? _recent
                .Creates.Where(write => long.TryParse(marker.Id, out var id) && id > write.After)
                .Select(write => write.Marker)
                .FirstOrDefault(planned => IsOurs(marker, Current(planned.Content)))
            : null;

    private static bool Covers(MarkerTombstone stone, PublishedMarker own) =>
        PublicationDiff.SameTag(stone.TagId, stone.Name, own.Content.TagId, own.Name)
        && stone.Start < own.SpanEnd
        && own.Content.Start < stone.End;

    /// <summary>Finds the markers that were created before a crash kept their ids from being recorded.</summary>
    private void AdoptCreated(List<StashMarker> strangers)
    {
        foreach (var planned in _intents.Create)
        {
            var content = Current(planned.Content);
            var index = strangers.FindIndex(marker => IsOurs(marker, content));
            if (index >= 0)
            {
                _markers.Add(new PublishedMarker(strangers[index].Id, content, planned.Name, planned.SpanEnd));
                strangers.RemoveAt(index);
            }
        }
    }

    /// <summary>Markers of ours that a person edited before an earlier look, as far as the scene still has one of that tag.</summary>
    private void LeaveEarlierEdits() =>
        _left.AddRange(
            _deletedMarkers
                .Where(stone =>
                    stone.Reason == TombstoneReason.Edited
                    && _state.Markers.Any(marker =>
                        marker.PrimaryTag.Id.Equals(stone.TagId, StringComparison.Ordinal)
                        && !_state.Record.Markers.Any(own => own.Id.Equals(marker.Id, StringComparison.Ordinal))
                    )
                )
                .Select(stone => new PublicationLeft(stone.Name, LeftReason.Edited, stone.Start, stone.End))
                .Distinct()
        );

    private LeftReason ReasonToLeave(StashMarker marker, PublishedMarker own)
    {
        var bare = own.Content with { TagIds = [] };
        var isMarked = own.Content.TagIds.Any(id => Carries(marker, id));
        if (isMarked || !HasContent(marker with { Tags = [] }, bare))
        {
            return LeftReason.Edited;
        }

        var recorded = _state.Record.Markers.First(known => known.Id.Equals(own.Id, StringComparison.Ordinal)).Content.TagIds;
        return recorded.Any(_state.VanishedTags.ContainsKey) ? LeftReason.BaseTagGone : LeftReason.BaseTagTakenOff;
    }

    /// <summary>The recent writes, with tags that were to be written and show no sign of it: that may still come.</summary>
    private RecentWrites? Unfinished()
    {
        var unfinished = _recent with
        {
            LateTags = [.. _recent.LateTags.Where(late => !IsOurTag(Current(late.Id)))],
            LateRemovals = [.. _recent.LateRemovals.Where(late => IsOurTag(late.Id))],
            UndoneStates =
            [
                .. _recent.UndoneStates.Where(late =>
                    !_state.SceneTags.Contains(late.Id) && !_state.Record.States.Contains(late.Id, StringComparer.Ordinal)
                ),
            ],
        };
        if (_intents.At is { } at)
        {
            unfinished = unfinished.WithLate(
                _intents.AddTags.Where(tag => !_state.SceneTags.Contains(tag.Id)),
                _intents.RemoveTags.Where(_state.SceneTags.Contains),
                at
            );
        }

        unfinished = unfinished.WithGivenUp(_edited);
        return unfinished.IsEmpty ? null : unfinished;
    }

    private void AddTombstone(PublishedMarker own, PublishedMarker? moved, TombstoneReason reason)
    {
        _deletedMarkers.Add(own.ToTombstone(reason));
        if (moved is not null)
        {
            _deletedMarkers.Add(moved.ToTombstone(reason));
        }
    }

    private bool IsOurs(StashMarker marker, MarkerContent content) =>
        content.TagIds.Append(_state.BaseTag).Any(id => Carries(marker, id) || marker.PrimaryTag.Id.Equals(id, StringComparison.Ordinal))
        && HasContent(marker, content);

    private bool HasContent(StashMarker marker, MarkerContent content) =>
        marker.PrimaryTag.Id.Equals(content.TagId, StringComparison.Ordinal)
        && marker.Title.Trim().Equals(content.Title, StringComparison.Ordinal)
        && MarkerTime.FromSeconds(marker.Seconds) == content.Start
        && (marker.EndSeconds is { } end ? MarkerTime.FromSeconds(end) : (TimeSpan?)null) == content.End
        && Additional(marker.Tags.Select(tag => tag.Id), marker).SetEquals(Additional(content.TagIds, marker));

    /// <summary>Additional tags that count: not the mark of a person, and not the primary tag, which a merge may double.</summary>
    private HashSet<string> Additional(IEnumerable<string> tagIds, StashMarker marker) =>
        tagIds
            .Where(id =>
                !id.Equals(_state.IncorrectTag, StringComparison.Ordinal) && !id.Equals(marker.PrimaryTag.Id, StringComparison.Ordinal)
            )
            .ToHashSet(StringComparer.Ordinal);

    private MarkerContent Current(MarkerContent content) =>
        content with
        {
            TagId = Current(content.TagId),
            TagIds = [.. content.TagIds.Select(Current).Distinct(StringComparer.Ordinal)],
        };

    private string Current(string tagId) => _state.VanishedTags.GetValueOrDefault(tagId) ?? tagId;

    private static bool Carries(StashMarker marker, string tagId) => marker.Tags.Any(tag => tag.Id.Equals(tagId, StringComparison.Ordinal));
}
