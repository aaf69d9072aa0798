using HavenVlm.Core.Markers.Tuning;
using HavenVlm.Core.Storage;

namespace HavenVlm.Core.Workflows.Tuning;

/// <summary>The artifacts of runs that find marker settings.</summary>
internal sealed class TuningStore(IArtifactStore store)
{
    public Task WriteStartedAsync(string instanceId, TuningStarted started, CancellationToken cancellationToken) =>
        store.UpdateJsonAsync<TuningStarted>(Name(instanceId, "started"), _ => started, cancellationToken);

    public Task<TuningStarted?> ReadStartedAsync(string instanceId, CancellationToken cancellationToken) =>
        store.ReadJsonAsync<TuningStarted>(Name(instanceId, "started"), cancellationToken);

    public Task WriteResultAsync(string instanceId, MarkerSettingsResult result, CancellationToken cancellationToken) =>
        store.UpdateJsonAsync<MarkerSettingsResult>(Name(instanceId, "result"), _ => result, cancellationToken);

    public Task<MarkerSettingsResult?> ReadResultAsync(string instanceId, CancellationToken cancellationToken) =>
        store.ReadJsonAsync<MarkerSettingsResult>(Name(instanceId, "result"), cancellationToken);

    private static string Name(string instanceId, string part) => $"tuning/{instanceId}/{part}.json";
}
