namespace HavenVlm.Core.Storage;

/// <summary>
/// Keeps what is too large or too precious for orchestration messages: plans, analysis logs, publication records.
/// Names are relative paths with forward slashes, made of <c>[a-z0-9._-]</c> components. A file store and a blob store implement it.
/// </summary>
public interface IArtifactStore
{
    /// <summary>
    /// How long lines are worth gathering before they are appended as one group, at most a second: next to nothing where an append costs
    /// a millisecond, so that a killed process loses no answer that it had received; longer where every append is a call to a service.
    /// </summary>
    TimeSpan AppendGrouping { get; }

    /// <summary>Writes an artifact that never changes; durable on return. When it exists already the first content stays and false is returned.</summary>
    Task<bool> WriteOnceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>The whole content and its version, or null when there is none.</summary>
    Task<Artifact?> ReadAsync(string name, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces the content atomically and durably if the version is still the expected one (null = must not exist yet).
    /// Returns the new version, or null when somebody else wrote in between.
    /// </summary>
    Task<string?> ReplaceAsync(string name, ReadOnlyMemory<byte> content, string? expectedVersion, CancellationToken cancellationToken);

    /// <summary>
    /// Moves an artifact whose content cannot be read to <c>NAME.damaged</c>, where nothing reads it but a person, and reports that once.
    /// From then on there is no artifact of that name. Returns where it is kept, or null when somebody else wrote in between.
    /// </summary>
    /// <param name="name">The artifact, written whole.</param>
    /// <param name="version">The version that cannot be read.</param>
    /// <param name="consequence">What is lost with it, a sentence for the user; empty = nothing that matters.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<string?> SetAsideAsync(string name, string version, string consequence, CancellationToken cancellationToken);

    /// <summary>Appends whole lines as one group: after a crash the group is there whole, or a torn end is cut off by the next writer.</summary>
    Task AppendAsync(string name, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken);

    /// <summary>Reads an appended (or sealed) artifact from its beginning, whole lines only; null when there is none.</summary>
    Task<Stream?> OpenReadAsync(string name, CancellationToken cancellationToken);

    /// <summary>Compresses an appended artifact that is finished; reading and further appending stay possible.</summary>
    Task SealAsync(string name, CancellationToken cancellationToken);

    /// <summary>Names that begin with a prefix, in ordinal order.</summary>
    IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Removes an artifact; nothing happens when there is none.</summary>
    Task DeleteAsync(string name, CancellationToken cancellationToken);

    /// <summary>Waits for, takes and holds a named lock over every process that shares the store, until disposed.</summary>
    Task<IAsyncDisposable> LockAsync(string name, CancellationToken cancellationToken);
}

/// <summary>An artifact's content and the version that <see cref="IArtifactStore.ReplaceAsync"/> compares.</summary>
public sealed record Artifact(ReadOnlyMemory<byte> Content, string Version);
