using System.Globalization;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Ffmpeg;
using HavenVlm.Core.Media.Sources;

namespace HavenVlm.Core.Media.Probing;

/// <summary>
/// Finds where the clock of a transport or program stream starts again, as in recordings that were joined byte by byte. Seeking by time finds
/// only some of such a file, and two of its pictures have the same time.
/// </summary>
internal sealed class RestartedClock(FfmpegRunner runner)
{
    /// <summary>Most parts of one file; one with more has damaged times rather than parts.</summary>
    public const int MostParts = 50;

    private const int Samples = 32;
    private const int SampleLength = 192 * 1024;
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    // The clock has 33 bits and begins again after a day, which ffmpeg knows.
    private const long Wrap = 1L << 32;

    /// <summary>The parts as their first byte and the first behind them; they may overlap a little. Empty = the clock runs through.</summary>
    public async Task<IReadOnlyList<(long Start, long End)>> FindPartsAsync(
        MediaInput input,
        string container,
        CancellationToken cancellationToken
    ) =>
        container is "mpegts" or "mpeg" && input.Length is { } length && await GoesBackAsync(input, container, length, cancellationToken)
            ? await ReadPartsAsync(input, container, length, cancellationToken)
            : [];

    /// <summary>Samples the clock over the whole file, which costs little whatever its size.</summary>
    private static async Task<bool> GoesBackAsync(MediaInput input, string container, long length, CancellationToken cancellationToken)
    {
        var latest = new Dictionary<int, long>();
        var isSmall = length <= Samples * SampleLength;
        for (var i = 0; i < (isSmall ? 1 : Samples); i++)
        {
            var bytes = await input.ReadAtAsync(
                isSmall ? 0 : (length - SampleLength) / (Samples - 1) * i,
                isSmall ? (int)length : SampleLength,
                cancellationToken
            );
            foreach (var (clock, time) in MpegClock.Read(bytes.Span, isTransport: container is "mpegts"))
            {
                var back = latest.GetValueOrDefault(clock, long.MinValue / 2) - time;
                if (back > Tolerance.TotalSeconds * MpegClock.Rate && back < Wrap)
                {
                    return true;
                }

                latest[clock] = time;
            }
        }

        return false;
    }

    /// <summary>Lists every packet once. The first of any stream whose time goes back begins a part.</summary>
    private async Task<IReadOnlyList<(long Start, long End)>> ReadPartsAsync(
        MediaInput input,
        string container,
        long length,
        CancellationToken cancellationToken
    )
    {
        await using var lines = await runner.ProbeLinesAsync(
            [
                .. InputArguments.ForProbing(input, container),
                "-show_entries",
                "packet=stream_index,pts_time,dts_time,pos",
                "-of",
                "csv=p=0",
                "-i",
                input.Argument,
            ],
            input,
            Deadline,
            cancellationToken
        );
        var starts = new List<long> { 0 };
        var ends = new List<long>();
        var latest = new Dictionary<string, (TimeSpan Last, TimeSpan Before)>(StringComparer.Ordinal);
        long furthest = 0;
        while (await lines.ReadAsync(cancellationToken) is { } line)
        {
            if (line.Split(',') is not [var stream, var pts, var dts, var place, ..])
            {
                continue;
            }

            var at = long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var known) ? known : furthest;
            if (ends.Count > 0 && at < ends[^1])
            {
                // Of the part before, but completed only now.
                starts[^1] = Math.Max(starts[^1], Math.Min(at + 1, ends[^1]));
                continue;
            }

            if ((PacketScanner.ParseTime(dts) ?? PacketScanner.ParseTime(pts)) is { } time)
            {
                var isKnown = latest.TryGetValue(stream, out var times);
                if (isKnown && times.Last - time > Tolerance && at > furthest && !IsGlitch(times, time))
                {
                    ends.Add(at);
                    starts.Add(furthest + 1);
                    latest.Clear();
                    isKnown = false;
                }

                latest[stream] = (time, isKnown ? times.Last : time);
            }

            furthest = Math.Max(furthest, at);
        }

        input.ThrowIfFailed();
        return ends.Count == 0 ? [] : [.. starts.Zip([.. ends, length])];
    }

    // One damaged time far ahead, after which the clock goes on where it was.
    private static bool IsGlitch((TimeSpan Last, TimeSpan Before) times, TimeSpan time) =>
        times.Last - times.Before > Tolerance && (time - times.Before).Duration() <= Tolerance;
}
