using HavenVlm.Core.Storage;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Workflows.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Core;

/// <summary>Registers the product in a host.</summary>
public static class HavenServiceCollectionExtensions
{
    /// <summary>
    /// Adds everything but what the host brings: <see cref="Configuration.SettingsSource"/>, <see cref="IArtifactStore"/>,
    /// <see cref="IOrchestrationClient"/>, logging, and, when endpoints are shared with other processes, <see cref="IEndpointSlots"/>.
    /// </summary>
    public static IServiceCollection AddHavenCore(this IServiceCollection services) =>
        services.AddStorage().AddMedia().AddVlm().AddAnalysis().AddStash().AddWorkflows().AddDiagnosis().AddApi();
}
