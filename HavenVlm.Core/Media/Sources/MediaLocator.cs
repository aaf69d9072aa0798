using HavenVlm.Core.Configuration;
using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Media.Sources;

/// <summary>Decides whether a scene or an image is read from a local file or from Stash.</summary>
internal static class MediaLocator
{
    /// <summary>Where to read a scene's file.</summary>
    /// <exception cref="MediaException"><c>stash.media</c> is <c>file</c> and there is no such file here.</exception>
    public static MediaLocation Locate(MediaFile media, StashOptions stash) =>
        Locate(new Wanted("scene", media.SceneId, "stream", media.Path, media.Size), stash);

    /// <summary>Where to read an image's file. A picture in an archive is always read from Stash, which takes it out.</summary>
    /// <exception cref="MediaException"><c>stash.media</c> is <c>file</c> and there is no such file here.</exception>
    public static MediaLocation LocateImage(string imageId, string path, long size, StashOptions stash) =>
        Locate(new Wanted("image", imageId, "image", path, size), stash);

    private static MediaLocation Locate(Wanted media, StashOptions stash)
    {
        if (stash.Media == MediaAccess.Stream)
        {
            return Remote(media, stash);
        }

        var path = NameForms.Find(PathMapper.Map(media.Path, stash.PathMap));
        if (stash.Media == MediaAccess.File)
        {
            return RegularFile.SizeOf(path) is not null ? new MediaLocation.LocalFile(path)
                : IsInArchive(path) ? Remote(media, stash)
                : throw NotHere(media, path, stash);
        }

        return media.Size > 0 && RegularFile.SizeOf(path) == media.Size ? new MediaLocation.LocalFile(path) : Remote(media, stash);
    }

    // The host in Stash's own addresses echoes whoever asked, so the address is built from the one that the user gave.
    private static MediaLocation.RemoteMedia Remote(Wanted media, StashOptions stash) =>
        new(new Uri($"{stash.Url.TrimEnd('/')}/{media.Kind}/{Uri.EscapeDataString(media.Id)}/{media.Address}"), stash.ApiKey);

    /// <summary>Whether what would be a folder of the path is a file: Stash writes the path in the archive behind the archive's own.</summary>
    private static bool IsInArchive(string path)
    {
        for (var folder = Path.GetDirectoryName(path); folder is { Length: > 1 }; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(folder))
            {
                return true;
            }
        }

        return false;
    }

    private static MediaException NotHere(Wanted media, string path, StashOptions stash)
    {
        var mapped = string.Equals(path, media.Path, StringComparison.Ordinal)
            ? $"no entry of stash.pathMap matches it ({stash.PathMap.Count} configured)"
            : $"stash.pathMap makes it '{path}'";
        return new MediaException(
            $"The file of {media.Kind} {media.Id} is not on this machine: Stash says '{media.Path}', {mapped}, and there is no such file. "
                + "Mend stash.pathMap, or set stash.media to 'auto' or 'stream'."
        );
    }

    /// <summary>What is looked for.</summary>
    /// <param name="Kind"><c>scene</c> or <c>image</c>.</param>
    /// <param name="Id">Its id in Stash.</param>
    /// <param name="Address">Last part of its address in Stash.</param>
    /// <param name="Path">Path as Stash sees it.</param>
    /// <param name="Size">Size in bytes.</param>
    private sealed record Wanted(string Kind, string Id, string Address, string Path, long Size);
}
