using HavenVlm.Core.Storage;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Pool;
using HavenVlm.Core.Vlm.Pool.Limits;
using HavenVlm.Core.Vlm.Prompting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HavenVlm.Core;

/// <summary>Registers how models are asked.</summary>
internal static class VlmServiceCollectionExtensions
{
    /// <summary>
    /// The pool and the asker. A host that shares endpoints with other processes registers its own <see cref="IEndpointSlots"/> before;
    /// <see cref="Configuration.SettingsSource"/> and logging come from the host.
    /// </summary>
    public static IServiceCollection AddVlm(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        services.TryAddSingleton<IEndpointSlots, SemaphoreSlots>();
        services.TryAddSingleton(provider => new LimitMemory(
            provider.GetService<IArtifactStore>(),
            provider.GetRequiredService<TimeProvider>()
        ));
        services.TryAddSingleton<EndpointPool>();
        services.TryAddSingleton<PictureAsker>();
        return services;
    }
}
