namespace HavenVlm.Tests.Engine;

/// <summary>A folder of a test's own, gone with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("haven-engine-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
