using HavenVlm.Core.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HavenVlm.Core;

/// <summary>Registers the folder beside it.</summary>
internal static class StorageServiceCollectionExtensions
{
    /// <summary>Adds the reports of damage; the host registers the <see cref="IArtifactStore"/>.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<DamageReports>();
        return services;
    }
}
