using System.Globalization;
using System.Runtime.CompilerServices;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Ffmpeg;
using HavenVlm.Core.Media.Sources;

namespace HavenVlm.Core.Media.Probing;

/// <summary>One packet of the video stream, undecoded.</summary>
/// <param name="Time">Presentation time in the container.</param>
/// <param name="Duration">How long it says it lasts; zero = it does not say.</param>
/// <param name="Size">Bytes.</param>
/// <param name="IsKey">Whether decoding can begin with it.</param>
/// <param name="IsTimed">Whether it carries its presentation time; else it is its place in the file that counts.</param>
/// <param name="IsEncrypted">Whether it cannot be decoded without a key.</param>
/// <param name="IsShown">Whether a player shows it; an edit list hides pictures that are only needed to decode those after them.</param>
internal readonly record struct MediaPacket(
    TimeSpan Time,
    TimeSpan Duration,
    int Size,
    bool IsKey,
    bool IsTimed,
    bool IsEncrypted,
    bool IsShown = true
);

/// <summary>The stream whose packets are listed.</summary>
/// <param name="Input">The video.</param>
/// <param name="Container">ffmpeg's name of the container.</param>
/// <param name="Stream">As <see cref="VideoFacts.Stream"/>.</param>
/// <param name="FrameRate">Pictures per second where the container has no times and they are counted.</param>
internal readonly record struct PacketSource(MediaInput Input, string Container, int? Stream, double FrameRate = 0);

/// <summary>Lists packets of a part of a video without decoding anything: it costs little more than reading the bytes.</summary>
internal sealed class PacketScanner(FfmpegRunner runner)
{
    /// <summary>Longest time without a single packet: a file without an index is searched from its beginning.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Packets in file order, hidden ones included, beginning with a keyframe at or before <paramref name="from"/> where the container can find one. Stop
    /// enumerating to stop reading.
    /// </summary>
    /// <param name="source">The stream.</param>
    /// <param name="from">Container time; null = from the beginning.</param>
    /// <param name="length">How much is listed from there on; null = until the end.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async IAsyncEnumerable<MediaPacket> ScanAsync(
        PacketSource source,
        TimeSpan? from,
        TimeSpan? length,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var (input, container, stream, rate) = source;
        var isCounted = MediaContainer.IsRawPictures(container) && rate > 0;
        var step = isCounted ? TimeSpan.FromSeconds(1 / rate) : TimeSpan.Zero;
        var count = 0;
        var start = from is { } time && !isCounted ? InputArguments.Seconds(time) : "";
        var end = length is { } limit ? $"+{InputArguments.Seconds(limit)}" : "";
        await using var lines = await runner.ProbeLinesAsync(
            [
                .. InputArguments.ForProbing(input, container),
                "-select_streams",
                InputArguments.Stream(stream),
                "-show_entries",
                "packet=pts_time,dts_time,duration_time,size,flags:packet_side_data=side_data_type",
                "-of",
                "compact=p=0",
                "-read_intervals",
                $"{start}%{end}",
                "-i",
                input.Argument,
            ],
            input,
            Deadline,
            cancellationToken
        );
        while (await lines.ReadAsync(cancellationToken) is { } line)
        {
            if (Parse(line, isCounted ? step * count++ : null, step) is { } packet)
            {
                yield return packet;
            }
        }

        input.ThrowIfFailed();
    }

    private static MediaPacket? Parse(string line, TimeSpan? counted, TimeSpan step)
    {
        TimeSpan? pts = null;
        TimeSpan? dts = null;
        var duration = TimeSpan.Zero;
        var size = 0;
        var flags = "";
        foreach (var field in line.Split('|'))
        {
            var equals = field.IndexOf('=', StringComparison.Ordinal);
            var value = field[(equals + 1)..];
            switch (equals < 0 ? "" : field[..equals])
            {
                case "pts_time":
                    pts = ParseTime(value);
                    break;
                case "dts_time":
                    dts = ParseTime(value);
                    break;
                case "duration_time":
                    duration = ParseTime(value) ?? TimeSpan.Zero;
                    break;
                case "size":
                    _ = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out size);
                    break;
                case "flags":
                    flags = value;
                    break;
            }
        }

        return (counted ?? pts ?? dts) is { } time
            ? new MediaPacket(
                time,
                counted is null ? duration : step,
                size,
                flags.Contains('K', StringComparison.Ordinal),
                pts is not null,
                line.Contains("Encryption info", StringComparison.Ordinal),
                // D: discard.
                IsShown: !flags.Contains('D', StringComparison.Ordinal)
            )
            : null;
    }

    /// <summary>A number of seconds as ffprobe writes it; null = <c>N/A</c> or out of all reason.</summary>
    internal static TimeSpan? ParseTime(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && Math.Abs(seconds) < 1e8
            ? TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond))
            : null;
}
