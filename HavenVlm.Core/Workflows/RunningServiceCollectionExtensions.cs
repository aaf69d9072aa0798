using HavenVlm.Core.Workflows.Running;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Core.Workflows;

/// <summary>Registers the folder beside it.</summary>
internal static class RunningServiceCollectionExtensions
{
    /// <summary>Adds what instances that run share.</summary>
    public static IServiceCollection AddRunning(this IServiceCollection services) =>
        services.AddSingleton<LiveProgress>().AddSingleton<InstanceArtifacts>();
}
