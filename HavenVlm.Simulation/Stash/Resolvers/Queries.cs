using HavenVlm.Simulation.Stash.Filters;
using HavenVlm.Simulation.Stash.GraphQl;
using HavenVlm.Simulation.Stash.State;

namespace HavenVlm.Simulation.Stash.Resolvers;

/// <summary>Finding things.</summary>
internal sealed class Queries(LibraryStore store)
{
    private static readonly Dictionary<string, Func<StashTag, object?>> TagOrders = new(StringComparer.Ordinal)
    {
        ["name"] = tag => tag.SortName ?? tag.Name,
        ["id"] = tag => tag.Id,
        ["created_at"] = tag => tag.CreatedAt,
        ["updated_at"] = tag => tag.UpdatedAt,
    };

    private static readonly Dictionary<string, Func<StashScene, object?>> SceneOrders = new(StringComparer.Ordinal)
    {
        ["id"] = scene => scene.Id,
        ["title"] = scene => scene.Title is { Length: > 0 } title ? title : scene.Files.FirstOrDefault()?.Path,
        ["path"] = scene => scene.Files.FirstOrDefault()?.Path,
        ["duration"] = scene => scene.Files.FirstOrDefault()?.Duration,
        ["filesize"] = scene => scene.Files.FirstOrDefault()?.Size,
        ["file_mod_time"] = scene => scene.Files.FirstOrDefault()?.ModTime,
        ["rating"] = scene => scene.Rating100,
        ["tag_count"] = scene => scene.TagIds.Count,
        ["created_at"] = scene => scene.CreatedAt,
        ["updated_at"] = scene => scene.UpdatedAt,
        ["organized"] = scene => scene.Organized,
    };

    private static readonly Dictionary<string, Func<StashImage, object?>> ImageOrders = new(StringComparer.Ordinal)
    {
        ["id"] = image => image.Id,
        ["title"] = image => image.Title,
        ["path"] = image => image.Files.FirstOrDefault()?.Path,
        ["filesize"] = image => image.Files.FirstOrDefault()?.Size,
        ["rating"] = image => image.Rating100,
        ["tag_count"] = image => image.TagIds.Count,
        ["created_at"] = image => image.CreatedAt,
        ["updated_at"] = image => image.UpdatedAt,
    };

    private static readonly Dictionary<string, Func<StashGallery, object?>> GalleryOrders = new(StringComparer.Ordinal)
    {
        ["id"] = gallery => gallery.Id,
        ["title"] = gallery => gallery.Title,
        ["path"] = gallery => gallery.FolderPath,
        ["rating"] = gallery => gallery.Rating100,
        ["created_at"] = gallery => gallery.CreatedAt,
        ["updated_at"] = gallery => gallery.UpdatedAt,
    };

    private LibraryState State => store.State;

    private Dictionary<string, Func<StashMarker, object?>> MarkerOrders =>
        new(StringComparer.Ordinal)
        {
            ["title"] = marker => marker.Title.Length > 0 ? marker.Title : State.Tags[marker.PrimaryTagId].Name,
            ["id"] = marker => marker.Id,
            ["seconds"] = marker => marker.Seconds,
            ["scene_id"] = marker => marker.SceneId,
            ["created_at"] = marker => marker.CreatedAt,
            ["updated_at"] = marker => marker.UpdatedAt,
            ["scenes_updated_at"] = marker => State.Scenes[marker.SceneId].UpdatedAt,
            ["duration"] = marker => marker.EndSeconds - marker.Seconds,
        };

    public void Register(ResolverMap map)
    {
        map.Add<object>("Query", "findTag", (_, call) => State.Tags.GetValueOrDefault(call.Arguments.Id("id")!.Value));
        map.Add<object>("Query", "findScene", (_, call) => FindScene(call.Arguments));
        map.Add<object>("Query", "findImage", (_, call) => FindImage(call.Arguments));
        map.Add<object>("Query", "findGallery", (_, call) => State.Galleries.GetValueOrDefault(call.Arguments.Id("id")!.Value));
        map.Add<object>("Query", "findSavedFilter", (_, call) => State.SavedFilters.GetValueOrDefault(call.Arguments.Id("id")!.Value));
        map.Add<object>("Query", "findSavedFilters", (_, call) => SavedFilters(call.Arguments.Text("mode")));
        map.Add<object>("Query", "sceneMarkerTags", (_, call) => MarkersByTag(call.Arguments.Id("scene_id")!.Value));
        map.Add<object>("Query", "findTags", (_, call) => FindTags(call.Arguments));
        map.Add<object>("Query", "findScenes", (_, call) => FindScenes(call.Arguments));
        map.Add<object>("Query", "findSceneMarkers", (_, call) => FindMarkers(call.Arguments));
        map.Add<object>("Query", "findImages", (_, call) => FindImages(call.Arguments));
        map.Add<object>("Query", "findGalleries", (_, call) => FindGalleries(call.Arguments));
        Results<StashTag>(map, "FindTagsResultType", "tags");
        Results<StashScene>(map, "FindScenesResultType", "scenes");
        Results<StashMarker>(map, "FindSceneMarkersResultType", "scene_markers");
        Results<StashImage>(map, "FindImagesResultType", "images");
        Results<StashGallery>(map, "FindGalleriesResultType", "galleries");
        map.Add<Found<StashScene>>(
            "FindScenesResultType",
            "duration",
            found => found.All.Sum(scene => scene.Files.FirstOrDefault()?.Duration ?? 0)
        );
    }

    private static void Results<T>(ResolverMap map, string type, string list)
    {
        map.Add<Found<T>>(type, "count", found => found.All.Count);
        map.Add<Found<T>>(type, list, found => found.Page);
    }

    private StashScene? FindScene(InputObject arguments) =>
        arguments.Id("id") is { } id ? State.Scenes.GetValueOrDefault(id)
        : arguments.Text("checksum") is { } checksum ? WithFingerprint("md5", checksum)
        : null;

    private StashImage? FindImage(InputObject arguments) =>
        arguments.Id("id") is { } id
            ? State.Images.GetValueOrDefault(id)
            : State.Images.Values.FirstOrDefault(image =>
                image.Files.Any(file => file.Fingerprints.GetValueOrDefault("md5") == (arguments.Text("checksum") ?? ""))
            );

    private StashScene? WithFingerprint(string kind, string value) =>
        State.Scenes.Values.FirstOrDefault(scene => scene.Files.Any(file => file.Fingerprints.GetValueOrDefault(kind) == value));

    private IEnumerable<StashSavedFilter> SavedFilters(string? mode) =>
        State
            .SavedFilters.Values.Where(filter => mode is null || filter.Mode == mode)
            .OrderBy(filter => filter.Name, NaturalOrder.Comparer);

    private IEnumerable<SceneMarkerGroup> MarkersByTag(int sceneId) =>
        State
            .MarkersOf(sceneId)
            .GroupBy(marker => marker.PrimaryTagId)
            .Select(group => new SceneMarkerGroup(State.Tags[group.Key], [.. group]));

    private Found<StashTag> FindTags(InputObject arguments)
    {
        var (filters, find, filter) = (new LibraryFilters(State), arguments.Object("filter"), arguments.Object("tag_filter"));
        return ByIds(arguments, State.Tags, "tag", "ids")
            ?? Query(
                State.Tags.Values,
                find,
                tag => filters.Tag(tag, filter) && Paging.Matches(find, [tag.Name, tag.SortName, .. tag.Aliases]),
                "name",
                TagOrders
            );
    }

    private Found<StashScene> FindScenes(InputObject arguments)
    {
        var (filters, find, filter) = (new LibraryFilters(State), arguments.Object("filter"), arguments.Object("scene_filter"));
        return ByIds(arguments, State.Scenes, "scene", "ids", "scene_ids")
            ?? Query(
                State.Scenes.Values,
                find,
                scene =>
                    filters.Scene(scene, filter)
                    && Paging.Matches(find, [scene.Title, scene.Details, .. scene.Files.Select(file => file.Path)]),
                "id",
                SceneOrders
            );
    }

    private Found<StashMarker> FindMarkers(InputObject arguments)
    {
        var (filters, find, filter) = (new LibraryFilters(State), arguments.Object("filter"), arguments.Object("scene_marker_filter"));
        return ByIds(arguments, State.Markers, "scene marker", "ids")
            ?? Query(
                State.Markers.Values.OrderBy(marker => marker.SceneId).ThenBy(marker => marker.Seconds),
                find,
                marker =>
                    filters.Marker(marker, filter)
                    && Paging.Matches(find, [marker.Title, State.Scenes[marker.SceneId].Title, State.Tags[marker.PrimaryTagId].Name]),
                "title",
                MarkerOrders
            );
    }

    private Found<StashImage> FindImages(InputObject arguments)
    {
        var (filters, find, filter) = (new LibraryFilters(State), arguments.Object("filter"), arguments.Object("image_filter"));
        // Before v0.25 the server takes image_ids and does nothing with them.
        return ByIds(arguments, State.Images, "image", store.Version >= StashVersion.Release25 ? ["ids", "image_ids"] : [])
            ?? Query(
                State.Images.Values,
                find,
                image => filters.Image(image, filter) && Paging.Matches(find, [image.Title, .. image.Files.Select(file => file.Path)]),
                "id",
                ImageOrders
            );
    }

    private Found<StashGallery> FindGalleries(InputObject arguments)
    {
        var (filters, find, filter) = (new LibraryFilters(State), arguments.Object("filter"), arguments.Object("gallery_filter"));
        return ByIds(arguments, State.Galleries, "gallery", "ids")
            ?? Query(
                State.Galleries.Values,
                find,
                gallery => filters.Gallery(gallery, filter) && Paging.Matches(find, gallery.Title, gallery.FolderPath),
                "id",
                GalleryOrders
            );
    }

    /// <summary>Ids that are asked for by name must all exist; an empty list counts as none given.</summary>
    private Found<T>? ByIds<T>(InputObject arguments, IReadOnlyDictionary<int, T> rows, string kind, params string[] names)
    {
        var ids = names.Select(arguments.Ids).FirstOrDefault(list => list is { Count: > 0 });
        if (
            store.Version >= StashVersion.Release30
            && (arguments.Texts("ids") ?? []).GroupBy(id => id, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1)
                is { } twice
        )
        {
            throw new StashErrorException($"validating ids: duplicate id found: {twice.Key}");
        }

        if (ids is null)
        {
            return null;
        }

        List<T> found =
        [
            .. ids.Select(id => rows.TryGetValue(id, out var row) ? row : throw new StashErrorException($"{kind} with id {id} not found")),
        ];
        return new Found<T>(found, found);
    }

    private Found<T> Query<T>(
        IEnumerable<T> rows,
        InputObject? find,
        Func<T, bool> matches,
        string standard,
        IReadOnlyDictionary<string, Func<T, object?>> orders
    )
    {
        var all = Paging.Order(rows.Where(matches), find, store.Version, standard, orders);
        return new Found<T>(all, Paging.Page(all, find));
    }

    /// <summary>What a search found, and the page of it that is shown.</summary>
    private sealed record Found<T>(IReadOnlyList<T> All, IEnumerable<T> Page);
}
