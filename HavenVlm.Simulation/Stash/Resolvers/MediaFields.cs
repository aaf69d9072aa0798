using System.Text.Json.Nodes;
using HavenVlm.Simulation.Stash.GraphQl;
using HavenVlm.Simulation.Stash.State;

namespace HavenVlm.Simulation.Stash.Resolvers;

/// <summary>The fields of files, images, galleries and saved filters.</summary>
internal sealed class MediaFields(LibraryStore store)
{
    private LibraryState State => store.State;

    public void Register(ResolverMap map)
    {
        Files(map, "VideoFile");
        Files(map, "ImageFile");
        map.Add<KeyValuePair<string, string>>("Fingerprint", "type", pair => pair.Key);
        map.Add<KeyValuePair<string, string>>("Fingerprint", "value", pair => pair.Value);
        Images(map);
        Galleries(map);
        SavedFilters(map);
    }

    private static void Files(ResolverMap map, string type)
    {
        map.Add<StashFile>(type, "id", file => file.Id);
        map.Add<StashFile>(type, "path", file => file.Path);
        map.Add<StashFile>(type, "basename", file => Split(file.Path).Name);
        map.Add<StashFile>(type, "zip_file_id", _ => null);
        map.Add<StashFile>(type, "created_at", file => file.ModTime);
        map.Add<StashFile>(type, "updated_at", file => file.ModTime);
        map.Add<StashFile>(type, "size", file => file.Size);
        map.Add<StashFile>(type, "fingerprints", file => file.Fingerprints);
        map.Add<StashFile>(type, "fingerprint", (file, call) => file.Fingerprints.GetValueOrDefault(call.Arguments.Text("type")!));
        map.Add<StashFile>(type, "width", file => file.Width);
        map.Add<StashFile>(type, "height", file => file.Height);
        map.Add<StashFile>(type, "format", file => file.Format);
        if (type == "ImageFile")
        {
            map.Add<StashFile>("ImageFileType", "size", file => file.Size);
            map.Add<StashFile>("ImageFileType", "width", file => file.Width);
            map.Add<StashFile>("ImageFileType", "height", file => file.Height);
            return;
        }

        map.Add<StashFile>(type, "duration", file => file.Duration);
        map.Add<StashFile>(type, "video_codec", file => file.VideoCodec);
        map.Add<StashFile>(type, "audio_codec", file => file.AudioCodec);
        map.Add<StashFile>(type, "frame_rate", file => file.FrameRate);
        map.Add<StashFile>(type, "bit_rate", file => file.BitRate);
        map.Add<StashFile>("SceneFileType", "size", file => file.Size.ToString());
        map.Add<StashFile>("SceneFileType", "duration", file => file.Duration);
        map.Add<StashFile>("SceneFileType", "video_codec", file => file.VideoCodec);
        map.Add<StashFile>("SceneFileType", "audio_codec", file => file.AudioCodec);
        map.Add<StashFile>("SceneFileType", "width", file => file.Width);
        map.Add<StashFile>("SceneFileType", "height", file => file.Height);
        map.Add<StashFile>("SceneFileType", "framerate", file => file.FrameRate);
    }

    private void Images(ResolverMap map)
    {
        map.Add<StashImage>("Image", "id", image => image.Id);
        map.Add<StashImage>("Image", "title", image => image.Title ?? "");
        map.Add<StashImage>("Image", "code", image => image.Code ?? "");
        map.Add<StashImage>("Image", "details", image => image.Details ?? "");
        map.Add<StashImage>("Image", "rating100", image => image.Rating100);
        map.Add<StashImage>("Image", "organized", image => image.Organized);
        map.Add<StashImage>("Image", "created_at", image => image.CreatedAt);
        map.Add<StashImage>("Image", "updated_at", image => image.UpdatedAt);
        map.Add<StashImage>("Image", "path", image => image.Files.FirstOrDefault()?.Path ?? "");
        map.Add<StashImage>("Image", "checksum", image => image.Files.FirstOrDefault()?.Fingerprints.GetValueOrDefault("md5"));
        map.Add<StashImage>("Image", "file", image => image.Files.FirstOrDefault());
        map.Add<StashImage>("Image", "files", image => image.Files.Where(file => !file.IsVideo));
        map.Add<StashImage>("Image", "visual_files", image => image.Files);
        map.Add<StashImage>("Image", "paths", image => image);
        map.Add<StashImage>("Image", "galleries", image => image.GalleryIds.Select(id => State.Galleries[id]));
        map.Add<StashImage>("Image", "tags", image => ByName(image.TagIds));
        None<StashImage>(map, "Image", "date", "url", "studio");
        Empty<StashImage>(map, "Image", "performers");
        foreach (var media in new[] { "thumbnail", "preview", "image" })
        {
            map.Add<StashImage>(
                "ImagePathsType",
                media,
                (image, call) => $"{call.Request.BaseUrl}/image/{image.Id}/{media}?t={image.UpdatedAt.ToUnixTimeSeconds()}"
            );
        }
    }

    private void Galleries(ResolverMap map)
    {
        map.Add<StashGallery>("Gallery", "id", gallery => gallery.Id);
        map.Add<StashGallery>("Gallery", "title", gallery => gallery.Title ?? "");
        map.Add<StashGallery>("Gallery", "code", gallery => gallery.Code ?? "");
        map.Add<StashGallery>("Gallery", "details", gallery => gallery.Details ?? "");
        map.Add<StashGallery>("Gallery", "rating100", gallery => gallery.Rating100);
        map.Add<StashGallery>("Gallery", "organized", gallery => gallery.Organized);
        map.Add<StashGallery>("Gallery", "created_at", gallery => gallery.CreatedAt);
        map.Add<StashGallery>("Gallery", "updated_at", gallery => gallery.UpdatedAt);
        map.Add<StashGallery>("Gallery", "path", gallery => gallery.FolderPath);
        map.Add<StashGallery>("Gallery", "checksum", _ => "");
        map.Add<StashGallery>("Gallery", "folder", gallery => gallery.FolderPath is null ? null : gallery);
        map.Add<StashGallery>("Gallery", "scenes", gallery => State.Scenes.Values.Where(scene => scene.GalleryIds.Contains(gallery.Id)));
        map.Add<StashGallery>("Gallery", "images", gallery => ImagesOf(gallery));
        map.Add<StashGallery>("Gallery", "image_count", gallery => ImagesOf(gallery).Count());
        map.Add<StashGallery>("Gallery", "cover", gallery => ImagesOf(gallery).FirstOrDefault());
        map.Add<StashGallery>("Gallery", "tags", gallery => ByName(gallery.TagIds));
        None<StashGallery>(map, "Gallery", "date", "url", "studio");
        Empty<StashGallery>(map, "Gallery", "performers", "files");
        map.Add<StashGallery>("Folder", "id", gallery => gallery.Id);
        map.Add<StashGallery>("Folder", "path", gallery => gallery.FolderPath);
        map.Add<StashGallery>("Folder", "created_at", gallery => gallery.CreatedAt);
        map.Add<StashGallery>("Folder", "updated_at", gallery => gallery.CreatedAt);
        None<StashGallery>(map, "Folder", "zip_file_id");
    }

    private static void SavedFilters(ResolverMap map)
    {
        map.Add<StashSavedFilter>("SavedFilter", "id", filter => filter.Id);
        map.Add<StashSavedFilter>("SavedFilter", "mode", filter => filter.Mode);
        map.Add<StashSavedFilter>("SavedFilter", "name", filter => filter.Name);
        // Kept in the schema for old clients; both servers answer it with nothing.
        map.Add<StashSavedFilter>("SavedFilter", "filter", _ => "");
        map.Add<StashSavedFilter>("SavedFilter", "find_filter", filter => ResolverMap.ParseJson(filter.FindFilter));
        map.Add<StashSavedFilter>("SavedFilter", "object_filter", filter => ResolverMap.ParseJson(filter.ObjectFilter));
        foreach (var field in new[] { "q", "sort", "page", "per_page", "direction" })
        {
            map.Add<JsonObject>("SavedFindFilterType", field, filter => filter[field]);
        }
    }

    private static void None<T>(ResolverMap map, string type, params string[] fields)
    {
        foreach (var field in fields)
        {
            map.Add<T>(type, field, _ => null);
        }
    }

    private static void Empty<T>(ResolverMap map, string type, params string[] fields)
    {
        foreach (var field in fields)
        {
            map.Add<T>(type, field, _ => Array.Empty<object>());
        }
    }

    private IEnumerable<StashImage> ImagesOf(StashGallery gallery) =>
        State.Images.Values.Where(image => image.GalleryIds.Contains(gallery.Id));

    private IEnumerable<StashTag> ByName(IEnumerable<int> ids) =>
        ids.Where(State.Tags.ContainsKey).Select(id => State.Tags[id]).OrderBy(tag => tag.SortName ?? tag.Name, NaturalOrder.Comparer);

    private static (string Folder, string Name) Split(string path)
    {
        var cut = path.LastIndexOfAny(['/', '\\']);
        return cut < 0 ? ("", path) : (path[..cut], path[(cut + 1)..]);
    }
}
