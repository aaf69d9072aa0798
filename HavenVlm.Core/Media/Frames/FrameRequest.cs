using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Sources;

namespace HavenVlm.Core.Media.Frames;

/// <summary>What one ffmpeg is to deliver.</summary>
/// <param name="Input">The video.</param>
/// <param name="Facts">Its facts.</param>
/// <param name="Run">Which pictures.</param>
/// <param name="PictureFilter">Filters that make the JPEG; null = no JPEG.</param>
/// <param name="SmallFilter">Filters that make the small picture, from the JPEG's picture or, without one, from the decoded.</param>
/// <param name="Hwaccel">ffmpeg's name of a hardware decoder; null = software.</param>
internal sealed record FrameRequest(
    MediaInput Input,
    VideoFacts Facts,
    DecodeRun Run,
    string? PictureFilter,
    string SmallFilter,
    string? Hwaccel = null
)
{
    /// <summary>Filters that make another small picture of the whole as it is stored; null = none. Only beside a JPEG.</summary>
    public string? WholeFilter { get; init; }

    /// <summary>Largest picture that is decoded, in pixels.</summary>
    public int MaxPixels { get; init; } = FrameArguments.MaxPixels;
}
