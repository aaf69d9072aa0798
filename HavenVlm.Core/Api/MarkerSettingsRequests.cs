using System.Globalization;
using System.Security.Cryptography;
using HavenVlm.Core.Common;
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
        SceneId? scene = string.IsNullOrWhiteSpace(body.SceneId) ? null : RequestIds.Scene(body.SceneId.Trim(), "sceneId");
        var now = time.GetUtcNow().UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        var id = $"{WorkflowNames.MarkerSettingsPrefix}{now}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}";
        await client.StartAsync(WorkflowNames.FindMarkerSettings, id, new FindMarkerSettingsInput { SceneId = scene }, cancellationToken);
        return id;
    }

    /// <summary>The result of a run; null = there is none (yet).</summary>
    public Task<MarkerSettingsResult?> ResultAsync(string instanceId, CancellationToken cancellationToken) =>
        tunings.ReadResultAsync(instanceId, cancellationToken);
}
