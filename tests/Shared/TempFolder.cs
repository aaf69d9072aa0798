namespace HavenVlm.Tests.Shared;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("haven-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
