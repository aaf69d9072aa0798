using HavenVlm.Core.Storage;

namespace HavenVlm.Tests.Shared;

/// <summary>A store whose disk fails at the n-th write from now on, before anything is written.</summary>
internal sealed class FailingArtifacts(IArtifactStore inner) : IArtifactStore
{
    private int _left = int.MaxValue;

    public TimeSpan AppendGrouping => inner.AppendGrouping;

    public void FailAt(int write) => _left = write;

    public void Recover() => _left = int.MaxValue;

    public Task<string?> ReplaceAsync(
        string name,
        ReadOnlyMemory<byte> content,
        string? expectedVersion,
        CancellationToken cancellationToken
    ) =>
        --_left == 0
            ? throw new IOException("There is no space left on the device.")
            : inner.ReplaceAsync(name, content, expectedVersion, cancellationToken);

    public Task<string?> SetAsideAsync(string name, string version, string consequence, CancellationToken cancellationToken) =>
        inner.SetAsideAsync(name, version, consequence, cancellationToken);

    public Task<bool> WriteOnceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        inner.WriteOnceAsync(name, content, cancellationToken);

    public Task<Artifact?> ReadAsync(string name, CancellationToken cancellationToken) => inner.ReadAsync(name, cancellationToken);

    public Task AppendAsync(string name, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken) =>
        inner.AppendAsync(name, lines, cancellationToken);

    public Task<Stream?> OpenReadAsync(string name, CancellationToken cancellationToken) => inner.OpenReadAsync(name, cancellationToken);

    public Task SealAsync(string name, CancellationToken cancellationToken) => inner.SealAsync(name, cancellationToken);

    public IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken) =>
        inner.ListAsync(prefix, cancellationToken);

    public Task DeleteAsync(string name, CancellationToken cancellationToken) => inner.DeleteAsync(name, cancellationToken);

    public Task<IAsyncDisposable> LockAsync(string name, CancellationToken cancellationToken) => inner.LockAsync(name, cancellationToken);
}
