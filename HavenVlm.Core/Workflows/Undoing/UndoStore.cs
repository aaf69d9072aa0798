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
}

/// <summary>A scene or image to undo.</summary>
/// <param name="Subject">Which.</param>
/// <param name="WasRunning">Whether it was being worked on: then its request tags go too, as when its instance is terminated.</param>
internal sealed record UndoSubject(PublicationSubject Subject, bool WasRunning);

/// <summary>The artifacts of undo instances.</summary>
internal sealed class UndoStore(IArtifactStore store)
{
    public Task WriteSelectionAsync(string instanceId, UndoSelection selection, CancellationToken cancellationToken) =>
        store.WriteOnceJsonAsync(Name(instanceId, "selection"), selection, cancellationToken);

    public Task<UndoSelection> ReadSelectionAsync(string instanceId, CancellationToken cancellationToken) =>
        store.RequireJsonAsync<UndoSelection>(Name(instanceId, "selection"), cancellationToken);

    public Task WriteSubjectsAsync(string instanceId, IReadOnlyList<UndoSubject> subjects, CancellationToken cancellationToken) =>
        store.WriteOnceJsonAsync(Name(instanceId, "subjects"), subjects, cancellationToken);

    /// <summary>What is to be undone, in order; null = not listed yet.</summary>
    public Task<UndoSubject[]?> ReadSubjectsAsync(string instanceId, CancellationToken cancellationToken) =>
        store.ReadJsonAsync<UndoSubject[]>(Name(instanceId, "subjects"), cancellationToken);

    private static string Name(string instanceId, string part) => $"undo/{instanceId}/{part}.json";
}
