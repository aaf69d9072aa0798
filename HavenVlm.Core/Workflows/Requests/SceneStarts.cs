using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Scenes;

namespace HavenVlm.Core.Workflows.Requests;

/// <summary>
/// Decides how a request begins its next scene (start, join, replace, or only count it) and carries the decision out. A decision is
/// written down before it is carried out, so carrying it out twice starts nothing twice.
/// </summary>
internal sealed class SceneStarts(IOrchestrationClient client, TimeProvider time)
{
    /// <summary>The instance of a scene, with what its start is decided by.</summary>
    public Task<OrchestrationInstance?> FindAsync(SceneRequest request, SceneId sceneId, CancellationToken cancellationToken) =>
        client.GetAsync(WorkflowNames.SceneInstance(sceneId), withInput: request.ForceToken.Length > 0, cancellationToken);

    /// <summary>How the next scene is begun; null = an earlier run of this request ended it well, so it only counts.</summary>
    /// <param name="request">The request.</param>
    /// <param name="state">Where it is; its <see cref="RequestState.Next"/> is this scene.</param>
    /// <param name="sceneId">The scene.</param>
    /// <param name="current">Its instance now; null = there is none.</param>
    public RunningScene? Decide(SceneRequest request, RequestState state, SceneId sceneId, OrchestrationInstance? current)
    {
        var isRepeated = state.Retry is { } retry && state.Next < retry.Begun;
        if (isRepeated && current is { RuntimeStatus: RuntimeStatus.Completed })
        {
            return null;
        }

        var isOwn = isRepeated && state.Retry!.Own.Contains(sceneId);
        // Who asks for everything again does not want what is being made of the old answers.
        var isRestarted = current is { HasEnded: false } && request.ForceToken.Length > 0 && ForceTokenOf(current) != request.ForceToken;
        return new RunningScene(
            sceneId,
            time.GetUtcNow(),
            Joined: current is { HasEnded: false } && !isOwn && !isRestarted,
            Replaces: current is { HasEnded: true } || isRestarted ? current!.CreatedTime : null,
            ByName: isRepeated
        );
    }

    /// <summary>
    /// Whether a start was decided and has not happened: the process ended in between, or the instance before it had not ended yet.
    /// </summary>
    /// <param name="scene">The decision.</param>
    /// <param name="current">The scene's instance now; null = there is none.</param>
    public static bool IsOutstanding(RunningScene scene, [NotNullWhen(false)] OrchestrationInstance? current) =>
        current is null || (!scene.Joined && current.CreatedTime == scene.Replaces);

    /// <summary>Starts a scene; one that it replaces is terminated first.</summary>
    public async Task StartAsync(SceneRequest request, RunningScene scene, CancellationToken cancellationToken)
    {
        var id = WorkflowNames.SceneInstance(scene.SceneId);
        if (scene.Replaces is { } replaced && (await client.GetAsync(id, withInput: false, cancellationToken))?.CreatedTime == replaced)
        {
            await client.TerminateAsync(id, "requested again with force", cancellationToken);
        }

        await client.StartAsync(WorkflowNames.TagScene, id, InputOf(request, scene), cancellationToken);
    }

    private static string ForceTokenOf(OrchestrationInstance instance) =>
        instance.Input?.Deserialize<TagSceneInput>(HavenJson.Options)?.ForceToken ?? "";

    private static TagSceneInput InputOf(SceneRequest request, RunningScene scene) =>
        new()
        {
            SceneId = scene.SceneId,
            ByName = request.ByName || scene.ByName,
            ForceToken = request.ForceToken,
            DryRun = request.DryRun,
            Reset = request.Reset,
        };
}
