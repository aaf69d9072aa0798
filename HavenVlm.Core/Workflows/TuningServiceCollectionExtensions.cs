using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Tuning;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Core.Workflows;

/// <summary>Registers the folder beside it.</summary>
internal static class TuningServiceCollectionExtensions
{
    /// <summary>Adds the workflow that finds marker settings.</summary>
    public static IServiceCollection AddTuning(this IServiceCollection services) =>
        services
            .AddSingleton<TuneScene>()
            .AddSingleton<TuningStore>()
            .AddSingleton<UserMarkersReader>()
            .AddOrchestrator<FindMarkerSettingsOrchestrator>(WorkflowNames.FindMarkerSettings)
            .AddActivity<StartTuningActivity>(WorkflowNames.StartTuning)
            .AddActivity<CheckTuningActivity>(WorkflowNames.CheckTuning)
            .AddActivity<FindSettingsActivity>(WorkflowNames.FindSettings);
}
