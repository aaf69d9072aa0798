using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Scenes;

namespace HavenVlm.Core.Workflows.Requests;

/// <summary>Counts an ended scene in the state of its request, with the reason of a failure and what a dry run would write.</summary>
internal static class EndedScenes
{
    private const int FailuresKept = 20;
    private const int ChangesKept = 60;
    private const int ResultsKept = 20;
    private const int ReasonLength = 300;

    /// <summary>The state after a scene ended; the scene no longer counts as running.</summary>
    public static RequestState Count(RequestState state, RunningScene scene, OrchestrationInstance instance)
    {
        var running = state.Running.Where(s => s.SceneId != scene.SceneId).ToArray();
        state = state with { Running = running };
        return instance.RuntimeStatus switch
        {
            RuntimeStatus.Terminated => state with { Terminated = state.Terminated + 1 },
            RuntimeStatus.Failed => Failed(state, new SceneFailure(scene.SceneId, ReasonOf(instance), TitleOf(instance))),
            _ => Completed(state, scene, instance.Output?.Deserialize<TagSceneOutput>(HavenJson.Options)),
        };
    }

    private static RequestState Failed(RequestState state, SceneFailure failure) =>
        state with
        {
            Failed = state.Failed + 1,
            Failures = [.. state.Failures.Append(failure).Take(FailuresKept)],
        };

    private static RequestState Completed(RequestState state, RunningScene scene, TagSceneOutput? output) =>
        output is null or { Outcome: TagSceneOutcome.Skipped }
            ? state with
            {
                Skipped = state.Skipped + 1,
                Results = output is null ? state.Results : With(state.Results, scene, output),
            }
            : state with
            {
                Done = state.Done + 1,
                FramesEnded = state.FramesEnded + output.Frames,
                Results = With(state.Results, scene, output),
                Changes = [.. state.Changes.Concat(output.Changes.Select(c => $"scene {scene.SceneId}: {c}")).Take(ChangesKept)],
            };

    private static IReadOnlyList<string> With(IReadOnlyList<string> results, RunningScene scene, TagSceneOutput output) =>
        results.Count < ResultsKept ? [.. results, SceneSummary.Of(scene.SceneId, output)] : results;

    private static string TitleOf(OrchestrationInstance instance) =>
        instance.CustomStatus is { ValueKind: JsonValueKind.Object } status
            ? status.Deserialize<ProgressStatus>(HavenJson.Options)?.Title ?? ""
            : "";

    private static string ReasonOf(OrchestrationInstance instance)
    {
        var reason = instance.Output is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "Failed for an unknown reason";
        return reason.Length > ReasonLength ? reason[..ReasonLength] + "…" : reason;
    }
}
