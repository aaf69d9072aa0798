using HavenVlm.Core.Markers;
using HavenVlm.Core.Stash;
using HavenVlm.Demo.Stash;
using SimMarker = HavenVlm.Demo.Stash.State.StashMarker;

namespace HavenVlm.Core.Tests.Stash.RandomUsers;

/// <summary>
/// Keeps the books of who owns what on a scene, from watching alone: what the user did, and what was different after publishing. From that
/// it says after each publishing whether it touched what is not ours or wrote again what the user took away.
/// </summary>
/// <param name="family">Names of the tags that publishing may put on and off without them being results.</param>
/// <param name="maxGap">How far a marker without an end reaches, in seconds.</param>
internal sealed class SceneRights(IReadOnlyList<string> family, double maxGap)
{
    private const double Epsilon = 0.0015;
    private readonly Dictionary<int, Written> ours = [];
    private readonly HashSet<int> users = [];
    private readonly HashSet<int> edited = [];
    private readonly HashSet<int> takenOff = [];
    private readonly HashSet<int> ourTags = [];
    private readonly HashSet<string> deletedTagNames = new(StringComparer.Ordinal);
    private readonly Dictionary<int, string> ourTagNames = [];
    private readonly HashSet<int> familyIds = [];
    private readonly List<(string Name, Span Span)> stones = [];
    private bool uncertain;

    /// <summary>How many of the user's markers were seen to be left alone.</summary>
    public int Spared { get; private set; }

    /// <summary>How many of our markers the user deleted.</summary>
    public int Stones => stones.Count;

    /// <summary>Notes what the user did.</summary>
    public void UserActed(UserAct act, LibraryView before, LibraryView after)
    {
        foreach (var id in after.Markers.Keys.Except(before.Markers.Keys))
        {
            users.Add(id);
        }

        foreach (var id in before.Markers.Keys.Except(after.Markers.Keys))
        {
            // What a broken attempt wrote and nobody has seen since may be written again: nobody can know that it was there.
            if (ours.Remove(id, out var written) && !users.Contains(id) && !uncertain)
            {
                stones.Add((written.Name, written.Span));
            }
        }

        if (act is { Marker: { } marker } && ours.ContainsKey(marker))
        {
            edited.Add(marker);
        }

        if (act is { Tag: { } gone })
        {
            TagGone(gone, act.Into, before.SceneTags);
        }

        TagsChanged(before.SceneTags, after.SceneTags, act.Tag is not null);
    }

    /// <summary>Notes and judges what an attempt to publish did, whether it got through or broke off.</summary>
    public void Published(LibraryView before, LibraryView after, PublicationResult? result, MarkerSet wish)
    {
        foreach (var tag in after.Tags.Values.Where(tag => family.Contains(tag.Name)))
        {
            familyIds.Add(tag.Id);
        }

        deletedTagNames.UnionWith(uncertain ? [] : takenOff.Select(id => ourTagNames[id]));
        takenOff.Clear();
        JudgeMarkersOfTheUser(before, after);
        JudgeTags(before, after, result);
        JudgeOurMarkers(before, after, result, wish);
        JudgeTheRest(before, after);
        uncertain = result is null;
    }

    private void JudgeMarkersOfTheUser(LibraryView before, LibraryView after)
    {
        foreach (var (id, marker) in before.Markers)
        {
            if (!users.Contains(id) && ours.TryGetValue(id, out var written))
            {
                if (!edited.Contains(id) || written.Equals(marker, familyIds))
                {
                    continue;
                }

                users.Add(id);
                stones.Add((written.Name, written.Span));
            }

            users.Add(id);
            Assert.True(after.Markers.TryGetValue(id, out var now), $"Marker {id} of the user is gone.");
            Assert.True(ReferenceEquals(marker, now), $"Marker {id} of the user was written to: {marker} became {now}.");
            Spared++;
        }
    }

    private void JudgeTags(LibraryView before, LibraryView after, PublicationResult? result)
    {
        var taken = before.SceneTags.Except(after.SceneTags).Where(id => !familyIds.Contains(id)).ToList();
        Assert.DoesNotContain(taken, id => !ourTags.Contains(id));
        ourTags.IntersectWith(after.SceneTags);
        var put = after.SceneTags.Except(before.SceneTags).Where(id => !familyIds.Contains(id)).ToList();
        var names = (result?.Changes ?? [])
            .Where(change => change.Kind == PublicationChangeKind.SceneTagAdded)
            .Select(change => change.Tag)
            .ToList();
        Assert.DoesNotContain(names, deletedTagNames.Contains);
        foreach (var id in put)
        {
            ourTags.Add(id);
            var own = after.Tags[id];
            ourTagNames[id] =
                names.Find(name => own.Name == name || own.Aliases.Contains(name)) ?? (names.Count == 1 ? names[0] : own.Name);
        }
    }

    private void JudgeOurMarkers(LibraryView before, LibraryView after, PublicationResult? result, MarkerSet wish)
    {
        foreach (var id in before.Markers.Keys.Except(after.Markers.Keys))
        {
            ours.Remove(id);
        }

        var written = after
            .Markers.Values.Where(marker => !before.Markers.TryGetValue(marker.Id, out var old) || !ReferenceEquals(old, marker))
            .ToList();
        foreach (var marker in written)
        {
            var name = ours.TryGetValue(marker.Id, out var known) ? known.Name : marker.Title;
            ours[marker.Id] = new Written(name, new Span(marker.Seconds, EndOf(marker, name, result, wish)), marker);
            edited.Remove(marker.Id);
        }

        foreach (var marker in written)
        {
            var own = ours[marker.Id];
            Assert.DoesNotContain(stones, stone => stone.Name == own.Name && stone.Span.Overlaps(own.Span));
            foreach (var other in after.Markers.Values.Where(other => other.Id != marker.Id && other.PrimaryTagId == marker.PrimaryTagId))
            {
                var span =
                    ours.TryGetValue(other.Id, out var otherOwn) && !users.Contains(other.Id)
                        ? otherOwn.Span
                        : new Span(other.Seconds, other.EndSeconds ?? other.Seconds + maxGap);
                Assert.False(
                    own.Span.Overlaps(span),
                    $"Marker {marker.Id} ({own.Name} {own.Span}) was laid over marker {other.Id} ({span})."
                );
            }
        }
    }

    private void JudgeTheRest(LibraryView before, LibraryView after)
    {
        foreach (var (id, tag) in before.Tags)
        {
            Assert.True(after.Tags.TryGetValue(id, out var now) && ReferenceEquals(tag, now), $"The tag {tag} was changed.");
        }

        Assert.All(after.Tags.Values.Where(tag => !before.Tags.ContainsKey(tag.Id)), tag => Assert.True(tag.IgnoreAutoTag));
        Assert.Equal(before.Rest, after.Rest);
    }

    private void TagGone(int gone, int? into, IReadOnlySet<int> sceneTags)
    {
        foreach (var (id, written) in ours.ToList())
        {
            ours[id] = written.WithTag(gone, into);
        }

        // A tag that the user had there already stays the user's.
        if (ourTags.Remove(gone) && into is { } successor && !sceneTags.Contains(successor))
        {
            ourTags.Add(successor);
            ourTagNames[successor] = ourTagNames[gone];
        }

        if (familyIds.Remove(gone) && into is { } member)
        {
            familyIds.Add(member);
        }
    }

    private void TagsChanged(IReadOnlySet<int> before, IReadOnlySet<int> after, bool byTagsThemselves)
    {
        if (byTagsThemselves)
        {
            return;
        }

        // Taken off and put on again between two looks is the same as never touched.
        foreach (var id in after.Except(before))
        {
            _ = takenOff.Remove(id) ? ourTags.Add(id) : ourTags.Remove(id);
        }

        foreach (var id in before.Except(after).Where(ourTags.Remove))
        {
            takenOff.Add(id);
        }
    }

    /// <summary>Where our marker ends, also on a server that keeps no ends: what was reported, else what was wished.</summary>
    private static double EndOf(SimMarker marker, string name, PublicationResult? result, MarkerSet wish)
    {
        var reported = (result?.Changes ?? []).FirstOrDefault(change =>
            change.Kind is PublicationChangeKind.MarkerCreated or PublicationChangeKind.MarkerMoved
            && change.Tag == name
            && change.Start is { } start
            && Math.Abs(start.TotalSeconds - marker.Seconds) < Epsilon
        );
        var wished = wish.Markers.FirstOrDefault(span => span.Tag == name && Math.Abs(span.Start.TotalSeconds - marker.Seconds) < Epsilon);
        return marker.EndSeconds ?? reported?.End?.TotalSeconds ?? wished?.End.TotalSeconds ?? marker.Seconds + Epsilon;
    }

    private readonly record struct Span(double Start, double End)
    {
        public bool Overlaps(Span other) => Math.Min(End, other.End) - Math.Max(Start, other.Start) > Epsilon;

        public override string ToString() => $"{Start}-{End}";
    }

    /// <summary>A marker of ours as publishing left it, with the merges of tags since then.</summary>
    private sealed record Written(string Name, Span Span, SimMarker Row)
    {
        public Written WithTag(int gone, int? into)
        {
            var tags = Row.TagIds.Contains(gone) ? Row.TagIds.Remove(gone) : Row.TagIds;
            if (into is { } tag && tags != Row.TagIds)
            {
                tags = tags.Add(tag);
            }

            return this with
            {
                Row = Row with
                {
                    TagIds = tags,
                    PrimaryTagId = Row.PrimaryTagId == gone && into is { } primary ? primary : Row.PrimaryTagId,
                },
            };
        }

        /// <summary>The mark of a person and a tag that is also the primary one do not count.</summary>
        public bool Equals(SimMarker now, HashSet<int> familyTags) =>
            Row.Title == now.Title
            && Row.Seconds == now.Seconds
            && Row.EndSeconds == now.EndSeconds
            && Row.PrimaryTagId == now.PrimaryTagId
            && Row.TagIds.Remove(Row.PrimaryTagId)
                .SetEquals(now.TagIds.Remove(now.PrimaryTagId).Where(id => Row.TagIds.Contains(id) || !familyTags.Contains(id)));
    }
}
