using HavenVlm.Simulation.Stash.GraphQl;
using HavenVlm.Simulation.Stash.State;

namespace HavenVlm.Simulation.Stash.Resolvers;

/// <summary>The fields of scenes, tags, markers and what belongs to them.</summary>
internal sealed class LibraryFields(LibraryStore store, string apiKey)
{
    private LibraryState State => store.State;

    public void Register(ResolverMap map)
    {
        Tags(map);
        Markers(map);
        Scenes(map);
        Absent(map, "Studio", "id", "name");
    }

    /// <summary>Kinds of things of which the simulated library holds none, so that nobody can ask for their fields.</summary>
    private static void Absent(ResolverMap map, string type, params string[] fields)
    {
        foreach (var field in fields)
        {
            map.Add<object>(type, field, _ => null);
        }
    }

    private void Tags(ResolverMap map)
    {
        map.Add<StashTag>("Tag", "id", tag => tag.Id);
        map.Add<StashTag>("Tag", "name", tag => tag.Name);
        map.Add<StashTag>("Tag", "sort_name", tag => tag.SortName);
        map.Add<StashTag>("Tag", "description", tag => tag.Description ?? "");
        map.Add<StashTag>("Tag", "aliases", tag => tag.Aliases);
        map.Add<StashTag>("Tag", "ignore_auto_tag", tag => tag.IgnoreAutoTag);
        map.Add<StashTag>("Tag", "favorite", tag => tag.Favorite);
        map.Add<StashTag>("Tag", "created_at", tag => tag.CreatedAt);
        map.Add<StashTag>("Tag", "updated_at", tag => tag.UpdatedAt);
        map.Add<StashTag>("Tag", "parents", tag => ByName(tag.ParentIds));
        map.Add<StashTag>("Tag", "children", tag => ByName(State.ChildrenOf(tag.Id).Select(child => child.Id)));
        map.Add<StashTag>("Tag", "parent_count", tag => tag.ParentIds.Length);
        map.Add<StashTag>("Tag", "child_count", tag => State.ChildrenOf(tag.Id).Count());
        Count(map, "scene_count", ids => State.Scenes.Values.Count(scene => ids.Overlaps(scene.TagIds)));
        Count(map, "image_count", ids => State.Images.Values.Count(image => ids.Overlaps(image.TagIds)));
        Count(map, "gallery_count", ids => State.Galleries.Values.Count(gallery => ids.Overlaps(gallery.TagIds)));
        Count(
            map,
            "scene_marker_count",
            ids => State.Markers.Values.Count(marker => ids.Contains(marker.PrimaryTagId) || ids.Overlaps(marker.TagIds))
        );
        foreach (var none in new[] { "performer_count", "studio_count", "group_count", "movie_count" })
        {
            Count(map, none, _ => 0);
        }
    }

    private void Markers(ResolverMap map)
    {
        map.Add<StashMarker>("SceneMarker", "id", marker => marker.Id);
        map.Add<StashMarker>("SceneMarker", "scene", marker => State.Scenes.GetValueOrDefault(marker.SceneId));
        map.Add<StashMarker>("SceneMarker", "title", marker => marker.Title);
        map.Add<StashMarker>("SceneMarker", "seconds", marker => marker.Seconds);
        map.Add<StashMarker>("SceneMarker", "end_seconds", marker => marker.EndSeconds);
        map.Add<StashMarker>("SceneMarker", "primary_tag", marker => State.Tags.GetValueOrDefault(marker.PrimaryTagId));
        map.Add<StashMarker>("SceneMarker", "tags", marker => ByName(marker.TagIds));
        map.Add<StashMarker>("SceneMarker", "created_at", marker => marker.CreatedAt);
        map.Add<StashMarker>("SceneMarker", "updated_at", marker => marker.UpdatedAt);
        foreach (var media in new[] { "stream", "preview", "screenshot" })
        {
            map.Add<StashMarker>(
                "SceneMarker",
                media,
                (marker, call) => $"{call.Request.BaseUrl}/scene/{marker.SceneId}/scene_marker/{marker.Id}/{media}"
            );
        }

        map.Add<SceneMarkerGroup>("SceneMarkerTag", "tag", group => group.Tag);
        map.Add<SceneMarkerGroup>("SceneMarkerTag", "scene_markers", group => group.Markers);
    }

    private void Scenes(ResolverMap map)
    {
        map.Add<StashScene>("Scene", "id", scene => scene.Id);
        map.Add<StashScene>("Scene", "title", scene => scene.Title ?? "");
        map.Add<StashScene>("Scene", "code", scene => scene.Code ?? "");
        map.Add<StashScene>("Scene", "details", scene => scene.Details ?? "");
        map.Add<StashScene>("Scene", "director", scene => scene.Director ?? "");
        map.Add<StashScene>("Scene", "rating100", scene => scene.Rating100);
        map.Add<StashScene>("Scene", "organized", scene => scene.Organized);
        map.Add<StashScene>("Scene", "created_at", scene => scene.CreatedAt);
        map.Add<StashScene>("Scene", "updated_at", scene => scene.UpdatedAt);
        map.Add<StashScene>("Scene", "path", scene => scene.Files.FirstOrDefault()?.Path ?? "");
        map.Add<StashScene>("Scene", "checksum", scene => Fingerprint(scene, "md5"));
        map.Add<StashScene>("Scene", "oshash", scene => Fingerprint(scene, "oshash"));
        map.Add<StashScene>("Scene", "phash", scene => Fingerprint(scene, "phash"));
        map.Add<StashScene>("Scene", "file", scene => scene.Files.FirstOrDefault() ?? new StashFile(0, "", scene.CreatedAt));
        map.Add<StashScene>("Scene", "files", scene => scene.Files);
        map.Add<StashScene>("Scene", "paths", scene => scene);
        map.Add<StashScene>("Scene", "scene_markers", scene => State.MarkersOf(scene.Id).OrderBy(marker => marker.Seconds));
        map.Add<StashScene>("Scene", "tags", scene => ByName(scene.TagIds));
        map.Add<StashScene>("Scene", "galleries", scene => scene.GalleryIds.Select(id => State.Galleries[id]));
        map.Add<StashScene>("Scene", "play_count", _ => 0);

        foreach (var number in new[] { "resume_time", "play_duration" })
        {
            map.Add<StashScene>("Scene", number, _ => 0.0);
        }

        foreach (var none in new[] { "url", "date", "captions", "last_played_at", "interactive_speed", "studio" })
        {
            map.Add<StashScene>("Scene", none, _ => null);
        }

        foreach (var empty in new[] { "play_history", "o_history", "performers", "movies", "groups" })
        {
            map.Add<StashScene>("Scene", empty, _ => Array.Empty<object>());
        }

        ScenePaths(map);
    }

    private void ScenePaths(ResolverMap map)
    {
        void Path(string name, string suffix) =>
            map.Add<StashScene>("ScenePathsType", name, (scene, call) => $"{call.Request.BaseUrl}/scene/{scene.Id}/{suffix}");
        map.Add<StashScene>("ScenePathsType", "stream", (scene, call) => StreamUrl(scene, call));
        map.Add<StashScene>(
            "ScenePathsType",
            "screenshot",
            (scene, call) => $"{call.Request.BaseUrl}/scene/{scene.Id}/screenshot?t={scene.UpdatedAt.ToUnixTimeSeconds()}"
        );
        map.Add<StashScene>(
            "ScenePathsType",
            "vtt",
            (scene, call) => $"{call.Request.BaseUrl}/scene/{Fingerprint(scene, "oshash")}_thumbs.vtt"
        );
        map.Add<StashScene>(
            "ScenePathsType",
            "sprite",
            (scene, call) => $"{call.Request.BaseUrl}/scene/{Fingerprint(scene, "oshash")}_sprite.jpg"
        );
        Path("preview", "preview");
        Path("webp", "webp");
        Path("funscript", "funscript");
        Path("interactive_heatmap", "interactive_heatmap");
        Path("caption", "caption");
        Path("chapters_vtt", "vtt/chapter");
    }

    /// <summary>Only this address carries the key.</summary>
    private string StreamUrl(StashScene scene, FieldCall call) =>
        $"{call.Request.BaseUrl}/scene/{scene.Id}/stream{(apiKey.Length > 0 ? $"?apikey={Uri.EscapeDataString(apiKey)}" : "")}";

    private static string? Fingerprint(StashScene scene, string kind) => scene.Files.FirstOrDefault()?.Fingerprints.GetValueOrDefault(kind);

    private void Count(ResolverMap map, string field, Func<IReadOnlySet<int>, int> count) =>
        map.Add<StashTag>("Tag", field, (tag, call) => count(State.Descendants(tag.Id, call.Arguments.Int("depth") ?? 0)));

    private IEnumerable<StashTag> ByName(IEnumerable<int> ids) =>
        ids.Where(State.Tags.ContainsKey).Select(id => State.Tags[id]).OrderBy(tag => tag.SortName ?? tag.Name, NaturalOrder.Comparer);
}

/// <summary>The markers of a scene that share a primary tag.</summary>
internal sealed record SceneMarkerGroup(StashTag Tag, IReadOnlyList<StashMarker> Markers);
