using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Tags;
using HavenVlm.Core.Vlm.Pool;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;

namespace HavenVlm.Core.Workflows.Scenes;

/// <summary>Finds the scene, checks that it is still requested, and has its facts and settings frozen for the run.</summary>
internal sealed class PrepareSceneActivity(
    StashClient stash,
    TagFamily family,
    TagsOfStash tagsOfStash,
    SceneFreezer freezer,
    EndpointPool pool,
    SettingsSource settings
) : IActivity<PrepareSceneInput, ScenePreparation>
{
    private const int FramesPerChunk = 32;
    private const int MaxChunksInFlight = 8;

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

        var title = SceneSubject.ShortTitleOf(scene);
        try
        {
            var options = await tagsOfStash.AddToAsync(settings.Current, cancellationToken);
            return new ScenePreparation
            {
                Snapshot = await freezer.FreezeAsync(options, input, scene, vrTag, cancellationToken),
                Title = title,
                ChunksInFlight = ChunksInFlight,
                GiveUpAfter = options.Vlm.GiveUpAfter,
            };
        }
        catch (PermanentFailureException e)
        {
            // Returned with the title, so that people see which scene it is.
            return new ScenePreparation { Title = title, Failure = e.Message };
        }
    }

    // While one chunk's last answers are out, the next one is being asked, and the decoders of further ones are running already.
    private int ChunksInFlight => Math.Clamp((pool.PicturesWorthPreparing / FramesPerChunk) + 4, 4, MaxChunksInFlight);

    private async Task<bool> IsRequestedAsync(StashScene scene, bool dryRun, CancellationToken cancellationToken)
    {
        var tags = dryRun ? await family.PreviewAsync(cancellationToken) : await family.EnsureAsync(cancellationToken);
        return tags.Requests.Any(scene.HasTag);
    }
}
