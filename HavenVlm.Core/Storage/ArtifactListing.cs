namespace HavenVlm.Core.Storage;

/// <summary>Walks the store's folders so that names come in ordinal order without holding all of them.</summary>
internal static class ArtifactListing
{
    /// <summary>Names in a folder ("" = the root) and below.</summary>
    public static IEnumerable<string> Of(ArtifactFiles files, string folder)
    {
        var directory = folder.Length == 0 ? files.Root : files.PathOf(folder);
        if (!Directory.Exists(directory))
        {
            yield break;
        }

        // A folder sorts as its name with the slash that its names continue with: "a-1" < "a.b" < "a/b" < "a0".
        var entries = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(directory))
        {
            if (ArtifactFiles.ArtifactOf(Path.GetFileName(path)) is { } name)
            {
                entries.Add(name);
            }
        }

        foreach (var path in Directory.EnumerateDirectories(directory))
        {
            if (ArtifactName.IsValid(Path.GetFileName(path)))
            {
                entries.Add(Path.GetFileName(path) + "/");
            }
        }

        var prefix = folder.Length == 0 ? "" : folder + "/";
        foreach (var entry in entries)
        {
            if (entry.EndsWith('/'))
            {
                foreach (var name in Of(files, prefix + entry[..^1]))
                {
                    yield return name;
                }
            }
            else
            {
                yield return prefix + entry;
            }
        }
    }
}
