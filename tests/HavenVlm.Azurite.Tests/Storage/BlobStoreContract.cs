using HavenVlm.Core.Storage;
using HavenVlm.Functions.Storage;
using HavenVlm.Functions.Storage.Artifacts;
using HavenVlm.StoreContract;
using Microsoft.Extensions.Logging.Abstractions;

namespace HavenVlm.Azurite.Tests.Storage;

public sealed class BlobWholeArtifacts : WholeArtifactsContract<BlobStoreFixture>;

public sealed class BlobLog : LogContract<BlobStoreFixture>;

public sealed class BlobDamage : DamageContract<BlobStoreFixture>;

public sealed class BlobLock : LockContract<BlobStoreFixture>;

/// <summary>A blob store on a container of its own.</summary>
public sealed class BlobStoreFixture : IStoreFixture
{
    private readonly DamageReports _damage = new(NullLogger<DamageReports>.Instance, TimeProvider.System);
    private AzureStorage? _storage;
    private BlobArtifactStore? _store;

    public IArtifactStore Store => _store!;

    public IArtifactStore Reopened() => AzuriteServer.Store(AzuriteServer.Current.Open(_storage!.Container.Name), damage: _damage);

    public IReadOnlyList<DamagedArtifact> Damage => _damage.Latest;

    public async Task DamageSealedAsync(string name, Func<byte[], byte[]> change)
    {
        var sealedIn = (await _storage!.Container.GetBlobClient(name).GetPropertiesAsync()).Value.Metadata[LogPart.SealedIn];
        var blob = _storage.Container.GetBlobClient(sealedIn);
        var content = (await blob.DownloadContentAsync()).Value.Content.ToArray();
        await blob.UploadAsync(new BinaryData(change(content)), overwrite: true);
    }

    public async Task<int> CountSetAsideAsync(string name)
    {
        var count = 0;
        await foreach (var blob in _storage!.Container.GetBlobsAsync())
        {
            count += blob.Name.Contains(".damaged", StringComparison.Ordinal) ? 1 : 0;
        }

        return count;
    }

    public async ValueTask InitializeAsync()
    {
        _storage = await AzuriteServer.Current.NewStorageAsync();
        _store = AzuriteServer.Store(_storage, damage: _damage);
    }

    public async ValueTask DisposeAsync() => await _storage!.Container.DeleteAsync();
}
