using System.Globalization;
using HavenVlm.Simulation.Stash.State;

namespace HavenVlm.Simulation.Stash;

/// <summary>What a random user did.</summary>
/// <param name="Text">In words, for the report of a failed test.</param>
internal sealed record UserAct(string Text)
{
    /// <summary>The marker that was created, changed or deleted.</summary>
    public int? Marker { get; init; }

    /// <summary>The tag that was merged into <see cref="Into"/>, or deleted.</summary>
    public int? Tag { get; init; }

    /// <summary>The tag that took the other over.</summary>
    public int? Into { get; init; }
}

/// <summary>
/// Somebody who works on one scene of a Stash while the product works on it too: moves, retags, deletes and adds markers, puts tags on and
/// off, renames, merges and deletes tags, the product's own included. The same seed on the same contents does the same.
/// </summary>
internal sealed class RandomUser
{
    private readonly StashLibrary _library;
    private readonly int _scene;
    private readonly Random _random;
    private readonly double _duration;
    private readonly bool _hasEnds;
    private readonly string[] _names;
    private readonly (int Weight, Func<UserAct?> Act)[] _acts;

    /// <summary>Somebody who works on a scene of <paramref name="stash"/>.</summary>
    /// <param name="stash">The Stash.</param>
    /// <param name="scene">The scene.</param>
    /// <param name="names">Names that the user gives to tags, also those that the product wants.</param>
    /// <param name="random">Where the choices come from.</param>
    public RandomUser(SimulatedStash stash, int scene, IReadOnlyList<string> names, Random random)
    {
        (_library, _scene, _random) = (stash.Library, scene, random);
        _names = [.. names];
        _duration = Math.Max(10, _library.Scenes[scene].Files.FirstOrDefault()?.Duration ?? 0);
        _hasEnds = stash.Version >= StashVersion.Release28;
        _acts =
        [
            (10, MoveMarker),
            (6, DeleteMarker),
            (6, AddMarker),
            (4, RetagMarker),
            (4, ChangeMarkerTags),
            (3, RetitleMarker),
            (3, TouchMarker),
            (5, TagScene),
            (5, UntagScene),
            (2, AddTag),
            (2, RenameTag),
            (2, ChangeAliases),
            (1, MoveTag),
            (2, MergeTags),
            (2, DeleteTag),
            (1, RetitleScene),
        ];
    }

    /// <summary>Which tags the user renames, merges, deletes and gives other names; all unless it is set.</summary>
    public Func<StashTag, bool> MayReorganise { get; init; } = _ => true;

    /// <summary>Does one thing. What Stash refuses, as it may, is not done.</summary>
    public UserAct Act()
    {
        while (true)
        {
            var left = _random.Next(_acts.Sum(act => act.Weight));
            var chosen = _acts.First(act => (left -= act.Weight) < 0);
            try
            {
                if (chosen.Act() is { } done)
                {
                    return done;
                }
            }
            catch (InvalidOperationException refusal)
            {
                return new UserAct($"tries in vain: {refusal.Message}");
            }
        }
    }

    private UserAct? MoveMarker()
    {
        if (AnyMarker() is not { } marker)
        {
            return null;
        }

        var start = Math.Round(marker.Seconds + (_random.NextDouble() * 8) - 4, 3);
        double? end =
            _hasEnds && marker.EndSeconds is not null
                ? Math.Round(Math.Max(start, marker.EndSeconds.Value + (_random.NextDouble() * 4) - 2), 3)
                : null;
        _library.MoveMarker(marker.Id, start, end);
        return On(marker, string.Create(CultureInfo.InvariantCulture, $"moves it to {start}-{end}"));
    }

    private UserAct? RetitleMarker() =>
        AnyMarker() is { } marker ? On(_library.RetitleMarker(marker.Id, $"title {_random.Next(100)}"), "gives it another title") : null;

    private UserAct? TouchMarker() => AnyMarker() is { } marker ? On(_library.TouchMarker(marker.Id), "saves it as it is") : null;

    private UserAct? RetagMarker() =>
        AnyMarker() is { } marker && AnyTag() is { } tag
            ? On(_library.RetagMarker(marker.Id, tag.Id), $"makes {Show(tag)} its primary tag")
            : null;

    private UserAct? ChangeMarkerTags()
    {
        if (AnyMarker() is not { } marker || AnyTag() is not { } tag)
        {
            return null;
        }

        var (tags, done) = marker.TagIds.Contains(tag.Id)
            ? (marker.TagIds.Remove(tag.Id), "takes off")
            : (marker.TagIds.Add(tag.Id), "adds");
        _library.SetMarkerTags(marker.Id, [.. tags]);
        return On(marker, $"{done} its tag {Show(tag)}");
    }

    private UserAct? DeleteMarker()
    {
        if (AnyMarker() is not { } marker)
        {
            return null;
        }

        _library.DeleteMarker(marker.Id);
        return On(marker, "deletes it");
    }

    /// <summary>Often right beside or over an existing one, sometimes with the very tags that the product's markers have.</summary>
    private UserAct? AddMarker()
    {
        if (AnyTag() is not { } tag)
        {
            return null;
        }

        var beside = _random.Next(2) == 0 ? AnyMarker() : null;
        var start = Math.Round(beside is null ? _random.NextDouble() * _duration : beside.Seconds + (_random.NextDouble() * 6) - 3, 3);
        double? end = _hasEnds && _random.Next(3) > 0 ? Math.Round(start + (_random.NextDouble() * 10), 3) : null;
        var primary = beside is not null && _random.Next(2) == 0 ? beside.PrimaryTagId : tag.Id;
        var added = _library.AddMarker(
            _scene,
            primary,
            start,
            end,
            _random.Next(2) == 0 ? "" : "mine",
            beside is not null && _random.Next(3) == 0 ? [.. beside.TagIds] : []
        );
        return On(added, "adds it");
    }

    private UserAct? TagScene()
    {
        if (AnyTag() is not { } tag)
        {
            return null;
        }

        _library.TagScene(_scene, tag.Id);
        return new UserAct($"puts {Show(tag)} on the scene");
    }

    private UserAct? UntagScene()
    {
        var present = _library.Scenes[_scene].TagIds;
        if (present.IsEmpty)
        {
            return null;
        }

        var tag = _library.Tags[present[_random.Next(present.Count)]];
        _library.UntagScene(_scene, tag.Id);
        return new UserAct($"takes {Show(tag)} off the scene");
    }

    private UserAct AddTag() =>
        new($"makes the tag {Show(_library.AddTag(AnyName(), _random.Next(3) == 0 && AnyTag() is { } parent ? [parent.Id] : []))}");

    private UserAct? RenameTag()
    {
        if (AnyTagToReorganise() is not { } tag)
        {
            return null;
        }

        var name = _random.Next(3) == 0 ? tag.Name.ToUpperInvariant() : AnyName();
        _library.RenameTag(tag.Id, name);
        return new UserAct($"renames {Show(tag)} to {name}");
    }

    private UserAct? ChangeAliases()
    {
        if (AnyTagToReorganise() is not { } tag)
        {
            return null;
        }

        string[] aliases = tag.Aliases.IsEmpty ? [AnyName()] : [];
        _library.SetAliases(tag.Id, aliases);
        return new UserAct($"gives {Show(tag)} the aliases [{string.Join(", ", aliases)}]");
    }

    private UserAct? MoveTag()
    {
        if (AnyTagToReorganise() is not { } tag || AnyTag() is not { } parent)
        {
            return null;
        }

        _library.SetParents(tag.Id, tag.ParentIds.IsEmpty ? [parent.Id] : []);
        return new UserAct($"changes what {Show(tag)} stands under");
    }

    private UserAct? MergeTags()
    {
        if (AnyTagToReorganise() is not { } source || AnyTagToReorganise() is not { } target || source.Id == target.Id)
        {
            return null;
        }

        _library.MergeTags(target.Id, source.Id);
        return new UserAct($"merges {Show(source)} into {Show(target)}") { Tag = source.Id, Into = target.Id };
    }

    private UserAct? DeleteTag()
    {
        if (AnyTagToReorganise() is not { } tag)
        {
            return null;
        }

        _library.DeleteTag(tag.Id);
        return new UserAct($"deletes {Show(tag)}") { Tag = tag.Id };
    }

    private UserAct RetitleScene()
    {
        _library.RetitleScene(_scene, $"title {_random.Next(100)}");
        return new UserAct("gives the scene another title");
    }

    private StashMarker? AnyMarker()
    {
        var markers = _library.MarkersOf(_scene);
        return markers.Count == 0 ? null : markers[_random.Next(markers.Count)];
    }

    private StashTag? AnyTag() => AnyOf([.. _library.Tags.Values]);

    private StashTag? AnyTagToReorganise() => AnyOf([.. _library.Tags.Values.Where(MayReorganise)]);

    private StashTag? AnyOf(List<StashTag> tags) => tags.Count == 0 ? null : tags[_random.Next(tags.Count)];

    private string AnyName() => _names[_random.Next(_names.Length)];

    private UserAct On(StashMarker marker, string done) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"marker {marker.Id} ({_library.Tags.GetValueOrDefault(marker.PrimaryTagId)?.Name} {marker.Seconds}-{marker.EndSeconds}): {done}"
            )
        )
        {
            Marker = marker.Id,
        };

    private static string Show(StashTag tag) => $"'{tag.Name}' ({tag.Id})";
}
