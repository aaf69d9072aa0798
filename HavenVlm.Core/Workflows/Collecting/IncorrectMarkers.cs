using HavenVlm.Core.Markers;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Stash.Tags;
using HavenVlm.Core.Workflows.Collecting.Exports;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Core.Workflows.Collecting;

/// <summary>A scene with its markers, and which of them are ours or marked as wrong.</summary>
internal sealed record JudgedMarkers(StashScene Scene, IReadOnlyList<MarkerToExport> Markers);

/// <summary>What was done with markers after they had been exported.</summary>
/// <param name="Untagged">Markers that lost the mark.</param>
/// <param name="Deleted">Markers of ours that were deleted.</param>
/// <param name="Left">Why markers stay marked.</param>
internal sealed record ReleasedMarkers(int Untagged, int Deleted, IReadOnlyList<string> Left);

/// <summary>Finds markers that a person marked as wrong, and takes the mark off, or deletes what is ours, once they are exported.</summary>
internal sealed class IncorrectMarkers(
    StashClient client,
    TagFamily family,
    PublicationRecordStore records,
    SceneStateReader reader,
    PublicationWriter writer,
    ILogger<IncorrectMarkers> logger
)
{
    // Somebody changes a marker between our reading and our writing: then we look again, but not forever.
    private const int Passes = 4;

    /// <summary>Ids of the scenes with a marker that carries the mark, in order.</summary>
    public async Task<IReadOnlyList<string>> ListScenesAsync(CancellationToken cancellationToken)
    {
        var tags = await family.PreviewAsync(cancellationToken);
        return StashText.IsId(tags.Incorrect) ? await client.FindScenesByMarkerTagAsync(tags.Incorrect, cancellationToken) : [];
    }

    /// <summary>The markers of a scene; null = there is no such scene.</summary>
    public async Task<JudgedMarkers?> ReadAsync(string sceneId, CancellationToken cancellationToken)
    {
        var scene = await client.FindSceneAsync(sceneId, cancellationToken);
        if (scene is null || await FindAsync(sceneId, cancellationToken) is not { } found)
        {
            return null;
        }

        var ours = PublicationReconciliation
            .Reconcile(found.State)
            .Record.Markers.Select(marker => marker.Id)
            .ToHashSet(StringComparer.Ordinal);
        var incorrect = found.Family.Incorrect;
        return new JudgedMarkers(
            scene,
            [
                .. scene
                    .SceneMarkers.OrderBy(marker => marker.Seconds)
                    .ThenBy(marker => marker.Id, StringComparer.Ordinal)
                    .Select(marker => new MarkerToExport(marker, IsMarked(marker, incorrect), ours.Contains(marker.Id))),
            ]
        );
    }

    /// <summary>
    /// Takes the mark off markers that are exported, or deletes those of ours; spans of ours are not written again either way. What was
    /// changed since the export stays as it is. Called twice, or again after a crash anywhere, it changes nothing more.
    /// </summary>
    public async Task<ReleasedMarkers> ReleaseAsync(
        string sceneId,
        IReadOnlyList<ExportedMarker> exported,
        bool deleteOurs,
        CancellationToken cancellationToken
    )
    {
        await using var alone = await records.LockAsync(PublicationSubject.Scene(sceneId), cancellationToken);
        for (var pass = 1; ; pass++)
        {
            try
            {
                return await PassAsync(sceneId, exported, deleteOurs, cancellationToken);
            }
            catch (StashException e) when (pass < Passes && e.Kind is StashErrorKind.Refused or StashErrorKind.Invalid)
            {
                logger.LogInformation("Scene {Scene} changed while it was written to ({Reason}); looking again.", sceneId, e.Message);
                family.Forget();
            }
        }
    }

    private async Task<ReleasedMarkers> PassAsync(
        string sceneId,
        IReadOnlyList<ExportedMarker> exported,
        bool deleteOurs,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(sceneId, cancellationToken) is not { } found)
        {
            return new ReleasedMarkers(0, 0, []);
        }

        var known = exported.ToDictionary(marker => marker.Id, StringComparer.Ordinal);
        var marked = found.State.Markers.Where(marker => known.ContainsKey(marker.Id) && IsMarked(marker, found.Family.Incorrect)).ToList();
        var same = marked.Where(marker => IsAsExported(marker, known[marker.Id]) && HasBeside(marker, found.Family.Incorrect)).ToList();
        var record = PublicationReconciliation.Reconcile(found.State).Record;
        var ours = record.Markers.Where(own => same.Exists(marker => marker.Id.Equals(own.Id, StringComparison.Ordinal))).ToList();
        var plan = new PublicationPlan { Record = record.WithIncorrect(ours.Select(own => own.Id)), Destroy = deleteOurs ? ours : [] };
        _ = await writer.WriteAsync(PublicationSubject.Scene(sceneId), found, plan, StateChange.None, _ => { }, cancellationToken);
        var untagged = same.Where(marker => !plan.Destroy.Any(own => own.Id.Equals(marker.Id, StringComparison.Ordinal))).ToList();
        List<GraphQlCall> calls = [.. StashClient.UntagMarkersCalls(untagged, found.Family.Incorrect, found.Schema)];
        if (calls.Count > 0)
        {
            _ = (await client.SendAsync(calls, cancellationToken)).OrThrow();
        }

        return new ReleasedMarkers(
            untagged.Count,
            plan.Destroy.Count,
            [.. marked.Except(same).Select(marker => $"scene {sceneId}, marker {marker.Id}: {WhyLeft(marker, found.Family.Incorrect)}")]
        );
    }

    private Task<SceneStateFound?> FindAsync(string sceneId, CancellationToken cancellationToken) =>
        reader.FindAsync(PublicationSubject.Scene(sceneId), [], cancellationToken);

    private static bool IsMarked(StashMarker marker, string incorrect) =>
        marker.PrimaryTag.Id.Equals(incorrect, StringComparison.Ordinal) || HasBeside(marker, incorrect);

    private static bool HasBeside(StashMarker marker, string incorrect) =>
        marker.Tags.Any(tag => tag.Id.Equals(incorrect, StringComparison.Ordinal));

    private static bool IsAsExported(StashMarker marker, ExportedMarker exported) =>
        marker.PrimaryTag.Name.Equals(exported.Tag, StringComparison.Ordinal)
        && marker.Title.Equals(exported.Title, StringComparison.Ordinal)
        && MarkerTime.FromSeconds(marker.Seconds) == MarkerTime.FromSeconds(exported.Start)
        && (marker.EndSeconds is { } end ? MarkerTime.FromSeconds(end) : (TimeSpan?)null)
            == (exported.End is { } was ? MarkerTime.FromSeconds(was) : null);

    private static string WhyLeft(StashMarker marker, string incorrect) =>
        marker.PrimaryTag.Id.Equals(incorrect, StringComparison.Ordinal)
            ? "VLM_Incorrect is its primary tag: restore its own tag and add VLM_Incorrect beside it"
            : "it changed since the export: the next collect exports the new state";
}
