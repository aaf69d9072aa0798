using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Ffmpeg;

namespace HavenVlm.Core.Diagnosis;

/// <summary>What a build of ffmpeg was made without: distributions leave patented codecs out.</summary>
/// <param name="Missing">What nothing works without.</param>
/// <param name="Undecodable">The usual kinds of video that it cannot decode.</param>
internal sealed record FfmpegAbilities(IReadOnlyList<string> Missing, IReadOnlyList<string> Undecodable)
{
    // Each kind and the decoders of which one is enough.
    private static readonly (string Kind, string[] Decoders)[] Usual =
    [
        ("h264", ["h264", "libopenh264"]),
        ("hevc", ["hevc"]),
        ("vp9", ["vp9", "libvpx-vp9"]),
        ("av1", ["libdav1d", "libaom-av1", "av1"]),
        ("mpeg4", ["mpeg4"]),
    ];

    /// <summary>Asks ffmpeg.</summary>
    /// <exception cref="MediaUnavailableException">It does not tell.</exception>
    public static async Task<FfmpegAbilities> AskAsync(string ffmpeg, CancellationToken cancellationToken) =>
        Read(
            await RunAsync(ffmpeg, "-decoders", cancellationToken),
            await RunAsync(ffmpeg, "-encoders", cancellationToken),
            await RunAsync(ffmpeg, "-muxers", cancellationToken)
        );

    /// <summary>Reads what ffmpeg lists.</summary>
    internal static FfmpegAbilities Read(string decoders, string encoders, string muxers)
    {
        var can = Names(decoders);
        List<string> missing = [];
        if (!Names(encoders).Contains("mjpeg"))
        {
            missing.Add("encoder mjpeg");
        }

        if (!Names(muxers).Contains("nut"))
        {
            missing.Add("muxer nut");
        }

        return new FfmpegAbilities(missing, [.. Usual.Where(kind => !kind.Decoders.Any(can.Contains)).Select(kind => kind.Kind)]);
    }

    // Lines such as " VFS..D h264                 H.264 / AVC": flags, then the name.
    private static HashSet<string> Names(string list) =>
        [
            .. list.Split('\n')
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                .Where(words => words.Length >= 2)
                .Select(words => words[1]),
        ];

    private static Task<string> RunAsync(string ffmpeg, string list, CancellationToken cancellationToken) =>
        FfmpegQuery.AskAsync(ffmpeg, ["-hide_banner", list], cancellationToken);
}
