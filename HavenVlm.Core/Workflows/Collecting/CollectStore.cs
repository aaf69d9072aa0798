using System.Globalization;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Storage;
using HavenVlm.Core.Workflows.Collecting.Exports;

namespace HavenVlm.Core.Workflows.Collecting;

/// <summary>What was asked to be collected.</summary>
/// <param name="All">Whether right ones are exported too.</param>
/// <param name="Folder">The folder of the export.</param>
internal sealed record CollectSelection(bool All, string Folder);

/// <summary>What was exported of one scene or image.</summary>
internal sealed record ExportPart(IReadOnlyList<ExportEntry> Entries, IReadOnlyList<FineTuneExample> Examples);

/// <summary>The artifacts of collecting: a part for each scene and image, written once when its pictures are on disk.</summary>
internal sealed class CollectStore(IArtifactStore store)
{
    public Task WriteSelectionAsync(string instanceId, CollectSelection selection, CancellationToken cancellationToken) =>
        store.WriteOnceJsonAsync(Name(instanceId, "selection"), selection, cancellationToken);

    public Task<CollectSelection> ReadSelectionAsync(string instanceId, CancellationToken cancellationToken) =>
        store.RequireJsonAsync<CollectSelection>(Name(instanceId, "selection"), cancellationToken);

    public Task WriteSubjectsAsync(string instanceId, IReadOnlyList<PublicationSubject> subjects, CancellationToken cancellationToken) =>
        store.WriteOnceJsonAsync(Name(instanceId, "subjects"), subjects, cancellationToken);

    /// <summary>The scenes and images, in order; null = not listed yet.</summary>
    public Task<PublicationSubject[]?> FindSubjectsAsync(string instanceId, CancellationToken cancellationToken) =>
        store.ReadJsonAsync<PublicationSubject[]>(Name(instanceId, "subjects"), cancellationToken);

    public async Task<PublicationSubject[]> ReadSubjectsAsync(string instanceId, CancellationToken cancellationToken) =>
        await store.RequireJsonAsync<PublicationSubject[]>(Name(instanceId, "subjects"), cancellationToken);

    public Task WritePartAsync(string instanceId, int index, ExportPart part, CancellationToken cancellationToken) =>
        store.WriteOnceJsonAsync(PartName(instanceId, index), part, cancellationToken);

    /// <summary>What was exported of the scene or image at a position; null = nothing yet.</summary>
    public Task<ExportPart?> FindPartAsync(string instanceId, int index, CancellationToken cancellationToken) =>
        store.ReadJsonAsync<ExportPart>(PartName(instanceId, index), cancellationToken);

    public async Task<ExportPart> ReadPartAsync(string instanceId, int index, CancellationToken cancellationToken) =>
        await store.RequireJsonAsync<ExportPart>(PartName(instanceId, index), cancellationToken);

    private static string PartName(string instanceId, int index) =>
        Name(instanceId, $"part-{index.ToString("000000", CultureInfo.InvariantCulture)}");

    private static string Name(string instanceId, string part) => $"exports/{instanceId}/{part}.json";
}
