using HavenVlm.Core.Configuration;
using HavenVlm.Core.Diagnosis;
using HavenVlm.Core.Diagnosis.SetUp;
using HavenVlm.Core.Media.Ffmpeg;
using HavenVlm.Core.Media.Probing;
using HavenVlm.Core.Media.Sources;
using HavenVlm.Core.Stash.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Core;

/// <summary>Registers the folder beside it.</summary>
internal static class DiagnosisServiceCollectionExtensions
{
    /// <summary>Adds <see cref="SystemDiagnosis"/>; needs what <c>AddMedia</c> and <c>AddStash</c> add.</summary>
    public static IServiceCollection AddDiagnosis(this IServiceCollection services) =>
        services.AddTransient(provider => new SystemDiagnosis(
            provider.GetRequiredService<SettingsSource>(),
            [
                new DataFolderCheck(),
                new FfmpegCheck(provider.GetRequiredService<FfmpegLocator>()),
                new StashCheck(
                    provider.GetRequiredService<StashClient>(),
                    new StashProbe(provider.GetRequiredService<TimeProvider>()),
                    ContainerRuntime.IsHere
                ),
                new ClockCheck(provider.GetRequiredService<TimeProvider>()),
                new TimeZoneCheck(provider.GetRequiredService<TimeProvider>()),
                new MediaCheck(
                    provider.GetRequiredService<StashClient>(),
                    provider.GetRequiredService<MediaGateway>(),
                    provider.GetRequiredService<MediaProbe>(),
                    new StashProbe(provider.GetRequiredService<TimeProvider>())
                ),
                new EndpointsCheck(
                    new EndpointTrial(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>())
                ),
            ]
        ));
}
