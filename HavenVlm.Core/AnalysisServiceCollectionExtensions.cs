using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Images;
using HavenVlm.Core.Analysis.Learning;
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
            .AddSingleton<AnalysisLogs>()
            .AddSingleton<ChunkAnalysis>()
            .AddSingleton<LearningStore>()
            .AddSingleton<UnknownNameStore>()
            .AddSingleton<SnapshotBuilder>()
            .AddSingleton<ImageAnalysis>()
            .AddSingleton<VideoAnalysis>();
    }
}
