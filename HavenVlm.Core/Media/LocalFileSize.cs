namespace HavenVlm.Core.Media;

/// <summary>Sizes of files behind links: a link's own size is that of its text.</summary>
internal static class LocalFileSize
{
    /// <summary>The size in bytes of the file that a path leads to; 0 also for pipes and devices.</summary>
    /// <exception cref="FileNotFoundException">There is none, or it is a folder.</exception>
    public static long Of(string path)
    {
        var file = new FileInfo(path);
        return file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target.Length : file.Length;
    }
}
