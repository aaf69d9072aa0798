using HavenVlm.Core.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace HavenVlm.Tests.Shared;

/// <summary>A file store on a folder of its own that goes with the test.</summary>
internal sealed class StoreFolder : IDisposable
{
    public StoreFolder()
    {
        Root = Path.Combine(Path.GetTempPath(), "haven-" + Guid.NewGuid().ToString("N"));
        Damage = new DamageReports(NullLogger<DamageReports>.Instance, TimeProvider.System);
        Store = new FileArtifactStore(Root, Damage);
    }

    public DamageReports Damage { get; }

    public string Root { get; }

    public FileArtifactStore Store { get; }

    public string PathOf(string name) => Path.Combine(Root, name.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>What another process would find.</summary>
    public FileArtifactStore Reopened() => new(Root, Damage);

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
