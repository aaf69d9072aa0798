using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Filters;
using HavenVlm.Core.Stash.Images;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Stash.Tags;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HavenVlm.Core;

/// <summary>Registers what speaks to Stash. Needs <c>SettingsSource</c>, <c>IArtifactStore</c> and logging.</summary>
internal static class StashServiceCollectionExtensions
{
    /// <summary>Adds the client, the tag family, the publication records and the publisher.</summary>
    public static IServiceCollection AddStash(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        return services
            .AddSingleton<StashTransport>()
            .AddSingleton<StashRetries>()
            .AddSingleton<StashClient>()
            .AddSingleton<SavedFilters>()
            .AddSingleton(provider => new StashPluginSettings(provider.GetRequiredService<StashClient>()))
            .AddSingleton<TagRegistry>()
            .AddSingleton<TagResolver>()
            .AddSingleton<TagFamily>()
            .AddSingleton<PublicationRecordStore>()
            .AddSingleton<SceneStateReader>()
            .AddSingleton<PublicationWriter>()
            .AddSingleton<ScenePublisher>()
            .AddSingleton<SceneStates>()
            .AddSingleton<ImageRecordStore>()
            .AddSingleton<ImagePlanner>()
            .AddSingleton<ImagePublisher>()
            .AddSingleton<ImageUndo>()
            .AddSingleton<SceneUndoPlanner>()
            .AddSingleton<SceneUndo>()
            .AddSingleton<CreatedTags>();
    }
}
