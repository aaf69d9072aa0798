using HavenVlm.Core.Storage;

namespace HavenVlm.StoreContract;

/// <summary>A kind of store under test, empty at first.</summary>
public interface IStoreFixture : IAsyncLifetime
{
    /// <summary>The store.</summary>
    IArtifactStore Store { get; }

    /// <summary>What another process, or the next one, sees.</summary>
    IArtifactStore Reopened();
}
