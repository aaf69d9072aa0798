using HavenVlm.Core.Storage;

namespace HavenVlm.StoreContract;

/// <summary>A kind of store under test, empty at first.</summary>
public interface IStoreFixture : IAsyncLifetime
{
    /// <summary>The store.</summary>
    IArtifactStore Store { get; }

    /// <summary>What another process, or the next one, sees.</summary>
    IArtifactStore Reopened();

    /// <summary>What the store reported as damaged, oldest first.</summary>
    IReadOnlyList<DamagedArtifact> Damage { get; }

    /// <summary>Changes the bytes of what is compressed of a log, behind the store's back.</summary>
    Task DamageSealedAsync(string name, Func<byte[], byte[]> change);

    /// <summary>How many pieces of a log were set aside.</summary>
    Task<int> CountSetAsideAsync(string name);
}
