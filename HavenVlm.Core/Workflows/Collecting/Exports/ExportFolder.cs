using HavenVlm.Core.Storage;

namespace HavenVlm.Core.Workflows.Collecting.Exports;

/// <summary>The folder of one export. What a method wrote is on the disk when it returns, whole or not at all.</summary>
internal sealed class ExportFolder(string root)
{
    /// <summary>The folder.</summary>
    public string Root => root;

    /// <summary>Writes a file that appears only when it is whole; one that is there already was written by an earlier attempt and stays.</summary>
    /// <param name="name">Relative, with forward slashes.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task WriteAsync(string name, Func<Stream, Task> write, CancellationToken cancellationToken)
    {
        if (Exists(name))
        {
            return;
        }

        var path = PathOf(name);
        DurableFile.CreateDirectory(Path.GetDirectoryName(path)!);
        var temp = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            var file = new FileStream(temp, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous);
            await using (file)
            {
                await write(file);
                await file.FlushAsync(cancellationToken);
                RandomAccess.FlushToDisk(file.SafeFileHandle);
            }

            DurableFile.Move(temp, path);
        }
        catch
        {
            File.Delete(temp);
            throw;
        }
    }

    /// <summary>Whether a file is there.</summary>
    public bool Exists(string name) => File.Exists(PathOf(name));

    /// <summary>Removes what attempts that were killed left half-written.</summary>
    public void RemoveTorn()
    {
        foreach (var file in Directory.Exists(root) ? Directory.EnumerateFiles(root, "*.part", SearchOption.AllDirectories).ToList() : [])
        {
            File.Delete(file);
        }
    }

    private string PathOf(string name) => Path.Combine(root, name.Replace('/', Path.DirectorySeparatorChar));
}
