namespace HavenVlm.Core.Stash;

/// <summary>A record that agrees with the scene.</summary>
/// <param name="Record">Without intents; what is in it is there and ours.</param>
/// <param name="Pinned">Our markers that a person marked as wrong and that wait to be collected: they stay as they are until then.</param>
internal sealed record SettledPublication(PublicationRecord Record, IReadOnlySet<string> Pinned);

/// <summary>
/// Holds a record against the scene. A marker is ours when the record (or an open intent) has exactly its content and it carries
/// <c>VLM</c>; what differs was edited and is the user's from now on; what is missing was deleted by the user.
/// </summary>
internal sealed class PublicationSettlement
{
    private readonly PublicationState _state;
    private readonly PublicationIntents _intents;
    private readonly List<PublishedMarker> _markers = [];
    private readonly List<PublishedTag> _tags = [];
    private readonly List<MarkerTombstone> _deletedMarkers;
    private readonly List<PublishedTag> _deletedTags;

    private PublicationSettlement(PublicationState state)
    {
        _state = state;
        _intents = state.Record.Intents ?? new PublicationIntents();
        _deletedMarkers = [.. state.Record.DeletedMarkers.Select(stone => stone with { TagId = Current(stone.TagId) })];
        _deletedTags = [.. state.Record.DeletedTags.Select(tag => tag with { Id = Current(tag.Id) })];
    }

    /// <summary>The record that agrees with the scene.</summary>
    public static SettledPublication Settle(PublicationState state)
    {
        var settlement = new PublicationSettlement(state);
        settlement.SettleMarkers();
        settlement.SettleTags();
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
            Intents = null,
        };
        return new SettledPublication(record, pinned);
    }

    private void SettleMarkers()
    {
        var present = _state.Markers.ToDictionary(marker => marker.Id, StringComparer.Ordinal);
        var known = _state.Record.Markers.Select(marker => marker.Id).ToHashSet(StringComparer.Ordinal);
        var moves = _intents.Move.ToDictionary(move => move.Id, StringComparer.Ordinal);
        var destroyed = _intents.Destroy.ToHashSet(StringComparer.Ordinal);
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
                    Bury(own, moved, TombstoneReason.Deleted);
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
            else
            {
                Bury(own, moved, TombstoneReason.Edited);
            }
        }

        AdoptCreated([.. _state.Markers.Where(marker => !known.Contains(marker.Id))]);
    }

    /// <summary>Finds the markers that were created before a crash kept their ids from being recorded.</summary>
    private void AdoptCreated(List<StashMarker> strangers)
    {
        strangers.Sort((a, b) => a.Id.Length != b.Id.Length ? a.Id.Length - b.Id.Length : string.CompareOrdinal(a.Id, b.Id));
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

    private void SettleTags()
    {
        foreach (var tag in _state.Record.Tags)
        {
            if (_state.VanishedTags.TryGetValue(tag.Id, out var successor))
            {
                // Merged: whether the scene had the other tag before can not be known, so it counts as the user's.
                if (successor is null || !_state.SceneTags.Contains(successor))
                {
                    _deletedTags.Add(tag with { Id = successor ?? tag.Id });
                }
            }
            else if (_state.SceneTags.Contains(tag.Id))
            {
                _tags.Add(tag);
            }
            else if (!_intents.RemoveTags.Contains(tag.Id, StringComparer.Ordinal))
            {
                _deletedTags.Add(tag);
            }
        }

        _tags.AddRange(
            _intents.AddTags.Where(tag =>
                _state.SceneTags.Contains(tag.Id) && !_tags.Exists(own => own.Id.Equals(tag.Id, StringComparison.Ordinal))
            )
        );
    }

    private void Bury(PublishedMarker own, PublishedMarker? moved, TombstoneReason reason)
    {
        _deletedMarkers.Add(own.ToTombstone(reason));
        if (moved is not null)
        {
            _deletedMarkers.Add(moved.ToTombstone(reason));
        }
    }

    private bool IsOurs(StashMarker marker, MarkerContent content) =>
        (Carries(marker, _state.BaseTag) || marker.PrimaryTag.Id.Equals(_state.BaseTag, StringComparison.Ordinal))
        && marker.PrimaryTag.Id.Equals(content.TagId, StringComparison.Ordinal)
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
