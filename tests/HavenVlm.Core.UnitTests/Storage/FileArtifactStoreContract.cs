using HavenVlm.Core.Storage;
using HavenVlm.StoreContract;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Storage;

public sealed class FileWholeArtifacts : WholeArtifactsContract<FileStoreFixture>;

public sealed class FileLog : LogContract<FileStoreFixture>;

public sealed class FileDamage : DamageContract<FileStoreFixture>;

public sealed class FileLock : LockContract<FileStoreFixture>;

/// <summary>A file store on a folder of its own.</summary>
public sealed class FileStoreFixture : IStoreFixture
{
    private readonly StoreFolder _folder = new();

    public IArtifactStore Store => _folder.Store;

    public IArtifactStore Reopened() => _folder.Reopened();

    public IReadOnlyList<DamagedArtifact> Damage => _folder.Damage.Latest;

    public async Task DamageSealedAsync(string name, Func<byte[], byte[]> change)
    {
        var path = _folder.PathOf(name) + "~1.gz";
        await File.WriteAllBytesAsync(path, change(await File.ReadAllBytesAsync(path)));
    }

    public Task<int> CountSetAsideAsync(string name) =>
        Task.FromResult(Directory.GetFiles(_folder.Root, "*.damaged*", SearchOption.AllDirectories).Length);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
