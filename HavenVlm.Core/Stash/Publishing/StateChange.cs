using HavenVlm.Core.Configuration;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Stash.Publishing;

/// <summary>Which state tags a scene gains and loses when its results are written; what is already so is left out.</summary>
internal sealed record StateChange(IReadOnlyList<string> Add, IReadOnlyList<string> Remove, IReadOnlyList<PublicationChange> Changes)
{
    /// <summary>Nothing is to be done.</summary>
    public static StateChange None { get; } = new([], [], []);

    /// <summary>Whether anything is to be done.</summary>
    public bool IsNeeded => Changes.Count > 0;

    /// <summary>For a scene that was analyzed: <c>Tagged</c> on; <c>TagMe</c>, <c>UpdateMe</c> and <c>Errored</c> off.</summary>
    public static StateChange For(StashTagFamily family, StashTagOptions names, IReadOnlySet<string> sceneTags)
    {
        var add = new[] { (family.Tagged, names.Tagged) }.Where(tag => !sceneTags.Contains(tag.Item1)).ToList();
        var remove = new[] { (family.TagMe, names.TagMe), (family.UpdateMe, names.UpdateMe), (family.Errored, names.Errored) }
            .Where(tag => sceneTags.Contains(tag.Item1))
            .ToList();
        return new StateChange(
            [.. add.Select(tag => tag.Item1)],
            [.. remove.Select(tag => tag.Item1)],
            [
                .. add.Select(tag => new PublicationChange(PublicationChangeKind.StateTagAdded, tag.Item2)),
                .. remove.Select(tag => new PublicationChange(PublicationChangeKind.StateTagRemoved, tag.Item2)),
            ]
        );
    }
}
