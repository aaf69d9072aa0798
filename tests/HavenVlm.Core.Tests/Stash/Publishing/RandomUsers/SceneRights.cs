using HavenVlm.Core.Markers;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Simulation.Stash;

namespace HavenVlm.Core.Tests.Stash.Publishing.RandomUsers;

/// <summary>
/// Keeps the books of who owns what on a scene, from watching alone: what the user did, and what was different after publishing. From that
/// it says after each publishing whether it touched what is not ours or wrote again what the user took away.
/// </summary>
/// <param name="family">Names of the tags that publishing may put on and off without them being results.</param>
/// <param name="incorrect">Name of the tag that marks a marker as wrong, which is no change of it.</param>
/// <param name="maxGap">How far a marker without an end reaches, in seconds.</param>
/// <param name="remembers">
/// Whether to judge also what may not come back. While the user gives names of the family to other tags, nobody can say by names what that is.
/// </param>
internal sealed class SceneRights(IReadOnlyList<string> family, string incorrect, double maxGap, bool remembers)
{
    private readonly HashSet<int> _familyIds = [];
    private readonly MarkerLedger _markers = new(maxGap);
    private readonly TagLedger _tags = new();

    /// <summary>How often one of the user's markers was seen to be left alone.</summary>
    public int Spared => _markers.Spared;

    /// <summary>How many of our markers the user changed or deleted.</summary>
    public int TakenAway => _markers.TakenAway;

    /// <summary>Notes what the user did.</summary>
    public void UserActed(UserAct act, LibraryView before, LibraryView after)
    {
        _markers.UserActed(act, before, after);
        if (act is { Tag: { } gone })
        {
            _tags.TagGone(gone, act.Into, after.SceneTags);
            if (_familyIds.Remove(gone) && act.Into is { } member)
            {
                _familyIds.Add(member);
            }
        }
        else
        {
            _tags.UserActed(before.SceneTags, after.SceneTags);
        }
    }

    /// <summary>Notes and judges what an attempt to publish did.</summary>
    /// <param name="before">The library before.</param>
    /// <param name="after">The library after.</param>
    /// <param name="result">What publishing reported; null when it broke off.</param>
    /// <param name="desired">What was to be published.</param>
    public void Published(LibraryView before, LibraryView after, PublicationResult? result, MarkerSet desired)
    {
        foreach (var tag in after.Tags.Values.Where(tag => family.Contains(tag.Name)))
        {
            _familyIds.Add(tag.Id);
        }

        HashSet<int> marks = remembers ? [.. after.Tags.Values.Where(tag => tag.Name == incorrect).Select(tag => tag.Id)] : _familyIds;
        var attempt = new PublicationAttempt(before, after, result, desired, _familyIds, marks, remembers);
        _markers.Judge(attempt);
        if (remembers)
        {
            _tags.Judge(attempt);
        }

        JudgeTheRest(before, after);
    }

    /// <summary>Judges that everything that was written and nobody changed has been taken back.</summary>
    public void NothingOfOursIsLeft(LibraryView now)
    {
        Assert.Empty(_markers.OursIn(now));
        Assert.Empty(_tags.OursOn(now));
    }

    private static void JudgeTheRest(LibraryView before, LibraryView after)
    {
        foreach (var (id, tag) in before.Tags)
        {
            Assert.True(after.Tags.TryGetValue(id, out var now) && ReferenceEquals(tag, now), $"The tag {tag} was changed.");
        }

        Assert.All(after.Tags.Values.Where(tag => !before.Tags.ContainsKey(tag.Id)), tag => Assert.True(tag.IgnoreAutoTag));
        Assert.Equal(before.Rest, after.Rest);
    }
}

/// <summary>An attempt to publish, as it is judged. <c>Marks</c> are tags that on a marker are no change of it.</summary>
internal sealed record PublicationAttempt(
    LibraryView Before,
    LibraryView After,
    PublicationResult? Result,
    MarkerSet Wish,
    IReadOnlySet<int> FamilyIds,
    IReadOnlySet<int> Marks,
    bool Remembers
)
{
    /// <summary>Whether it got through. One that broke off may or may not have seen what the user did before.</summary>
    public bool GotThrough => Result is not null;

    public IEnumerable<PublicationChange> Changes(params PublicationChangeKind[] kinds) =>
        (Result?.Changes ?? []).Where(change => kinds.Contains(change.Kind));
}
