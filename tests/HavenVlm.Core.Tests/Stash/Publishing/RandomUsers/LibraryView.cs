using System.Text.Json;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Stash.State;
using Marker = HavenVlm.Simulation.Stash.State.StashMarker;
using Tag = HavenVlm.Simulation.Stash.State.StashTag;

namespace HavenVlm.Core.Tests.Stash.Publishing.RandomUsers;

/// <summary>The simulated library at one moment, as somebody sees it who looks at one scene; rows that were not written to are the same objects later.</summary>
/// <param name="Markers">The markers of the scene.</param>
/// <param name="Tags">All tags.</param>
/// <param name="SceneTags">The tags on the scene.</param>
/// <param name="Rest">Everything that publishing to the scene must leave as it is, as text.</param>
internal sealed record LibraryView(
    IReadOnlyDictionary<int, Marker> Markers,
    IReadOnlyDictionary<int, Tag> Tags,
    IReadOnlySet<int> SceneTags,
    string Rest
)
{
    public static LibraryView Of(StashLibrary library, int scene)
    {
        IEnumerable<StashScene> scenes = library.Scenes.Values.Select(each =>
            each.Id == scene ? each with { TagIds = [], UpdatedAt = each.CreatedAt } : each
        );
        var others = library.Markers.Values.Where(marker => marker.SceneId != scene);
        return new LibraryView(
            library.Markers.Values.Where(marker => marker.SceneId == scene).ToDictionary(marker => marker.Id),
            library.Tags,
            library.Scenes[scene].TagIds,
            JsonSerializer.Serialize(new { scenes, others })
        );
    }
}
