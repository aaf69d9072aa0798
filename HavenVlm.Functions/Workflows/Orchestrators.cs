using System.Text.Json;
using HavenVlm.Core.Workflows;
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

    private async Task<JsonElement> RunAsync(string name, TaskOrchestrationContext context)
    {
        var orchestrator = catalog.FindOrchestrator(name)!;
        var input = DurableJson.TextOf(context.GetInput<JsonElement?>());
        return DurableJson.Parse(await orchestrator.RunJsonAsync(new DurableContext(context), input));
    }
}
