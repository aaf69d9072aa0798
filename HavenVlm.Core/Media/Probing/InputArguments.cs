using System.Globalization;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Pictures;
using HavenVlm.Core.Media.Sources;

namespace HavenVlm.Core.Media.Probing;

/// <summary>The arguments that open an input, the same for ffmpeg and ffprobe: this container, these protocols, these codecs, nothing else.</summary>
internal static class InputArguments
{
    /// <summary>For ffmpeg, before <c>-i</c>.</summary>
    public static IEnumerable<string> ForDecoding(MediaInput input, string container) => For(input, container, MediaCodecs.AllowList);

    /// <summary>For ffprobe, before <c>-i</c>.</summary>
    public static IEnumerable<string> ForProbing(MediaInput input, string container) => For(input, container, MediaCodecs.ProbeAllowList);

    private static IEnumerable<string> For(MediaInput input, string container, string codecs)
    {
        if (!MediaContainer.Accepted.Contains(container) && !PictureFormats.Containers.Contains(container))
        {
            throw new MediaException($"'{input.Name}' is in a container that is not read: {container}.");
        }

        return
        [
            "-protocol_whitelist",
            input.Protocols,
            "-format_whitelist",
            DemuxerName(container),
            "-codec_whitelist",
            codecs,
            .. Own(container),
            "-f",
            container,
        ];
    }

    // A film may name other files as the place of its pictures. These are ffmpeg's defaults; they are said because so much hangs on them.
    private static IEnumerable<string> Own(string container) => container is "mov" ? ["-enable_drefs", "0", "-use_absolute_path", "0"] : [];

    // ffmpeg compares the whole list of a demuxer's names.
    private static string DemuxerName(string container) =>
        container switch
        {
            "mov" => "mov,mp4,m4a,3gp,3g2,mj2",
            "matroska" => "matroska,webm",
            _ => container,
        };

    /// <summary>A stream as ffmpeg names it.</summary>
    /// <param name="stream">As <see cref="VideoFacts.Stream"/>.</param>
    public static string Stream(int? stream) => stream?.ToString(CultureInfo.InvariantCulture) ?? "V:0";

    /// <summary>A time as ffmpeg reads it.</summary>
    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.######", CultureInfo.InvariantCulture);
}
