using HavenVlm.Core.Storage;
using HavenVlm.Functions.Storage;
using HavenVlm.StoreContract;

namespace HavenVlm.Azurite.Tests.Storage;

public sealed class BlobWholeArtifacts : WholeArtifactsContract<BlobStoreFixture>;

public sealed class BlobLog : LogContract<BlobStoreFixture>;

public sealed class BlobLock : LockContract<BlobStoreFixture>;

/// <summary>A blob store on a container of its own.</summary>
public sealed class BlobStoreFixture : IStoreFixture
{
    private AzureStorage? _storage;
    private BlobArtifactStore? _store;

    public IArtifactStore Store => _store!;

    public IArtifactStore Reopened() => AzuriteServer.Store(AzuriteServer.Current.Open(_storage!.Container.Name));

    public async ValueTask InitializeAsync()
    {
        _storage = await AzuriteServer.Current.NewStorageAsync();
        _store = AzuriteServer.Store(_storage);
    }

    public async ValueTask DisposeAsync() => await _storage!.Container.DeleteAsync();
}
