using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;
using HavenVlm.Core.Workflows.Running;

namespace HavenVlm.Core.Workflows.Tuning;

/// <summary>How far the dry run is that completes the log.</summary>
internal sealed class CheckTuningActivity(IOrchestrationClient client, LiveProgress live) : IActivity<TuningStarted, CheckTuningOutput>
{
    public async Task<CheckTuningOutput> RunAsync(TuningStarted input, CancellationToken cancellationToken)
    {
        var request =
            await client.GetAsync(input.RequestId, withInput: false, cancellationToken)
            ?? throw new PermanentFailureException($"The request {input.RequestId} was removed before it had ended.");
        if (!request.HasEnded)
        {
            var status =
                live.Overlay(request) ?? new ProgressStatus { Stage = ProgressStage.Preparing, Message = "Looking what the log lacks" };
            return new CheckTuningOutput(Ended: false, status);
        }

        if (Failure(request, input.SceneId) is { } failure)
        {
            throw new PermanentFailureException(failure);
        }

        return new CheckTuningOutput(Ended: true, new ProgressStatus { Stage = ProgressStage.Publishing, Message = "Searching" });
    }

    private static string? Failure(OrchestrationInstance request, string sceneId)
    {
        if (request.RuntimeStatus is not RuntimeStatus.Completed || request.Output is not { ValueKind: JsonValueKind.Object } json)
        {
            var reason = request.Output is { ValueKind: JsonValueKind.String } text ? text.GetString() : request.RuntimeStatus.ToString();
            return $"The analysis of scene {sceneId} did not end well: {reason}";
        }

        var output = json.Deserialize<TagScenesOutput>(HavenJson.Options);
        return output switch
        {
            { Failures: [var failure, ..] } => $"Scene {sceneId} could not be analyzed: {failure.Reason}",
            { Terminated: > 0 } => $"The analysis of scene {sceneId} was terminated.",
            _ => null,
        };
    }
}
