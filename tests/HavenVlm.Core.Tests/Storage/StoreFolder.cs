using HavenVlm.Core.Storage;

namespace HavenVlm.Core.Tests.Storage;

/// <summary>A file store on a folder of its own that goes with the test.</summary>
internal sealed class StoreFolder : IDisposable
{
    public StoreFolder()
    {
        Root = Path.Combine(Path.GetTempPath(), "haven-" + Guid.NewGuid().ToString("N"));
        Store = new FileArtifactStore(Root);
    }

    public string Root { get; }

    public FileArtifactStore Store { get; }

    public string PathOf(string name) => Path.Combine(Root, name.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>What another process would find.</summary>
    public FileArtifactStore Reopened() => new(Root);

    public async Task<string?> ReadLinesAsync(string name)
    {
        var stream = await Reopened().OpenReadAsync(name, CancellationToken.None);
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    public void Dispose()
    {
        if (Directory.Exists(Root))
        {
            Directory.Delete(Root, recursive: true);
        }
    }
}
