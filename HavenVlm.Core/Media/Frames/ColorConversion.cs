using System.Globalization;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Ffmpeg;

namespace HavenVlm.Core.Media.Frames;

/// <summary>
/// Brings HDR and wide colors to what a JPEG means by its levels. Without that, pure red reaches the model as a pale brown.
/// </summary>
internal sealed class ColorConversion(FfmpegFilters filters)
{
    // The level that BT.2408 gives to white on paper.
    private const int WhiteNits = 203;

    // ffmpeg calls some of it by names that zscale does not have.
    private static readonly HashSet<string> KnownMatrices = new(StringComparer.Ordinal)
    {
        "bt709",
        "bt2020nc",
        "bt2020c",
        "smpte170m",
        "bt470bg",
    };
    private static readonly HashSet<string> KnownPrimaries = new(StringComparer.Ordinal)
    {
        "bt709",
        VideoColor.WidePrimaries,
        "smpte431",
        "smpte432",
    };

    /// <summary>The colors that are converted here; null = none are, or this build of ffmpeg cannot, or nothing can.</summary>
    public async Task<VideoColor?> ForAsync(VideoFacts facts, CancellationToken cancellationToken) =>
        facts.Color is { DolbyVisionProfile: 0 } color && await filters.HasAllAsync(["zscale", "tonemap"], cancellationToken)
            ? color
            : null;

    /// <summary>The filters, after which all levels are used as JPEG does.</summary>
    public static IEnumerable<string> Filters(VideoColor color)
    {
        var matrix = KnownMatrices.Contains(color.Matrix) ? color.Matrix : "bt2020nc";
        var primaries = KnownPrimaries.Contains(color.Primaries) ? color.Primaries : VideoColor.WidePrimaries;
        var range = color.IsFullRange ? "pc" : "tv";
        // Halved planes of an odd size are not taken.
        yield return "format=yuv444p12";
        if (color.IsHdr)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"zscale=tin={color.Transfer}:pin={primaries}:min={matrix}:rin={range}:t=linear:npl={WhiteNits}"
            );
            yield return "format=gbrpf32le";
            yield return "zscale=p=bt709";
            yield return "tonemap=mobius:desat=0";
            yield return "zscale=t=bt709:m=470bg:r=pc";
        }
        else
        {
            yield return $"zscale=tin=bt709:pin={primaries}:min={matrix}:rin={range}:t=bt709:p=bt709:m=470bg:r=pc";
        }

        yield return "format=yuv444p";
    }

    /// <summary>What people should know about it; null = nothing.</summary>
    /// <param name="facts">The video.</param>
    /// <param name="converted">As <see cref="ForAsync"/> said.</param>
    public static string? NoteOf(VideoFacts facts, VideoColor? converted) =>
        facts.Color switch
        {
            null => null,
            { DolbyVisionProfile: > 0 and var profile } =>
                $"Dolby Vision profile {profile} cannot be converted: the model sees its pictures in wrong colors",
            var color when converted is null =>
                $"{Name(color)} is not converted, because this build of ffmpeg has no zscale filter: the model sees pale colors",
            { IsHdr: true } color => $"{Name(color)} is tone-mapped",
            _ => null,
        };

    private static string Name(VideoColor color) =>
        color.Transfer switch
        {
            VideoColor.Pq => "HDR (PQ)",
            VideoColor.Hlg => "HDR (HLG)",
            _ => "wide color (BT.2020)",
        };
}
