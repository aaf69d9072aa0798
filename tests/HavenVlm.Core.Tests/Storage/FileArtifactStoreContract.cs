using HavenVlm.Core.Storage;
using HavenVlm.StoreContract;

namespace HavenVlm.Core.Tests.Storage;

public sealed class FileWholeArtifacts : WholeArtifactsContract<FileStoreFixture>;

public sealed class FileLog : LogContract<FileStoreFixture>;

public sealed class FileLock : LockContract<FileStoreFixture>;

/// <summary>A file store on a folder of its own.</summary>
public sealed class FileStoreFixture : IStoreFixture
{
    private readonly StoreFolder _folder = new();

    public IArtifactStore Store => _folder.Store;

    public IArtifactStore Reopened() => _folder.Reopened();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
