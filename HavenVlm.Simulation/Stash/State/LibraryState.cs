using System.Collections.Immutable;

namespace HavenVlm.Simulation.Stash.State;

/// <summary>Everything in the simulated database at one moment. A transaction makes the next one from it or leaves no trace.</summary>
internal sealed record LibraryState
{
    public ImmutableSortedDictionary<int, StashTag> Tags { get; init; } = ImmutableSortedDictionary<int, StashTag>.Empty;

    public ImmutableSortedDictionary<int, StashScene> Scenes { get; init; } = ImmutableSortedDictionary<int, StashScene>.Empty;

    public ImmutableSortedDictionary<int, StashMarker> Markers { get; init; } = ImmutableSortedDictionary<int, StashMarker>.Empty;

    public ImmutableSortedDictionary<int, StashImage> Images { get; init; } = ImmutableSortedDictionary<int, StashImage>.Empty;

    public ImmutableSortedDictionary<int, StashGallery> Galleries { get; init; } = ImmutableSortedDictionary<int, StashGallery>.Empty;

    public ImmutableSortedDictionary<int, StashSavedFilter> SavedFilters { get; init; } =
        ImmutableSortedDictionary<int, StashSavedFilter>.Empty;

    /// <summary>The settings of Stash's pages, as JSON.</summary>
    public string Ui { get; init; } = "{}";

    /// <summary>The settings of each plugin, as JSON.</summary>
    public ImmutableSortedDictionary<string, string> PluginSettings { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The next id of each kind of thing. Ids are never given twice.</summary>
    public ImmutableDictionary<string, int> NextIds { get; init; } = ImmutableDictionary<string, int>.Empty;

    public IEnumerable<StashTag> ChildrenOf(int tagId) => Tags.Values.Where(tag => tag.ParentIds.Contains(tagId));

    public IEnumerable<StashMarker> MarkersOf(int sceneId) => Markers.Values.Where(marker => marker.SceneId == sceneId);

    /// <summary>The tag and everything below it down to <paramref name="depth"/> levels; -1 means all of them.</summary>
    public ImmutableHashSet<int> Descendants(int tagId, int depth)
    {
        var found = ImmutableHashSet.Create(tagId);
        var frontier = new List<int> { tagId };
        for (var level = 0; frontier.Count > 0 && (depth < 0 || level < depth); level++)
        {
            frontier = [.. frontier.SelectMany(ChildrenOf).Select(child => child.Id).Where(id => !found.Contains(id)).Distinct()];
            found = found.Union(frontier);
        }

        return found;
    }
}
