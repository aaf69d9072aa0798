using HavenVlm.Core.Analysis;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Media.Framing;
using HavenVlm.Core.Media.Sources;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Tags;
using HavenVlm.Core.Vlm.Pool;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;

namespace HavenVlm.Core.Workflows.Scenes;

/// <summary>Finds the scene and its media, probes it, and freezes facts and settings for the run.</summary>
internal sealed class PrepareSceneActivity(
    StashClient stash,
    TagFamily family,
    TagsOfStash tagsOfStash,
    SceneMedia media,
    SnapshotBuilder snapshots,
    SceneArtifacts artifacts,
    AnalysisLogs logs,
    SceneSettings sceneSettings,
    EndpointPool pool,
    SettingsSource settings
) : IActivity<PrepareSceneInput, ScenePreparation>
{
    private const int FramesPerChunk = 32;
    private const int MostChunksInFlight = 8;
    private const int LongestTitle = 120;

    public Task<ScenePreparation> RunAsync(PrepareSceneInput input, CancellationToken cancellationToken) =>
        StashOutagePolicy.RunAsync(() => PrepareAsync(input, cancellationToken));

    private async Task<ScenePreparation> PrepareAsync(PrepareSceneInput input, CancellationToken cancellationToken)
    {
        var (scene, vrTag) = await stash.FindSceneAndVrTagAsync(input.SceneId, cancellationToken);
        if (scene is null)
        {
            return input.ByName
                ? throw new PermanentFailureException($"Stash has no scene {input.SceneId}.")
                : new ScenePreparation { Message = $"Scene {input.SceneId} is gone from Stash" };
        }

        if (!input.ByName && !await IsRequestedAsync(scene, input.DryRun, cancellationToken))
        {
            return new ScenePreparation { Message = $"Scene {input.SceneId} no longer carries a request tag" };
        }

        try
        {
            return await FreezeAsync(input, scene, vrTag, cancellationToken);
        }
        catch (PermanentFailureException e)
        {
            // Returned with the title, so that people see which scene it is.
            return new ScenePreparation { Title = Shortened(TitleOf(scene)), Failure = e.Message };
        }
    }

    private async Task<ScenePreparation> FreezeAsync(
        PrepareSceneInput input,
        StashScene scene,
        string? vrTag,
        CancellationToken cancellationToken
    )
    {
        var options = await tagsOfStash.AddToAsync(settings.Current, cancellationToken);
        var snapshot = await ReadAsync(options, scene, options.Video.Vr == VrMode.Auto ? vrTag : null, input.Run, cancellationToken);
        if (input.ForceToken.Length > 0)
        {
            snapshot = snapshot with { Key = await logs.NewGenerationAsync(snapshot.Key, input.ForceToken, cancellationToken) };
        }
        else
        {
            snapshot = snapshot with { Key = await logs.LatestGenerationAsync(snapshot.Key, cancellationToken) };
        }

        // Where to look closer goes by the scene's thresholds; the rest of its settings is read when the markers are made.
        snapshot = snapshot with
        {
            Wanted = snapshot.With(await sceneSettings.ReadAsync(input.SceneId, cancellationToken)).Wanted,
        };
        await artifacts.DeleteOldRunsAsync(input.SceneId, input.Run, cancellationToken);
        var (name, _) = await artifacts.FreezeAsync(snapshot, cancellationToken);
        return new ScenePreparation
        {
            Snapshot = name,
            Title = Shortened(snapshot.Title),
            // While one chunk's last answers are out, the next one is being decoded, and one more waits for the decoder to be free.
            ChunksInFlight = Math.Clamp((pool.PicturesWorthPreparing / FramesPerChunk) + 3, 3, MostChunksInFlight),
            GiveUpAfter = options.Vlm.GiveUpAfter,
        };
    }

    private async Task<bool> IsRequestedAsync(StashScene scene, bool dryRun, CancellationToken cancellationToken)
    {
        var tags = dryRun ? await family.PreviewAsync(cancellationToken) : await family.EnsureAsync(cancellationToken);
        return tags.Requests.Any(scene.HasTag);
    }

    private async Task<SceneSnapshot> ReadAsync(
        HavenOptions options,
        StashScene scene,
        string? vrTag,
        string run,
        CancellationToken cancellationToken
    )
    {
        if (scene.Files.Count == 0)
        {
            throw new PermanentFailureException($"Scene {scene.Id} has no file in Stash.");
        }

        var file = scene.Files[0];
        var subject = new VideoSubject(
            scene.Id,
            TitleOf(scene),
            run,
            new MediaFile(scene.Id, file.Path, file.Size),
            FingerprintOf(scene, file),
            new VrHints(
                vrTag is not null && scene.Tags.Any(t => string.Equals(t.Name, vrTag, StringComparison.OrdinalIgnoreCase)),
                FileName(file.Path)
            )
        );
        await using var input = await media.OpenAsync(subject.Media, cancellationToken);
        return await snapshots.BuildAsync(options, subject, input, cancellationToken);
    }

    /// <summary>The file's fingerprint; without one the scene and the file's size, which at least change when the file does.</summary>
    private static string FingerprintOf(StashScene scene, StashFile file) =>
        file.Fingerprint("oshash") ?? file.Fingerprint("md5") ?? $"scene-{scene.Id}-{file.Size}";

    private static string TitleOf(StashScene scene) =>
        string.IsNullOrEmpty(scene.Title) && scene.Files.Count > 0 ? FileName(scene.Files[0].Path) : scene.Title ?? "";

    // The status goes around with every progress; a title is as long as its writer likes.
    private static string Shortened(string title)
    {
        if (title.Length <= LongestTitle)
        {
            return title;
        }

        var end = char.IsHighSurrogate(title[LongestTitle - 1]) ? LongestTitle - 1 : LongestTitle;
        return title[..end] + "…";
    }

    private static string FileName(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];
}
