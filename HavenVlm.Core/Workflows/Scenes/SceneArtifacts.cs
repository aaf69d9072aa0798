using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Sampling;
using HavenVlm.Core.Storage;

namespace HavenVlm.Core.Workflows.Scenes;

/// <summary>The artifacts of a scene's runs.</summary>
internal sealed class SceneArtifacts(IArtifactStore store)
{
    public static string SnapshotName(string sceneId, string run) => $"runs/scene-{sceneId}/{run}/snapshot.json";

    public async Task<SceneSnapshot> ReadSnapshotAsync(string name, CancellationToken cancellationToken) =>
        await store.RequireJsonAsync<SceneSnapshot>(name, cancellationToken);

    /// <summary>Writes a run's snapshot; the first one of a run stays.</summary>
    public async Task<(string Name, SceneSnapshot Snapshot)> FreezeAsync(SceneSnapshot snapshot, CancellationToken cancellationToken)
    {
        var name = SnapshotName(snapshot.SceneId, snapshot.Run);
        return (name, await store.WriteOnceOrReadJsonAsync(name, snapshot, cancellationToken));
    }

    public static string PlanName(string snapshot, int round) => $"{snapshot[..snapshot.LastIndexOf('/')]}/plan-{round}.json";

    /// <summary>Writes a round's plan; the first one of a round stays.</summary>
    public Task<RoundPlan> FreezeAsync(string name, RoundPlan plan, CancellationToken cancellationToken) =>
        store.WriteOnceOrReadJsonAsync(name, plan, cancellationToken);

    /// <summary>A round's plan; null = it is gone or damaged, the next round plans again.</summary>
    public Task<RoundPlan?> ReadPlanAsync(string name, CancellationToken cancellationToken) =>
        store.ReadJsonAsync<RoundPlan>(name, cancellationToken);

    /// <summary>Removes what older runs of a scene left; the analysis log is elsewhere and stays.</summary>
    public async Task DeleteOldRunsAsync(string sceneId, string run, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var name in store.ListAsync($"runs/scene-{sceneId}/", cancellationToken))
        {
            if (!name.StartsWith($"runs/scene-{sceneId}/{run}/", StringComparison.Ordinal))
            {
                names.Add(name);
            }
        }

        foreach (var name in names)
        {
            await store.DeleteAsync(name, cancellationToken);
        }
    }

    /// <summary>The snapshot that the timeline of a scene is drawn with; null = never analyzed.</summary>
    public async Task<SceneSnapshot?> ReadLatestAsync(string sceneId, CancellationToken cancellationToken) =>
        (
            await store.ReadSoundJsonAsync<SceneSnapshot>(
                LatestName(sceneId),
                isSound: null,
                $"The timeline of scene {sceneId} is shown again after VLM_UpdateMe, at no cost.",
                cancellationToken
            )
        ).Value;

    public Task WriteLatestAsync(SceneSnapshot snapshot, CancellationToken cancellationToken) =>
        store.UpdateJsonAsync<SceneSnapshot>(LatestName(snapshot.SceneId), _ => snapshot, cancellationToken);

    private static string LatestName(string sceneId) => $"scenes/{sceneId}/latest.json";
}
