using System.Globalization;
using System.Security.Cryptography;
using HavenVlm.Core.Markers.Tuning;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Tuning;

namespace HavenVlm.Core.Api;

/// <summary>Starts runs that find marker settings, and gives their results.</summary>
internal sealed class MarkerSettingsRequests(IOrchestrationClient client, TuningStore tunings, TimeProvider time)
{
    /// <summary>Starts a run; returns its instance id.</summary>
    /// <exception cref="ApiException">The id is none.</exception>
    public async Task<string> StartAsync(MarkerSettingsRequest body, CancellationToken cancellationToken)
    {
        var scene = string.IsNullOrWhiteSpace(body.SceneId) ? null : body.SceneId.Trim();
        if (scene is not null && !SceneRequests.IsStashId(scene))
        {
            var shown = scene.Length > 20 ? scene[..20] + "…" : scene;
            throw new ApiException(400, "Not a scene id", $"sceneId is \"{shown}\"; ids of Stash are whole numbers such as \"12\".");
        }

        var now = time.GetUtcNow().UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        var id = $"{WorkflowNames.MarkerSettingsPrefix}{now}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}";
        await client.StartAsync(WorkflowNames.FindMarkerSettings, id, new FindMarkerSettingsInput { SceneId = scene }, cancellationToken);
        return id;
    }

    /// <summary>The result of a run; null = there is none (yet).</summary>
    public Task<MarkerSettingsResult?> ResultAsync(string instanceId, CancellationToken cancellationToken) =>
        tunings.ReadResultAsync(instanceId, cancellationToken);
}
