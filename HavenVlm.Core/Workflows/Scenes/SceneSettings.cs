using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Publishing;

namespace HavenVlm.Core.Workflows.Scenes;

/// <summary>The marker settings of single scenes, kept with their publication records.</summary>
internal sealed class SceneSettings(
    PublicationRecordStore records,
    SceneArtifacts artifacts,
    TagsOfStash tagsOfStash,
    StashClient stash,
    SettingsSource settings
)
{
    /// <summary>What is said about a scene; empty = nothing.</summary>
    public async Task<SceneMarkerSettings> ReadAsync(string sceneId, CancellationToken cancellationToken)
    {
        var stored = await records.ReadAsync(PublicationSubject.Scene(sceneId), cancellationToken);
        try
        {
            return stored.Record.Settings?.Deserialize<SceneMarkerSettings>(HavenJson.Options) ?? new SceneMarkerSettings();
        }
        catch (JsonException e)
        {
            throw new PermanentFailureException(
                $"The marker settings of scene {sceneId} cannot be read: {e.Message} Save them again or clear them.",
                e
            );
        }
    }

    /// <summary>Checks and keeps what is said about a scene; nothing clears it.</summary>
    /// <exception cref="ConfigurationException">Something in it is wrong; everything wrong is named.</exception>
    public async Task<SceneMarkerSettings> WriteAsync(string sceneId, JsonElement json, CancellationToken cancellationToken)
    {
        var said = SceneSettingsReader.Read(json, await KnownTagsAsync(sceneId, cancellationToken));
        JsonElement? kept = said.IsEmpty ? null : JsonSerializer.SerializeToElement(said, HavenJson.Options);
        var subject = PublicationSubject.Scene(sceneId);
        await using var alone = await records.LockAsync(subject, cancellationToken);
        await records.UpdateAsync(subject, record => record with { Settings = kept }, cancellationToken);
        return said;
    }

    /// <summary>Whether there is such a scene: one that was analyzed, else one that Stash has.</summary>
    public async Task<bool> IsKnownAsync(string sceneId, CancellationToken cancellationToken) =>
        await artifacts.ReadLatestAsync(sceneId, cancellationToken) is not null
        || await stash.FindSceneAsync(sceneId, cancellationToken) is not null;

    private async Task<IReadOnlyCollection<string>> KnownTagsAsync(string sceneId, CancellationToken cancellationToken)
    {
        var options = await tagsOfStash.AddToAsync(settings.Current, cancellationToken);
        var latest = await artifacts.ReadLatestAsync(sceneId, cancellationToken);
        return [.. options.Tags.Keys.Concat(latest?.Markers.Select(tag => tag.Tag) ?? []).Distinct(StringComparer.OrdinalIgnoreCase)];
    }
}
