using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Sweeping;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Core.Workflows;

/// <summary>Registers the folder beside it.</summary>
internal static class SweepingServiceCollectionExtensions
{
    /// <summary>Adds the workflow that looks for request tags.</summary>
    public static IServiceCollection AddSweeping(this IServiceCollection services) =>
        services
            .AddSingleton<SweepMark>()
            .AddSingleton<NewRequests>()
            .AddOrchestrator<SweepOrchestrator>(WorkflowNames.Sweep)
            .AddActivity<StartSweepActivity>(WorkflowNames.StartSweep)
            .AddActivity<CheckSweepActivity>(WorkflowNames.CheckSweep);
}
