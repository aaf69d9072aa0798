using System.Globalization;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Probing;

namespace HavenVlm.Core.Media.Frames;

/// <summary>The command line that makes ffmpeg write pictures with their true times as NUT to its standard output.</summary>
internal static class FrameArguments
{
    /// <summary>Added to every time: NUT has no negative ones, and containers may.</summary>
    public static readonly TimeSpan Shift = TimeSpan.FromSeconds(10_000);

    /// <summary>Largest picture that is decoded, 8192 x 8192: a decoder keeps up to twenty of them in memory.</summary>
    public const int MaxPixels = 8192 * 8192;

    private const int JpegQuality = 4;
    private static readonly TimeSpan Beginning = TimeSpan.FromSeconds(1);

    /// <summary>The arguments for a request.</summary>
    public static IReadOnlyList<string> For(FrameRequest request)
    {
        var run = request.Run;
        var origin = request.Facts.ContainerStart + request.Facts.StartOffset;
        var wanted = run.Times.Select(time => origin + time - run.Early).ToList();
        // One picture more than can serve, so that the reader sees that the last time is passed.
        var end = origin + run.End + TimeSpan.FromSeconds(2);
        return
        [
            .. Decoder(request),
            .. InputArguments.ForDecoding(request.Input, request.Facts.Container),
            .. IsCounted(request) ? [] : Seek(run, wanted[0], origin),
            "-copyts",
            "-an",
            "-sn",
            "-dn",
            "-i",
            request.Input.Argument,
            "-filter_threads",
            "1",
            "-filter_complex_threads",
            "1",
            "-filter_complex",
            Graph(request, wanted, end),
            .. Outputs(request.PictureFilter is not null, request.PictureFilter is not null && request.WholeFilter is not null, run),
        ];
    }

    private static bool IsCounted(FrameRequest request) => MediaContainer.IsRawPictures(request.Facts.Container);

    private static List<string> Decoder(FrameRequest request)
    {
        var arguments = new List<string>
        {
            "-threads",
            request.Run.Threads.ToString(CultureInfo.InvariantCulture),
            "-noautorotate",
            "-max_pixels",
            request.MaxPixels.ToString(CultureInfo.InvariantCulture),
        };
        // Where pictures are counted, none may be left out.
        switch (IsCounted(request) ? DecodeSkip.Nothing : request.Run.Skip)
        {
            case DecodeSkip.NonReference:
                arguments.AddRange(["-skip_frame", "noref", "-skip_loop_filter", "all"]);
                break;
            case DecodeSkip.NonKey:
                arguments.AddRange(["-skip_frame", "nokey"]);
                break;
            case DecodeSkip.NonIntra:
                arguments.AddRange(["-skip_frame", "nointra"]);
                break;
            default:
                break;
        }

        if (request.Hwaccel is { } hardware)
        {
            arguments.AddRange(["-hwaccel", hardware]);
        }

        return arguments;
    }

    // Without accurate seeking: ffmpeg's own cutting mistakes shifted clocks, and the filter leaves out what is too early anyway.
    private static IEnumerable<string> Seek(DecodeRun run, TimeSpan wanted, TimeSpan origin)
    {
        var target = wanted + run.SeekAhead - run.SeekMargin;
        return wanted - origin < Beginning || target - origin < Beginning
            ? []
            : ["-noaccurate_seek", "-seek_timestamp", "1", "-ss", InputArguments.Seconds(target)];
    }

    private static string Graph(FrameRequest request, List<TimeSpan> wanted, TimeSpan end)
    {
        var shift = (long)Shift.TotalMicroseconds;
        var count = IsCounted(request) ? string.Create(CultureInfo.InvariantCulture, $"setpts=N/({request.Facts.FrameRate}*TB),") : "";
        var chosen = string.Create(
            CultureInfo.InvariantCulture,
            $"[0:{InputArguments.Stream(request.Facts.Stream)}]{count}trim=end={InputArguments.Seconds(end)},select='{Select(request.Run, wanted)}',settb=1/1000000,setpts=PTS+{shift}"
        );
        return request is { PictureFilter: { } pictureToo, WholeFilter: { } whole }
                ? $"{chosen},split=2[p][w];[p]{pictureToo},split=2[a][b];[a]format=yuvj420p[picture];[b]{request.SmallFilter},format={PlanarPicture.Format}[small];[w]{whole},format={PlanarPicture.Format}[whole]"
            : request.PictureFilter is { } picture
                ? $"{chosen},{picture},split=2[a][b];[a]format=yuvj420p[picture];[b]{request.SmallFilter},format={PlanarPicture.Format}[small]"
            : $"{chosen},{request.SmallFilter},format={PlanarPicture.Format}[small]";
    }

    private static string Select(DecodeRun run, List<TimeSpan> wanted) =>
        run.Every is { } step ? SelectExpression.FirstOfEach(step, wanted[0]) : SelectExpression.FirstAtOrAfter(wanted);

    private static IEnumerable<string> Outputs(bool withPicture, bool withWhole, DecodeRun run)
    {
        // The muxer holds the last picture back until the next one or the end comes: where no other can pass, the end is signaled at once.
        IEnumerable<string> end = run.Every is null ? ["-frames:v", run.Times.Count.ToString(CultureInfo.InvariantCulture)] : [];
        IEnumerable<string> picture = withPicture
            ? ["-map", "[picture]", "-c:v:0", "mjpeg", "-q:v:0", JpegQuality.ToString(CultureInfo.InvariantCulture)]
            : [];
        return
        [
            .. picture,
            "-map",
            "[small]",
            withPicture ? "-c:v:1" : "-c:v:0",
            "rawvideo",
            .. withWhole ? ["-map", "[whole]", "-c:v:2", "rawvideo"] : Array.Empty<string>(),
            "-threads:v",
            "1",
            .. end,
            "-fps_mode",
            "passthrough",
            "-enc_time_base",
            "1:1000000",
            "-map_metadata",
            "-1",
            "-flush_packets",
            "1",
            "-f",
            "nut",
            "pipe:1",
        ];
    }
}
