using System.Text.Json;
using HavenVlm.Core.Analysis;
using HavenVlm.Core.Common;
using HavenVlm.Core.Markers.Smoothing;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Storage;

namespace HavenVlm.Core.Workflows.Scenes;

/// <summary>The numbers that a scene was published with, kept with its publication record, so that its markers stay as they are.</summary>
internal sealed class PublishedSmoothing(PublicationRecordStore records, DamageReports damage)
{
    /// <summary>What the scene was published with; null = nothing, or with another model or question.</summary>
    public async Task<SmoothingParameters?> ReadAsync(string sceneId, string learningKey, CancellationToken cancellationToken)
    {
        var subject = PublicationSubject.Scene(sceneId);
        var record = (await records.ReadAsync(subject, cancellationToken)).Record;
        if (record is { Smoothing: null, Markers.Count: > 0 })
        {
            // An older program, or settings without smoothing, took every answer as it was.
            return SmoothingPrior.Plain;
        }

        return Of(subject, record) is { } kept && kept.Key == learningKey ? kept.Parameters : null;
    }

    /// <summary>Keeps what the scene is about to be published with.</summary>
    public async Task WriteAsync(SceneSnapshot snapshot, SmoothingParameters? parameters, CancellationToken cancellationToken)
    {
        var subject = PublicationSubject.Scene(snapshot.SceneId);
        JsonElement? kept = parameters is null
            ? null
            : JsonSerializer.SerializeToElement(new Kept(snapshot.LearningKey, parameters), HavenJson.Options);
        await using var alone = await records.LockAsync(subject, cancellationToken);
        var present = (await records.ReadAsync(subject, cancellationToken)).Record.Smoothing;
        if (present?.GetRawText() != kept?.GetRawText())
        {
            await records.UpdateAsync(subject, record => record with { Smoothing = kept }, cancellationToken);
        }
    }

    private Kept? Of(PublicationSubject subject, PublicationRecord record)
    {
        if (record.Smoothing is not { } element)
        {
            return null;
        }

        try
        {
            if (element.Deserialize<Kept>(HavenJson.Options) is { Parameters.IsSound: true } kept)
            {
                return kept;
            }
        }
        catch (JsonException)
        {
            // Reported below.
        }

        damage.Add(
            subject.ArtifactName,
            $"What the answers of {subject} were smoothed with cannot be read. Its markers may move a little when it is published again."
        );
        return null;
    }

    private sealed record Kept(string Key, SmoothingParameters Parameters);
}
