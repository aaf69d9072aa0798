using HavenVlm.Core.Configuration;
using HavenVlm.Core.Media.Sources;

namespace HavenVlm.Core.Diagnosis.SetUp;

/// <summary>
/// Finds out how Stash's paths are called here: the end of a path is looked for under the folders of this machine, and counts when the file
/// there has the size that Stash says.
/// </summary>
internal sealed class PathMapFinder
{
    private const int MaxRoots = 300;
    private const int MaxTails = 12;

    private static readonly string[] Parents = ["/mnt", "/media", "/run/media", "/srv", "/Volumes", "/data", "/media/usb"];

    private static readonly string[] Names = ["data", "media", "videos", "video", "library", "stash", "Videos", "Movies"];

    private readonly IReadOnlyList<string> _roots;

    /// <param name="folders">Where to look before the usual places: what the user said.</param>
    /// <param name="usual">Whether the usual places are searched as well.</param>
    public PathMapFinder(IEnumerable<string> folders, bool usual = true) =>
        _roots = [.. folders.Select(Path.GetFullPath).Concat(usual ? UsualRoots() : []).Distinct(StringComparer.Ordinal).Take(MaxRoots)];

    /// <summary>The mapping that opens most of these files, when they do not open as they are.</summary>
    /// <param name="files">Paths as Stash has them, and sizes in bytes.</param>
    /// <param name="known">The mappings there are.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <returns>The mapping and how many files it opens; null = none is needed, or none was found.</returns>
    public (PathMapping Mapping, int Files)? Find(
        IReadOnlyList<(string Path, long Size)> files,
        IReadOnlyList<PathMapping> known,
        CancellationToken cancellationToken
    )
    {
        var lost = files.Where(file => !IsThat(PathMapper.Map(file.Path, known), file.Size)).ToList();
        Dictionary<PathMapping, int> opens = [];
        foreach (var (path, size) in lost)
        {
            foreach (var mapping in Candidates(path, size, cancellationToken))
            {
                if (!opens.ContainsKey(mapping))
                {
                    opens[mapping] = lost.Count(file => IsThat(PathMapper.Map(file.Path, [mapping]), file.Size));
                }
            }
        }

        return opens.Count == 0 ? null : opens.Select(pair => (pair.Key, pair.Value)).MaxBy(pair => (pair.Value, -pair.Key.From.Length));
    }

    // The longest end that is found says the most.
    private IEnumerable<PathMapping> Candidates(string path, long size, CancellationToken cancellationToken)
    {
        var parts = path.Split('/', '\\').Where(part => part.Length > 0).ToArray();
        for (var skipped = path[0] == '/' ? 0 : 1; skipped < parts.Length; skipped++)
        {
            if (parts.Length - skipped > MaxTails)
            {
                continue;
            }

            var tail = Path.Combine(parts[skipped..]);
            foreach (var root in _roots)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (IsThat(Path.Combine(root, tail), size))
                {
                    yield return new PathMapping { From = Before(path, parts.Length - skipped), To = root };
                }
            }
        }
    }

    // What is left of the path when its last parts are taken off, written as Stash writes it.
    private static string Before(string path, int parts)
    {
        var end = path.Length;
        for (var i = 0; i < parts; i++)
        {
            end = path.AsSpan(0, end).TrimEnd("/\\").LastIndexOfAny('/', '\\');
        }

        var before = path[..Math.Max(end, 1)].TrimEnd('/', '\\');
        return before.Length == 0 ? path[..1] : before;
    }

    private static bool IsThat(string path, long size) => size > 0 && RegularFile.SizeOf(path) == size;

    private static IEnumerable<string> UsualRoots()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var drives = OperatingSystem.IsWindows()
            ? DriveInfo.GetDrives().Select(drive => drive.RootDirectory.FullName)
            : Enumerable.Range(1, 4).Select(i => $"/volume{i}").Concat(Parents);
        foreach (var parent in drives.Append(home).Where(folder => folder.Length > 0))
        {
            yield return parent;
            foreach (var name in Names)
            {
                yield return Path.Combine(parent, name);
            }

            foreach (var child in Children(parent))
            {
                yield return child;
                foreach (var name in Names)
                {
                    yield return Path.Combine(child, name);
                }
            }
        }
    }

    private static IEnumerable<string> Children(string folder)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(folder).Where(child => Path.GetFileName(child)[0] != '.').Take(20)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
