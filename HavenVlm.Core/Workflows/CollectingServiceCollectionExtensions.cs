using HavenVlm.Core.Workflows.Collecting;
using HavenVlm.Core.Workflows.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Core.Workflows;

/// <summary>Registers the folder beside it.</summary>
internal static class CollectingServiceCollectionExtensions
{
    /// <summary>Adds the workflow that exports what is marked as incorrect.</summary>
    public static IServiceCollection AddCollecting(this IServiceCollection services) =>
        services
            .AddSingleton<CollectStore>()
            .AddSingleton<IncorrectMarkers>()
            .AddOrchestrator<CollectIncorrectOrchestrator>(WorkflowNames.CollectIncorrect)
            .AddActivity<ListIncorrectActivity>(WorkflowNames.ListIncorrect)
            .AddActivity<ExportIncorrectActivity>(WorkflowNames.ExportIncorrect)
            .AddActivity<WriteManifestActivity>(WorkflowNames.WriteManifest)
            .AddActivity<ReleaseIncorrectActivity>(WorkflowNames.ReleaseIncorrect);
}
