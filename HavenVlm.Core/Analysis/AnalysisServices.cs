using HavenVlm.Core.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HavenVlm.Core.Analysis;

/// <summary>Registers this folder.</summary>
internal static class AnalysisServices
{
    /// <summary>Adds <see cref="AnalysisLogs"/>; the host registers the <see cref="IArtifactStore"/>.</summary>
    public static IServiceCollection AddAnalysis(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new AnalysisLogs(
            provider.GetRequiredService<IArtifactStore>(),
            provider.GetRequiredService<TimeProvider>()
        ));
        return services;
    }
}
