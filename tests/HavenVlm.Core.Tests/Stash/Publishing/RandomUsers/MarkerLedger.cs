using HavenVlm.Core.Stash.Client;
using HavenVlm.Simulation.Stash;
using Marker = HavenVlm.Simulation.Stash.State.StashMarker;

namespace HavenVlm.Core.Tests.Stash.Publishing.RandomUsers;

/// <summary>Which markers publishing wrote, and which of those the user changed or deleted.</summary>
internal sealed class MarkerLedger(double maxGap)
{
    private readonly Dictionary<int, WrittenMarker> _ours = [];
    private readonly HashSet<int> _users = [];
    private readonly HashSet<int> _edited = [];
    private readonly HashSet<int> _unmarked = [];

    /// <summary>What a broken attempt created: its id never reached us, only its content tells that it is ours.</summary>
    private readonly HashSet<int> _unconfirmed = [];

    private readonly List<Stone> _tombstones = [];
    private bool _brokeOff;

    public int Spared { get; private set; }

    public int TakenAway => _tombstones.Count;

    public void UserActed(UserAct act, LibraryView before, LibraryView after)
    {
        _users.UnionWith(after.Markers.Keys.Except(before.Markers.Keys));
        foreach (var id in before.Markers.Keys.Except(after.Markers.Keys))
        {
            // After a broken attempt nobody can know what it wrote and what of that was deleted.
            if (_ours.Remove(id, out var written) && !_users.Contains(id) && !_brokeOff)
            {
                _tombstones.Add(new Stone(written.Name, written.Span, $"the user deleted marker {id}"));
            }
        }

        if (act is { Marker: { } marker } && _ours.ContainsKey(marker))
        {
            _edited.Add(marker);
        }

        if (act is { Tag: { } gone })
        {
            foreach (var (id, written) in _ours.ToList())
            {
                // A mark that was merged into a tag which does not go by its name tells nobody any more whose the marker is.
                if (written.Row.TagIds.Contains(gone) && (act.Into is not { } into || !IsMark(after.Tags[into])))
                {
                    _unmarked.Add(id);
                }

                _ours[id] = written.WithTag(gone, act.Into);
            }
        }
    }

    public void Judge(PublicationAttempt attempt)
    {
        var changed = JudgeTheUsers(attempt);
        var blocked = changed
            .Where(entry => !_unconfirmed.Contains(entry.Key))
            .Select(entry => new Stone(entry.Value.Name, entry.Value.Span, $"the user changed marker {entry.Key}"));
        List<Stone> all = [.. _tombstones, .. blocked];
        var written = Note(attempt);
        foreach (var marker in attempt.Remembers ? written : [])
        {
            JudgeOurs(marker, attempt, all, changed);
        }

        if (attempt.GotThrough)
        {
            // Only what publishing has seen to its end counts for good: until then the user may take it back unseen.
            _users.UnionWith(changed.Keys);
            _tombstones.Clear();
            _tombstones.AddRange(all);
            _unconfirmed.Clear();
        }

        _brokeOff = !attempt.GotThrough;
    }

    /// <summary>Our markers that are there, that the user did not change, and that never lost the tag which tells them as ours.</summary>
    public IEnumerable<Marker> OursIn(LibraryView now) =>
        now.Markers.Values.Where(marker => _ours.ContainsKey(marker.Id) && !_users.Contains(marker.Id) && !_unmarked.Contains(marker.Id));

    /// <summary>The user's markers are the same rows as before. Returns those of ours that the user has changed since we wrote them.</summary>
    private Dictionary<int, WrittenMarker> JudgeTheUsers(PublicationAttempt attempt)
    {
        var changed = new Dictionary<int, WrittenMarker>();
        foreach (var (id, marker) in attempt.Before.Markers)
        {
            if (!_users.Contains(id) && _ours.TryGetValue(id, out var written))
            {
                if (!_edited.Contains(id) || written.IsStill(marker, attempt.Marks))
                {
                    continue;
                }

                changed[id] = written;
            }

            Assert.True(attempt.After.Markers.TryGetValue(id, out var now), $"Marker {id} of the user is gone.");
            Assert.True(ReferenceEquals(marker, now), $"Marker {id} of the user was written to: {marker} became {now}.");
            Spared++;
        }

        return changed;
    }

    private List<Marker> Note(PublicationAttempt attempt)
    {
        foreach (var id in attempt.Before.Markers.Keys.Except(attempt.After.Markers.Keys))
        {
            _ours.Remove(id);
        }

        var written = attempt
            .After.Markers.Values.Where(marker =>
                !attempt.Before.Markers.TryGetValue(marker.Id, out var old) || !ReferenceEquals(old, marker)
            )
            .ToList();
        foreach (var marker in written)
        {
            var name = _ours.TryGetValue(marker.Id, out var known) ? known.Name : marker.Title;
            _ours[marker.Id] = new WrittenMarker(name, new TimeStretch(marker.Seconds, WrittenMarker.EndOf(marker, name, attempt)), marker);
            _edited.Remove(marker.Id);
            if (!attempt.GotThrough && !attempt.Before.Markers.ContainsKey(marker.Id))
            {
                _unconfirmed.Add(marker.Id);
            }
        }

        return written;
    }

    private void JudgeOurs(Marker marker, PublicationAttempt attempt, List<Stone> all, Dictionary<int, WrittenMarker> changed)
    {
        var own = _ours[marker.Id];
        foreach (var stone in all)
        {
            Assert.False(
                stone.Name == own.Name && stone.Span.Overlaps(own.Span),
                $"Marker {marker.Id} ({own.Name} {own.Span}) was written although {stone.Why} ({stone.Span})."
            );
        }

        foreach (
            var other in attempt.After.Markers.Values.Where(other => other.Id != marker.Id && other.PrimaryTagId == marker.PrimaryTagId)
        )
        {
            var isOurs = _ours.TryGetValue(other.Id, out var otherOwn) && !_users.Contains(other.Id) && !changed.ContainsKey(other.Id);
            var span = isOurs ? otherOwn!.Span : new TimeStretch(other.Seconds, other.EndSeconds ?? (other.Seconds + maxGap));

            // One that broke off in the middle of moving ours is not at fault.
            Assert.False(
                own.Span.Overlaps(span) && (attempt.GotThrough || !isOurs),
                $"Marker {marker.Id} ({own.Name} {own.Span}) was laid over marker {other.Id} ({span})."
            );
        }
    }

    private static bool IsMark(HavenVlm.Simulation.Stash.State.StashTag tag) =>
        tag.Name.Equals("VLM", StringComparison.OrdinalIgnoreCase) || tag.Aliases.Contains("VLM");

    /// <summary>Where nothing of a name may be written again, and why.</summary>
    private sealed record Stone(string Name, TimeStretch Span, string Why);
}
