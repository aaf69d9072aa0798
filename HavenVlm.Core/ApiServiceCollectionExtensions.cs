using HavenVlm.Core.Api;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;
using HavenVlm.Core.Workflows.Running;
using HavenVlm.Core.Workflows.Scenes;
using HavenVlm.Core.Workflows.Sweeping;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Core;

/// <summary>Registers the folder beside it.</summary>
internal static class ApiServiceCollectionExtensions
{
    /// <summary>Adds what the calls use.</summary>
    public static IServiceCollection AddApi(this IServiceCollection services) =>
        services
            .AddSingleton<SceneRequests>()
            .AddSingleton<MarkerSettingsRequests>()
            .AddSingleton<ImageRequests>()
            .AddSingleton<UndoRequests>()
            .AddSingleton<CollectRequests>()
            .AddSingleton<InstanceControl>()
            .AddSingleton<EndpointControl>()
            .AddSingleton<SceneViews>()
            .AddSingleton<StatusProblems>()
            .AddSingleton<StatusReport>()
            .AddSingleton(s => new HavenService(
                s.GetRequiredService<IOrchestrationClient>(),
                s.GetRequiredService<SceneRequests>(),
                s.GetRequiredService<ImageRequests>(),
                s.GetRequiredService<UndoRequests>(),
                s.GetRequiredService<CollectRequests>(),
                s.GetRequiredService<InstanceControl>(),
                s.GetRequiredService<SweepMark>(),
                s.GetRequiredService<RequestedScenes>(),
                s.GetRequiredService<NewRequests>(),
                s.GetRequiredService<LiveProgress>(),
                s.GetRequiredService<SceneViews>(),
                s.GetRequiredService<SceneSettings>(),
                s.GetRequiredService<MarkerSettingsRequests>(),
                s.GetRequiredService<EndpointControl>(),
                s.GetRequiredService<StatusReport>(),
                s.GetRequiredService<SettingsSource>()
            )
            {
                Queue = s.GetService<IPendingRequests>(),
            });
}
