using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Storage;

namespace HavenVlm.Core.Workflows.Undoing;

/// <summary>What was asked to be undone.</summary>
internal sealed record UndoSelection
{
    public bool All { get; init; }

    public bool DryRun { get; init; }

    /// <summary>What was named.</summary>
    public IReadOnlyList<PublicationSubject> Subjects { get; init; } = [];

    /// <summary>Whether another one asks for exactly the same.</summary>
    public bool IsSame(UndoSelection? other) =>
        other is not null && All == other.All && DryRun == other.DryRun && Subjects.SequenceEqual(other.Subjects);
}

/// <summary>A scene or image to undo.</summary>
/// <param name="Subject">Which.</param>
/// <param name="WasRunning">Whether it was being worked on: then its request tags go too, as when its instance is terminated.</param>
/// <param name="IsDamaged">Whether a record of it was damaged and lies aside.</param>
internal sealed record UndoSubject(PublicationSubject Subject, bool WasRunning, bool IsDamaged = false);

/// <summary>How far a chunk of an undo is: a process that ends in the middle of it leaves nothing out of the report.</summary>
/// <param name="From">Where the chunk began.</param>
/// <param name="Next">Position of the subjects that are being undone.</param>
/// <param name="Output">What was done before them.</param>
/// <param name="Announced">What is being done to them.</param>
internal sealed record UndoChunkProgress(int From, int Next, UndoOutput Output, IReadOnlyList<UndoneSubject> Announced);

/// <summary>What an undo does to one subject.</summary>
internal sealed record UndoneSubject(
    PublicationSubject Subject,
    IReadOnlyList<PublicationChange> Changes,
    IReadOnlyList<PublicationLeft> Left,
    string? Failure = null
);

/// <summary>The artifacts of undo instances.</summary>
internal sealed class UndoStore(IArtifactStore store)
{
    public Task WriteSelectionAsync(string instanceId, UndoSelection selection, CancellationToken cancellationToken) =>
        store.WriteOnceJsonAsync(Name(instanceId, "selection"), selection, cancellationToken);

    public Task<UndoSelection> ReadSelectionAsync(string instanceId, CancellationToken cancellationToken) =>
        store.RequireJsonAsync<UndoSelection>(Name(instanceId, "selection"), cancellationToken);

    /// <summary>The same; null = there is none that can be read.</summary>
    public Task<UndoSelection?> FindSelectionAsync(string instanceId, CancellationToken cancellationToken) =>
        store.ReadJsonAsync<UndoSelection>(Name(instanceId, "selection"), cancellationToken);

    public Task WriteSubjectsAsync(string instanceId, IReadOnlyList<UndoSubject> subjects, CancellationToken cancellationToken) =>
        store.WriteOnceJsonAsync(Name(instanceId, "subjects"), subjects, cancellationToken);

    /// <summary>What is to be undone, in order; null = not listed yet.</summary>
    public Task<UndoSubject[]?> ReadSubjectsAsync(string instanceId, CancellationToken cancellationToken) =>
        store.ReadJsonAsync<UndoSubject[]>(Name(instanceId, "subjects"), cancellationToken);

    /// <summary>How far the chunk is that began at a position; null = it has not begun.</summary>
    public async Task<UndoChunkProgress?> ReadProgressAsync(string instanceId, int from, CancellationToken cancellationToken) =>
        await store.ReadJsonAsync<UndoChunkProgress>(Name(instanceId, "progress"), cancellationToken) is { } progress
        && progress.From == from
            ? progress
            : null;

    public Task WriteProgressAsync(string instanceId, UndoChunkProgress progress, CancellationToken cancellationToken) =>
        store.UpdateJsonAsync<UndoChunkProgress>(Name(instanceId, "progress"), _ => progress, cancellationToken);

    private static string Name(string instanceId, string part) => $"undo/{instanceId}/{part}.json";
}
