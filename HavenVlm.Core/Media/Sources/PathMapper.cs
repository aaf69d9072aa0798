using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Media.Sources;

/// <summary>
/// Turns a path of Stash's machine into one of this machine. Whole components are compared, the longest prefix wins. A path that begins with
/// a drive or a share is a Windows path: either slash separates and letter case does not count.
/// </summary>
internal static class PathMapper
{
    /// <summary>The path on this machine; the same path when no mapping matches.</summary>
    public static string Map(string path, IReadOnlyList<PathMapping> mappings)
    {
        var windows = IsWindows(path);
        var components = Split(path, windows);
        PathMapping? best = null;
        var bestLength = -1;
        foreach (var mapping in mappings)
        {
            // A prefix for a POSIX path may still have been typed with backslashes.
            var prefix = Split(mapping.From, windows: true);
            if (prefix.Count > bestLength && IsRooted(mapping.From) && StartsWith(components, prefix, windows))
            {
                (best, bestLength) = (mapping, prefix.Count);
            }
        }

        return best is null ? path : Join(best.To, components.Skip(bestLength));
    }

    private static bool StartsWith(List<string> components, List<string> prefix, bool windows)
    {
        var comparison = windows ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return prefix.Count <= components.Count && prefix.Zip(components).All(pair => string.Equals(pair.First, pair.Second, comparison));
    }

    private static string Join(string target, IEnumerable<string> rest)
    {
        var separator = IsWindows(target) ? '\\' : '/';
        var trimmed = target.TrimEnd('/', separator);
        var tail = string.Join(separator, rest);
        if (tail.Length == 0)
        {
            return trimmed.Length == 0 ? separator.ToString() : trimmed;
        }

        return $"{trimmed}{separator}{tail}";
    }

    private static List<string> Split(string path, bool windows)
    {
        var components = (windows ? path.Replace('\\', '/') : path).Split('/').Where(part => part.Length > 0).ToList();
        // A share and a folder of the same name are not the same place.
        if (windows && path.Length > 1 && path[0] is '\\' or '/' && path[1] == path[0])
        {
            components.Insert(0, "//");
        }

        return components;
    }

    private static bool IsRooted(string path) => path.Length > 0 && (path[0] is '/' or '\\' || IsWindows(path));

    private static bool IsWindows(string path) =>
        path.Length >= 2 && ((char.IsAsciiLetter(path[0]) && path[1] == ':') || path.StartsWith(@"\\", StringComparison.Ordinal));
}
