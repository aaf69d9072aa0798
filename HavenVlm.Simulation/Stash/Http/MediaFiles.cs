using HavenVlm.Simulation.Stash.State;
using Microsoft.AspNetCore.Http;

namespace HavenVlm.Simulation.Stash.Http;

/// <summary>Serves the files of scenes and images, in pieces where a piece is asked for.</summary>
internal sealed class MediaFiles(LibraryStore store)
{
    public IResult Scene(int id)
    {
        if (!store.State.Scenes.TryGetValue(id, out var scene) || scene.Files.IsEmpty)
        {
            return Results.NotFound();
        }

        return Serve(scene.TranscodePath ?? scene.Files[0].ServedFrom ?? scene.Files[0].Path, true);
    }

    public IResult Image(int id) =>
        store.State.Images.TryGetValue(id, out var image) && !image.Files.IsEmpty
            ? Serve(image.Files[0].ServedFrom ?? image.Files[0].Path, image.Files[0].IsVideo)
            : Results.NotFound();

    private static IResult Serve(string path, bool video) =>
        File.Exists(path)
            ? Results.File(
                Path.GetFullPath(path),
                ContentType(path, video),
                enableRangeProcessing: true,
                lastModified: new DateTimeOffset(File.GetLastWriteTimeUtc(path))
            )
            : Results.NotFound();

    private static string ContentType(string path, bool video) =>
        Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".mkv" => "video/x-matroska",
            ".webm" => "video/webm",
            ".png" => "image/png",
            ".gif" => "image/gif",
            ".webp" => "image/webp",
            _ => video ? "video/mp4" : "image/jpeg",
        };
}
