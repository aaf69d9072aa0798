using HavenVlm.Core.Workflows;
using HavenVlm.Core.Workflows.Collecting;
using HavenVlm.Core.Workflows.Collecting.Exports;
using HavenVlm.Core.Workflows.Images;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;
using HavenVlm.Core.Workflows.Running;
using HavenVlm.Core.Workflows.Scenes;
using HavenVlm.Core.Workflows.Sweeping;
using HavenVlm.Core.Workflows.Tuning;
using HavenVlm.Core.Workflows.Undoing;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Core;

/// <summary>Registers the folder beside it.</summary>
internal static class WorkflowsServiceCollectionExtensions
{
    /// <summary>Adds every workflow and the catalog of them.</summary>
    public static IServiceCollection AddWorkflows(this IServiceCollection services) =>
        services
            .AddWorkflowCatalog()
            .AddRunning()
            .AddScenes()
            .AddRequests()
            .AddSweeping()
            .AddImages()
            .AddTuning()
            .AddCollecting()
            .AddExports()
            .AddUndoing();
}
