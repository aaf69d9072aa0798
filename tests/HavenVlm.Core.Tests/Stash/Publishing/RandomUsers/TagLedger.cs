using HavenVlm.Core.Stash.Publishing;

namespace HavenVlm.Core.Tests.Stash.Publishing.RandomUsers;

/// <summary>Which of a scene's tags publishing put on, and which of those the user took off.</summary>
internal sealed class TagLedger
{
    private readonly HashSet<int> _ours = [];
    private readonly Dictionary<int, string> _names = [];

    /// <summary>Ours that were taken off since publishing last got through; false where a broken attempt may have done it.</summary>
    private readonly Dictionary<int, bool> _takenOff = [];

    private readonly HashSet<int> _merged = [];
    private readonly HashSet<string> _mayNotComeBack = new(StringComparer.Ordinal);
    private bool _brokeOff;

    /// <summary>Taken off and put on again between two looks is the same as never touched.</summary>
    public void UserActed(IReadOnlySet<int> before, IReadOnlySet<int> after)
    {
        foreach (var id in after.Except(before))
        {
            _ = _takenOff.Remove(id) ? _ours.Add(id) : _ours.Remove(id);
        }

        foreach (var id in before.Except(after).Where(_ours.Remove))
        {
            _takenOff[id] = !_brokeOff;
        }
    }

    /// <summary>
    /// The tag was deleted or merged. One that took another over counts as the user's, unless it was ours before: who can know whether the
    /// scene had it? And several names mean it from now on, so that a name no longer tells what was taken off.
    /// </summary>
    public void TagGone(int gone, int? into, IReadOnlySet<int> sceneTags)
    {
        _ours.Remove(gone);
        _takenOff.Remove(gone);
        if (into is { } heir)
        {
            _merged.Add(heir);
            if (sceneTags.Contains(heir) && _takenOff.Remove(heir))
            {
                _ours.Add(heir);
            }
        }
    }

    /// <summary>Our tags that are on the scene.</summary>
    public IEnumerable<int> OursOn(LibraryView now) => now.SceneTags.Where(_ours.Contains);

    public void Judge(PublicationAttempt attempt)
    {
        var (before, after) = (attempt.Before.SceneTags, attempt.After.SceneTags);
        foreach (var id in before.Except(after))
        {
            Assert.True(_ours.Remove(id) || attempt.FamilyIds.Contains(id), $"The user's tag {id} was taken off the scene.");
            if (!attempt.GotThrough)
            {
                _takenOff[id] = false;
            }
        }

        if (attempt.GotThrough)
        {
            _mayNotComeBack.UnionWith(
                _takenOff.Where(entry => entry.Value && !_merged.Contains(entry.Key)).Select(entry => _names[entry.Key])
            );
            _takenOff.Clear();
        }

        var added = attempt.Changes(PublicationChangeKind.SceneTagAdded).Select(change => change.Tag).ToList();
        Assert.DoesNotContain(added, _mayNotComeBack.Contains);
        foreach (var id in after.Except(before).Where(id => !attempt.FamilyIds.Contains(id)))
        {
            var tag = attempt.After.Tags[id];
            _ours.Add(id);
            _names[id] = added.Find(name => tag.Name == name || tag.Aliases.Contains(name)) ?? (added.Count == 1 ? added[0] : tag.Name);
        }

        _brokeOff = !attempt.GotThrough;
    }
}
