using System.Text.Json;
using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Sampling;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Scenes;

namespace HavenVlm.Core.Api;

/// <summary>What can be seen of a scene: the answers of its latest log, and its pictures.</summary>
internal sealed class SceneViews(
    SceneArtifacts artifacts,
    AnalysisLogs logs,
    SceneSettings sceneSettings,
    SceneMedia media,
    FrameExtractor extractor,
    IOrchestrationClient client
)
{
    /// <summary>Answers, spans and markers of the latest run of the scene, with the scene's own settings as they are now.</summary>
    public async Task<AnalysisResult> TimelineAsync(string sceneId, CancellationToken cancellationToken)
    {
        var snapshot = (await LatestAsync(sceneId, cancellationToken)).With(await sceneSettings.ReadAsync(sceneId, cancellationToken));
        await using var log = await logs.OpenAsync(snapshot.Key, cancellationToken);
        return AnalysisResult.Of(snapshot, SamplingRounds.Answers(snapshot.SamplingOf(log)), withAnswers: true);
    }

    /// <summary>The picture at a player's time, as the model saw it.</summary>
    public async Task<ReadOnlyMemory<byte>> FrameAsync(string sceneId, TimeSpan time, CancellationToken cancellationToken)
    {
        var snapshot = await LatestAsync(sceneId, cancellationToken);
        var facts = snapshot.Facts;
        var end = facts.StartOffset + facts.Duration;
        if (time > end)
        {
            throw new ApiException(404, "Past the end", $"The video is {end.TotalSeconds:0.###} s long.");
        }

        await using var input = await media.OpenAsync(snapshot.Media, cancellationToken);
        var frame = await extractor.ExtractOneAsync(input, facts, snapshot.Picture, time - facts.StartOffset, cancellationToken);
        return frame.Jpeg.IsEmpty
            ? throw new ApiException(404, "No picture there", frame.Reason ?? "Nothing could be decoded at that time.")
            : frame.Jpeg;
    }

    private async Task<SceneSnapshot> LatestAsync(string sceneId, CancellationToken cancellationToken) =>
        await artifacts.ReadLatestAsync(sceneId, cancellationToken)
        ?? throw new ApiException(404, "Not analyzed", await ReasonNotAnalyzedAsync(sceneId, cancellationToken));

    private async Task<string> ReasonNotAnalyzedAsync(string sceneId, CancellationToken cancellationToken)
    {
        var instance = await client.GetAsync(WorkflowNames.SceneInstance(sceneId), withInput: false, cancellationToken);
        return instance switch
        {
            { RuntimeStatus: RuntimeStatus.Failed, Output: { ValueKind: JsonValueKind.String } reason } =>
                $"Scene {sceneId} failed: {reason.GetString()} Fix the cause, then POST /api/instances/{instance.InstanceId}/retry.",
            { HasEnded: false } => $"Scene {sceneId} is being analyzed. Ask again when it is done.",
            _ => $"Scene {sceneId} has not been analyzed yet. POST /api/scenes/tag starts it.",
        };
    }
}
