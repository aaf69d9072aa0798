namespace HavenVlm.Core.Media;

/// <summary>The decoders that ffmpeg may use.</summary>
internal static class MediaCodecs
{
    private static readonly string[] Video =
    [
        "h264",
        "hevc",
        "vp8",
        "vp9",
        "av1",
        "libdav1d",
        "libaom-av1",
        "libvpx",
        "libvpx-vp9",
        "mpeg4",
        "msmpeg4v1",
        "msmpeg4v2",
        "msmpeg4",
        "msmpeg4v3",
        "mpeg1video",
        "mpeg2video",
        "wmv1",
        "wmv2",
        "wmv3",
        "wmv3image",
        "vc1",
        "vc1image",
        "flv",
        "flv1",
        "vp6",
        "vp6f",
        "vp6a",
        "h263",
        "h263p",
        "h263i",
        "theora",
        "mjpeg",
        "prores",
        "dnxhd",
        "dvvideo",
        "cinepak",
        "svq1",
        "svq3",
        "rv10",
        "rv20",
        "rv30",
        "rv40",
        "rawvideo",
        "png",
        "ffv1",
        "huffyuv",
        "ffvhuff",
        "vvc",
    ];

    /// <summary>For <c>-codec_whitelist</c>; sound is never decoded.</summary>
    public static string AllowList { get; } = string.Join(',', Video);

    /// <summary>Whether pictures of this codec are decoded.</summary>
    public static bool IsAccepted(string codec) => Video.Contains(codec, StringComparer.Ordinal);
}
