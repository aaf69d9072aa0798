using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Learning;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Tags;

namespace HavenVlm.Core.Workflows.Scenes;

/// <summary>Freezes facts and settings of a scene into the snapshot that its run works with.</summary>
internal sealed class SceneFreezer(
    SceneMedia media,
    SnapshotBuilder snapshots,
    AnalysisLogs logs,
    SceneSettings sceneSettings,
    LearningStore learning,
    PublishedSmoothing published,
    TagFamily family,
    SceneArtifacts artifacts
)
{
    /// <summary>Probes the video and writes the snapshot; removes what older runs of the scene left.</summary>
    /// <returns>Name of the snapshot.</returns>
    public async Task<string> FreezeAsync(
        HavenOptions options,
        PrepareSceneInput input,
        StashScene scene,
        string? vrTag,
        CancellationToken cancellationToken
    )
    {
        var snapshot = await ProbeAsync(options, scene, options.Video.Vr == VrMode.Auto ? vrTag : null, input.Run, cancellationToken);
        var key =
            input.ForceToken.Length > 0
                ? await logs.NewGenerationAsync(snapshot.Key, input.ForceToken, cancellationToken)
                : await logs.LatestGenerationAsync(snapshot.Key, cancellationToken);
        snapshot = snapshot with
        {
            Key = key,
            // Where to look closer goes by the scene's thresholds; the rest of its settings is read when the markers are made.
            Wanted = snapshot.With(await sceneSettings.ReadAsync(input.SceneId, cancellationToken)).Wanted,
            Learned = await learning.ReadAsync(snapshot.LearningKey, cancellationToken),
            Published = await published.ReadAsync(input.SceneId, snapshot.LearningKey, cancellationToken),
            IsRebuild = input.ByName || input.ForceToken.Length > 0 || await IsToBeUpdatedAsync(scene, cancellationToken),
        };
        await artifacts.DeleteOldRunsAsync(input.SceneId, input.Run, cancellationToken);
        var (name, _) = await artifacts.FreezeAsync(snapshot, cancellationToken);
        return name;
    }

    private async Task<bool> IsToBeUpdatedAsync(StashScene scene, CancellationToken cancellationToken) =>
        scene.HasTag((await family.PreviewAsync(cancellationToken)).UpdateMe);

    private async Task<SceneSnapshot> ProbeAsync(
        HavenOptions options,
        StashScene scene,
        string? vrTag,
        string run,
        CancellationToken cancellationToken
    )
    {
        var subject = SceneSubject.Of(scene, vrTag, run);
        await using var input = await media.OpenAsync(subject.Media, cancellationToken);
        return await snapshots.BuildAsync(options, subject, input, cancellationToken);
    }
}
