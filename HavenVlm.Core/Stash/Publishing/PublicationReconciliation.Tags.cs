using HavenVlm.Core.Stash.Tags;

namespace HavenVlm.Core.Stash.Publishing;

/// <summary>The tags' part.</summary>
internal sealed partial class PublicationReconciliation
{
    private void ReconcileTags()
    {
        foreach (var tag in _state.Record.Tags)
        {
            var current = tag with { Id = Current(tag.Id) };
            if (IsMergedIntoTheUsers(tag.Id))
            {
                _left.Add(new PublicationLeft(tag.Name, LeftReason.Merged));
            }
            else if (_state.SceneTags.Contains(current.Id))
            {
                AddTag(current);
            }
            else if (
                !_intents.RemoveTags.Contains(tag.Id, StringComparer.Ordinal)
                && !_recent.LateRemovals.Any(late => late.Id.Equals(tag.Id, StringComparison.Ordinal))
            )
            {
                _deletedTags.Add(current);
            }
        }

        var late = _recent.LateTags.Select(late => new PublishedTag(late.Id, late.Name));
        foreach (var tag in _intents.AddTags.Concat(late).Where(tag => !IsMergedIntoTheUsers(tag.Id)))
        {
            AddTag(tag with { Id = Current(tag.Id) });
        }
    }

    private void AddTag(PublishedTag tag)
    {
        if (_state.SceneTags.Contains(tag.Id) && !IsOurTag(tag.Id))
        {
            _tags.Add(tag);
        }
    }

    /// <summary>
    /// Whether a tag of ours was merged into one that the scene carries and may have carried before. That is so when a tag of the user's is
    /// gone from the scene too: it may have been merged along; and when somebody changed the scene since we looked, who may have put that tag
    /// on. Merging tags changes no scene. Records of older programs do not list the user's tags.
    /// </summary>
    private bool IsMergedIntoTheUsers(string tagId) =>
        _state.VanishedTags.GetValueOrDefault(tagId) is { } successor
        && _state.SceneTags.Contains(successor)
        && (
            _state.Record.Others is not { } others
            || others.Contains(successor, StringComparer.Ordinal)
            || !others.All(_state.SceneTags.Contains)
            || (_state.Record.SeenAt is { } seen && _state.UpdatedAt is { } updated && !Client.StashTime.Same(seen, updated))
        );

    /// <summary>State tags of ours, under the tags that they were merged into.</summary>
    private IEnumerable<string> States() => _state.Record.States.Where(id => !IsMergedIntoTheUsers(id)).Select(Current);

    /// <summary>The scene's tags that are the user's; what the tag family does comes and goes.</summary>
    private List<string> Others() =>
        [
            .. _state
                .SceneTags.Where(id => !IsOurTag(id) && !_state.FamilyTags.Contains(id) && !States().Contains(id, StringComparer.Ordinal))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>State tags that an undo took off and a late write put on again.</summary>
    private IEnumerable<string> LateStates() => _recent.UndoneStates.Select(late => late.Id).Where(_state.SceneTags.Contains);

    private bool IsOurTag(string id) => _tags.Exists(own => own.Id.Equals(id, StringComparison.Ordinal));
}
