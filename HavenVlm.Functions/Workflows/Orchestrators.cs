using System.Text.Json;
using HavenVlm.Core.Workflows.Ports;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace HavenVlm.Functions.Workflows;

/// <summary>One function for every orchestrator of the product.</summary>
/// <param name="catalog">The orchestrators.</param>
public sealed class Orchestrators(WorkflowCatalog catalog)
{
    /// <summary>Of one scene.</summary>
    [Function(WorkflowNames.TagScene)]
    public Task<JsonElement> TagScene([OrchestrationTrigger] TaskOrchestrationContext context) => RunAsync(WorkflowNames.TagScene, context);

    /// <summary>Of a request for many scenes.</summary>
    [Function(WorkflowNames.TagScenes)]
    public Task<JsonElement> TagScenes([OrchestrationTrigger] TaskOrchestrationContext context) =>
        RunAsync(WorkflowNames.TagScenes, context);

    /// <summary>That looks for request tags.</summary>
    [Function(WorkflowNames.Sweep)]
    public Task<JsonElement> Sweep([OrchestrationTrigger] TaskOrchestrationContext context) => RunAsync(WorkflowNames.Sweep, context);

    /// <summary>That takes the request tag off a scene whose instance was terminated.</summary>
    [Function(WorkflowNames.ReleaseScene)]
    public Task<JsonElement> ReleaseScene([OrchestrationTrigger] TaskOrchestrationContext context) =>
        RunAsync(WorkflowNames.ReleaseScene, context);

    /// <summary>That finds marker settings from a scene whose markers a user corrected.</summary>
    [Function(WorkflowNames.FindMarkerSettings)]
    public Task<JsonElement> FindMarkerSettings([OrchestrationTrigger] TaskOrchestrationContext context) =>
        RunAsync(WorkflowNames.FindMarkerSettings, context);

    /// <summary>Of a request for images.</summary>
    [Function(WorkflowNames.TagImages)]
    public Task<JsonElement> TagImages([OrchestrationTrigger] TaskOrchestrationContext context) =>
        RunAsync(WorkflowNames.TagImages, context);

    /// <summary>That takes the request tags off images whose instance was terminated.</summary>
    [Function(WorkflowNames.ReleaseImages)]
    public Task<JsonElement> ReleaseImages([OrchestrationTrigger] TaskOrchestrationContext context) =>
        RunAsync(WorkflowNames.ReleaseImages, context);

    /// <summary>That exports what is marked as incorrect.</summary>
    [Function(WorkflowNames.CollectIncorrect)]
    public Task<JsonElement> CollectIncorrect([OrchestrationTrigger] TaskOrchestrationContext context) =>
        RunAsync(WorkflowNames.CollectIncorrect, context);

    /// <summary>That takes back what was written to Stash.</summary>
    [Function(WorkflowNames.Undo)]
    public Task<JsonElement> Undo([OrchestrationTrigger] TaskOrchestrationContext context) => RunAsync(WorkflowNames.Undo, context);

    private Task<JsonElement> RunAsync(string name, TaskOrchestrationContext context) =>
        RunAsync(catalog, name, context, context.GetInput<JsonElement?>());

    internal static async Task<JsonElement> RunAsync(
        WorkflowCatalog catalog,
        string name,
        TaskOrchestrationContext context,
        JsonElement? input
    )
    {
        var orchestrator = catalog.FindOrchestrator(name)!;
        var run = ContinuedRun.From(input);
        var adapter = new DurableContext(context, run?.Created);
        if (run is not null)
        {
            input = run.Input;
        }

        if (run?.Status is { } status)
        {
            adapter.SetCustomStatus(status);
        }

        return DurableJson.Parse(await orchestrator.RunJsonAsync(adapter, DurableJson.TextOf(input)));
    }
}
