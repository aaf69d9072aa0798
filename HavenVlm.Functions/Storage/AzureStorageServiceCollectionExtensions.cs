using HavenVlm.Core.Storage;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Functions.Storage.Artifacts;
using HavenVlm.Functions.Storage.Slots;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Functions.Storage;

/// <summary>Registers what keeps artifacts, slots and requests in an Azure storage account.</summary>
internal static class AzureStorageServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IArtifactStore"/>, <see cref="IEndpointSlots"/>, <see cref="RequestQueue"/> and <see cref="ConfigurationBlob"/>.
    /// Call <see cref="AzureStorage.PrepareAsync"/> before they are used, and before <c>AddHavenCore</c> so that its slots are these.
    /// Logging comes from the host.
    /// </summary>
    public static IServiceCollection AddHavenAzureStorage(
        this IServiceCollection services,
        AzureStorageConnection connection,
        string containerName = AzureStorage.DefaultContainer
    )
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        services.AddSingleton(new AzureStorage(connection, containerName));
        services.AddSingleton<RequestQueue>();
        services.AddSingleton<ConfigurationBlob>();
        services.AddSingleton<IArtifactStore>(provider => new BlobArtifactStore(
            provider.GetRequiredService<AzureStorage>(),
            BlobStoreLimits.Default,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<Random>(),
            provider.GetRequiredService<ILogger<BlobArtifactStore>>(),
            provider.GetService<DamageReports>()
        ));
        services.AddSingleton<IEndpointSlots>(provider => new LeaseSlots(
            provider.GetRequiredService<AzureStorage>(),
            provider.GetService<LeaseSlotTimes>() ?? LeaseSlotTimes.Default,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<Random>(),
            provider.GetRequiredService<ILogger<LeaseSlots>>()
        ));
        return services;
    }
}
