using System.Text.Json;
using HavenVlm.Core.Workflows;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace HavenVlm.Functions.Workflows;

/// <summary>One function for every activity of the product.</summary>
/// <param name="runner">Runs them.</param>
public sealed class Activities(ActivityRunner runner)
{
    /// <summary>Scene from Stash, media found and probed, settings frozen.</summary>
    [Function(WorkflowNames.PrepareScene)]
    public Task<JsonElement> PrepareScene(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.PrepareScene, input, client, cancellationToken);

    /// <summary>What is still to be asked.</summary>
    [Function(WorkflowNames.PlanRound)]
    public Task<JsonElement> PlanRound(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.PlanRound, input, client, cancellationToken);

    /// <summary>Extracts and asks one chunk of frames.</summary>
    [Function(WorkflowNames.AnalyzeFrames)]
    public Task<JsonElement> AnalyzeFrames(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.AnalyzeFrames, input, client, cancellationToken);

    /// <summary>From the log to Stash.</summary>
    [Function(WorkflowNames.PublishScene)]
    public Task<JsonElement> PublishScene(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.PublishScene, input, client, cancellationToken);

    /// <summary>Says in Stash that a scene failed.</summary>
    [Function(WorkflowNames.MarkErrored)]
    public Task<JsonElement> MarkErrored(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.MarkErrored, input, client, cancellationToken);

    /// <summary>Takes the request tags off a scene.</summary>
    [Function(WorkflowNames.RemoveRequestTags)]
    public Task<JsonElement> RemoveRequestTags(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.RemoveRequestTags, input, client, cancellationToken);

    /// <summary>Which scenes a request is for.</summary>
    [Function(WorkflowNames.SnapshotRequest)]
    public Task<JsonElement> SnapshotRequest(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.SnapshotRequest, input, client, cancellationToken);

    /// <summary>Counts ended scenes of a request and starts further ones.</summary>
    [Function(WorkflowNames.AdvanceRequest)]
    public Task<JsonElement> AdvanceRequest(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.AdvanceRequest, input, client, cancellationToken);

    /// <summary>Starts the requests that a sweep finds to be due.</summary>
    [Function(WorkflowNames.StartSweep)]
    public Task<JsonElement> StartSweep(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.StartSweep, input, client, cancellationToken);

    /// <summary>Whether the requests of a sweep have ended.</summary>
    [Function(WorkflowNames.CheckSweep)]
    public Task<JsonElement> CheckSweep(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.CheckSweep, input, client, cancellationToken);
}
