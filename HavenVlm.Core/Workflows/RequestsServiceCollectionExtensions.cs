using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Core.Workflows;

/// <summary>Registers the folder beside it.</summary>
internal static class RequestsServiceCollectionExtensions
{
    /// <summary>Adds the workflow of a request for many scenes.</summary>
    public static IServiceCollection AddRequests(this IServiceCollection services) =>
        services
            .AddSingleton<RequestStore>()
            .AddSingleton<RequestedScenes>()
            .AddSingleton<OutstandingSceneReader>()
            .AddSingleton<ScenePlaces>()
            .AddSingleton<SceneStarts>()
            .AddOrchestrator<TagScenesOrchestrator>(WorkflowNames.TagScenes)
            .AddActivity<SnapshotRequestActivity>(WorkflowNames.SnapshotRequest)
            .AddActivity<AdvanceRequestActivity>(WorkflowNames.AdvanceRequest);
}
