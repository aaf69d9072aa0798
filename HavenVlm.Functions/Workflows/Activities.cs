using System.Text.Json;
using HavenVlm.Core.Workflows.Ports;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace HavenVlm.Functions.Workflows;

/// <summary>One function for every activity of the product.</summary>
/// <param name="runner">Runs them.</param>
public sealed class Activities(ActivityRunner runner)
{
    /// <summary>The scene to tune by, and a dry run of it.</summary>
    [Function(WorkflowNames.StartTuning)]
    public Task<JsonElement> StartTuning(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.StartTuning, input, client, cancellationToken);

    /// <summary>Whether the log of the scene to tune by is complete.</summary>
    [Function(WorkflowNames.CheckTuning)]
    public Task<JsonElement> CheckTuning(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.CheckTuning, input, client, cancellationToken);

    /// <summary>Searches marker settings on a log.</summary>
    [Function(WorkflowNames.FindSettings)]
    public Task<JsonElement> FindSettings(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.FindSettings, input, client, cancellationToken);

    /// <summary>Which scenes and images have something to export.</summary>
    [Function(WorkflowNames.ListIncorrect)]
    public Task<JsonElement> ListIncorrect(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.ListIncorrect, input, client, cancellationToken);

    /// <summary>Writes pictures of some scenes and images.</summary>
    [Function(WorkflowNames.ExportIncorrect)]
    public Task<JsonElement> ExportIncorrect(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.ExportIncorrect, input, client, cancellationToken);

    /// <summary>Writes the manifest of an export.</summary>
    [Function(WorkflowNames.WriteManifest)]
    public Task<JsonElement> WriteManifest(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.WriteManifest, input, client, cancellationToken);

    /// <summary>Takes the mark off what is exported, and deletes markers of ours.</summary>
    [Function(WorkflowNames.ReleaseIncorrect)]
    public Task<JsonElement> ReleaseIncorrect(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.ReleaseIncorrect, input, client, cancellationToken);

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

    /// <summary>Which images a request is for, settings frozen.</summary>
    [Function(WorkflowNames.PrepareImages)]
    public Task<JsonElement> PrepareImages(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.PrepareImages, input, client, cancellationToken);

    /// <summary>Looks at one chunk of images and asks.</summary>
    [Function(WorkflowNames.AnalyzeImages)]
    public Task<JsonElement> AnalyzeImages(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.AnalyzeImages, input, client, cancellationToken);

    /// <summary>One chunk of images from the log to Stash.</summary>
    [Function(WorkflowNames.PublishImages)]
    public Task<JsonElement> PublishImages(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.PublishImages, input, client, cancellationToken);

    /// <summary>Says in Stash that the images of a chunk failed.</summary>
    [Function(WorkflowNames.FailImages)]
    public Task<JsonElement> FailImages(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.FailImages, input, client, cancellationToken);

    /// <summary>Ends a run over images.</summary>
    [Function(WorkflowNames.FinishImages)]
    public Task<JsonElement> FinishImages(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.FinishImages, input, client, cancellationToken);

    /// <summary>Takes the request tags off the images of a chunk.</summary>
    [Function(WorkflowNames.RemoveImageRequestTags)]
    public Task<JsonElement> RemoveImageRequestTags(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.RemoveImageRequestTags, input, client, cancellationToken);

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

    /// <summary>What an undo is about; ends the work that would write it again.</summary>
    [Function(WorkflowNames.SnapshotUndo)]
    public Task<JsonElement> SnapshotUndo(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.SnapshotUndo, input, client, cancellationToken);

    /// <summary>Takes back what was written to some scenes and images.</summary>
    [Function(WorkflowNames.UndoSubjects)]
    public Task<JsonElement> UndoSubjects(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.UndoSubjects, input, client, cancellationToken);

    /// <summary>Removes the tags that we made and nothing uses any more.</summary>
    [Function(WorkflowNames.RemoveCreatedTags)]
    public Task<JsonElement> RemoveCreatedTags(
        [ActivityTrigger] JsonElement input,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => runner.RunAsync(WorkflowNames.RemoveCreatedTags, input, client, cancellationToken);
}
