using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Images;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Core.Media.Sources;
using HavenVlm.Core.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HavenVlm.Core;

/// <summary>Registers the folder beside it.</summary>
internal static class AnalysisServiceCollectionExtensions
{
    /// <summary>Adds the analysis of videos and images; the host registers the <see cref="IArtifactStore"/>.</summary>
    public static IServiceCollection AddAnalysis(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton(provider => new AnalysisLogs(
                provider.GetRequiredService<IArtifactStore>(),
                provider.GetRequiredService<TimeProvider>()
            ))
            .AddSingleton<ChunkAnalysis>()
            .AddSingleton<SnapshotBuilder>()
            .AddSingleton<ImageAnalysis>()
            .AddSingleton(provider => new VideoAnalysis(
                provider.GetRequiredService<SnapshotBuilder>(),
                provider.GetRequiredService<MediaGateway>(),
                provider.GetRequiredService<AnalysisLogs>(),
                provider.GetRequiredService<ChunkAnalysis>(),
                provider.GetRequiredService<FrameExtractor>(),
                provider.GetRequiredService<SettingsSource>(),
                provider.GetRequiredService<TimeProvider>()
            ));
    }
}
