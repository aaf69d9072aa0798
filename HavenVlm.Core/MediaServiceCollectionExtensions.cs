using HavenVlm.Core.Media.Ffmpeg;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Core.Media.Framing;
using HavenVlm.Core.Media.Pictures;
using HavenVlm.Core.Media.Probing;
using HavenVlm.Core.Media.Sources;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HavenVlm.Core;

/// <summary>Registration of everything that reads media.</summary>
internal static class MediaServiceCollectionExtensions
{
    /// <summary>Adds it; all of it is shared by the whole process.</summary>
    public static IServiceCollection AddMedia(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<FfmpegLocator>();
        services.AddSingleton<FfmpegRunner>();
        services.AddSingleton<FfmpegFilters>();
        services.AddSingleton<ColorConversion>();
        services.AddSingleton(_ => new DecoderGate(Environment.ProcessorCount));
        services.AddSingleton<HardwareDecoders>();
        services.AddSingleton<MediaGateway>();
        services.AddSingleton<PacketScanner>();
        services.AddSingleton<VideoEndFinder>();
        services.AddSingleton<PacketSurveyor>();
        services.AddSingleton<RestartedClock>();
        services.AddSingleton<ProbeQuestion>();
        services.AddSingleton<MediaProbe>();
        services.AddSingleton<FrameDecoder>();
        services.AddSingleton<MissedFrames>();
        services.AddSingleton<FrameRunner>();
        services.AddSingleton<FirstFrames>();
        services.AddSingleton<FrameExtractor>();
        services.AddSingleton<PictureAnalyzer>();
        services.AddSingleton<ChangeDetector>();
        services.AddSingleton<PictureReader>();
        services.AddSingleton<ImageMedia>();
        return services;
    }
}
