namespace HavenVlm.Core.Storage;

/// <summary>
/// Where the file store keeps an artifact. <c>NAME</c> holds whole content or the open tail of an appended one; <c>NAME~k</c> a tail that
/// is being compressed and <c>NAME~k.gz</c> the compressed one. '~' is no character of names, so nothing can clash.
/// </summary>
internal sealed class ArtifactFiles(string root)
{
    private readonly Lazy<string> _temp = new(() => CleanTempDirectory(Path.Combine(root, "~tmp")));

    public string Root => root;

    public string PathOf(string name) => Path.Combine(root, name.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>A path for a file that is still being written; on the same file system, so that renaming is one step.</summary>
    public string NewTempPath() => Path.Combine(_temp.Value, Guid.NewGuid().ToString("N"));

    /// <summary>The artifact's finished parts in the order in which they were written; numbered from 1 without gaps, so that no folder is searched.</summary>
    public IReadOnlyList<SealedPart> SealedParts(string name)
    {
        var path = PathOf(name);
        var parts = new List<SealedPart>();
        for (var number = 1; ; number++)
        {
            // Both exist after a crash between the last two steps of sealing; the compressed one is complete.
            if (File.Exists($"{path}~{number}.gz"))
            {
                parts.Add(new SealedPart(number, $"{path}~{number}.gz", Compressed: true));
            }
            else if (File.Exists($"{path}~{number}"))
            {
                parts.Add(new SealedPart(number, $"{path}~{number}", Compressed: false));
            }
            else
            {
                return parts;
            }
        }
    }

    /// <summary>Name of the artifact that a file belongs to, or null when it is none of ours.</summary>
    public static string? ArtifactOf(string fileName)
    {
        var end = fileName.IndexOf('~', StringComparison.Ordinal);
        var name = end < 0 ? fileName : fileName[..end];
        return ArtifactName.IsValid(name) ? name : null;
    }

    /// <summary>What is there at the first write was left by a process that was killed: the folder has one owner.</summary>
    private static string CleanTempDirectory(string directory)
    {
        DurableFile.CreateDirectory(directory);
        foreach (var file in Directory.EnumerateFiles(directory))
        {
            File.Delete(file);
        }

        return directory;
    }
}

/// <summary>A part of an appended artifact that takes no further lines.</summary>
internal sealed record SealedPart(int Number, string Path, bool Compressed);
