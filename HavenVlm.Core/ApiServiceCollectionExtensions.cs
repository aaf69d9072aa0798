using HavenVlm.Core.Api;
using HavenVlm.Core.Vlm.Pool;
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
            .AddSingleton<SweepRequests>()
            .AddSingleton<QueuedRequests>()
            .AddSingleton<InstanceViews>()
            .AddSingleton<InstanceControl>()
            .AddSingleton<InstanceRetry>()
            .AddSingleton<EndpointControl>()
            .AddSingleton<SceneViews>()
            .AddSingleton<TagCalls>()
            .AddSingleton<StatusProblems>()
            .AddSingleton(s => new StatusChanges(s.GetRequiredService<EndpointPool>()))
            .AddSingleton<StatusReport>()
            .AddSingleton<SceneCalls>()
            .AddSingleton<SceneSettingsCalls>()
            .AddSingleton<MarkerSettingsCalls>()
            .AddSingleton<SweepCalls>()
            .AddSingleton<InstanceCalls>();
}
