using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Media;

/// <summary>Decides whether a scene is read from a local file or from Stash's stream.</summary>
internal static class MediaLocator
{
    /// <summary>Where to read the scene's file.</summary>
    /// <exception cref="MediaException"><c>stash.media</c> is <c>file</c> and there is no such file here.</exception>
    public static MediaLocation Locate(MediaFile media, StashOptions stash)
    {
        if (stash.Media == MediaAccess.Stream)
        {
            return Stream(media, stash);
        }

        var path = PathMapper.Map(media.Path, stash.PathMap);
        if (stash.Media == MediaAccess.File)
        {
            return File.Exists(path) ? new MediaLocation.LocalFile(path) : throw NotHere(media, path, stash);
        }

        return HasSize(path, media.Size) ? new MediaLocation.LocalFile(path) : Stream(media, stash);
    }

    // The host in Stash's own stream addresses echoes whoever asked, so the address is built from the one that the user gave.
    private static MediaLocation.RemoteMedia Stream(MediaFile media, StashOptions stash) =>
        new(new Uri($"{stash.Url.TrimEnd('/')}/scene/{Uri.EscapeDataString(media.SceneId)}/stream"), stash.ApiKey);

    private static bool HasSize(string path, long size)
    {
        try
        {
            var file = new FileInfo(path);
            return file.Exists && file.Length == size;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    private static MediaException NotHere(MediaFile media, string path, StashOptions stash)
    {
        var mapped = string.Equals(path, media.Path, StringComparison.Ordinal)
            ? $"no entry of stash.pathMap matches it ({stash.PathMap.Count} configured)"
            : $"stash.pathMap makes it '{path}'";
        return new MediaException(
            $"The file of scene {media.SceneId} is not on this machine: Stash says '{media.Path}', {mapped}, and there is no such file. "
                + "Mend stash.pathMap, or set stash.media to 'auto' or 'stream'."
        );
    }
}
