using System.Text.Json;
using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Sampling;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers.Tuning;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Scenes;

namespace HavenVlm.Core.Workflows.Tuning;

/// <summary>Searches the settings on the scene's complete log. The whole result is an artifact; the message carries its sum.</summary>
internal sealed class FindSettingsActivity(
    SceneArtifacts artifacts,
    AnalysisLogs logs,
    UserMarkersReader markers,
    SceneSettings sceneSettings,
    TagsOfStash tagsOfStash,
    TuningStore tunings,
    IOrchestrationClient client,
    SettingsSource settings
) : IActivity<FindSettingsInput, FindMarkerSettingsOutput>
{
    private const int LongestYaml = 4000;

    public async Task<FindMarkerSettingsOutput> RunAsync(FindSettingsInput input, CancellationToken cancellationToken)
    {
        var snapshot =
            await artifacts.ReadLatestAsync(input.SceneId, cancellationToken)
            ?? throw new PermanentFailureException(
                $"What scene {input.SceneId} was analyzed with is gone from the data folder. Start again."
            );
        await using var log = await logs.OpenAsync(snapshot.Key, cancellationToken);
        var answers = SamplingRounds.Answers(snapshot.SamplingOf(log));
        var names = snapshot.Markers.Select(tag => tag.Name).Distinct(StringComparer.Ordinal).ToList();
        var user =
            await markers.ReadAsync(input.SceneId, names, snapshot.Facts.StartOffset, cancellationToken)
            ?? throw new PermanentFailureException($"Scene {input.SceneId} is gone from Stash.");
        var current = settings.Current;
        var options = await tagsOfStash.AddToAsync(current, cancellationToken);
        var result = new SceneTuning(snapshot, answers, user, options, [.. current.Tags.Keys]).Run(
            await RequestsAsync(input.SceneId, cancellationToken)
        );
        if (!(await sceneSettings.ReadAsync(input.SceneId, cancellationToken)).IsEmpty)
        {
            const string Own =
                "The scene has its own marker settings, which take precedence over the configuration: clear them to use these.";
            result = result with { Notes = [.. result.Notes, Own] };
        }

        await tunings.WriteResultAsync(input.InstanceId, result, cancellationToken);
        return Output(result);
    }

    private async Task<double> RequestsAsync(string sceneId, CancellationToken cancellationToken)
    {
        var scene = await client.GetAsync(WorkflowNames.SceneInstance(sceneId), withInput: false, cancellationToken);
        return scene?.Output is { ValueKind: JsonValueKind.Object } output
            ? output.Deserialize<TagSceneOutput>(HavenJson.Options)?.Requests ?? 0
            : 0;
    }

    private static string Tags(int count) => count == 1 ? "1 tag" : $"{count} tags";

    private static FindMarkerSettingsOutput Output(MarkerSettingsResult result) =>
        new()
        {
            SceneId = result.SceneId,
            Message =
                result.Changes.Count == 0
                    ? FormattableString.Invariant($"The settings in force are the best for this scene: F1 {result.Before.F1:0.000}")
                    : FormattableString.Invariant(
                        $"F1 {result.Before.F1:0.000} with the settings in force, {result.After.F1:0.000} with new ones for {Tags(result.Changes.Count)}"
                    ),
            F1Before = Math.Round(result.Before.F1, 4),
            F1After = Math.Round(result.After.F1, 4),
            TagsChanged = result.Changes.Count,
            Requests = result.Requests,
            Yaml = result.Yaml.Length <= LongestYaml ? result.Yaml : "",
        };
}
