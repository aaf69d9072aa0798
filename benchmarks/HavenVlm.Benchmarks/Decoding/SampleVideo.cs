using System.Globalization;

namespace HavenVlm.Benchmarks.Decoding;

/// <summary>One video of the matrix.</summary>
/// <param name="Name">What it is called in the table.</param>
/// <param name="Height">Height in pixels; 16:9.</param>
/// <param name="Gop">Seconds between keyframes.</param>
/// <param name="Encoder">How ffmpeg encodes it.</param>
/// <param name="SkipsPictures">Whether its decoder can leave out pictures that others do not need.</param>
internal sealed record SampleVideo(string Name, int Height, int Gop, IReadOnlyList<string> Encoder, bool SkipsPictures)
{
    private const int Rate = 30;

    /// <summary>The matrix.</summary>
    public static IReadOnlyList<SampleVideo> All { get; } =
    [
        .. new[] { 2, 8, 20 }.Select(gop => H264(1080, gop, "6M")),
        .. new[] { 2, 8, 20 }.Select(gop => H264(2160, gop, "16M")),
        .. new[] { 4, 8 }.Select(gop => new SampleVideo(
            $"HEVC 1080p, GOP {gop} s",
            1080,
            gop,
            [
                "-c:v",
                "libx265",
                "-preset",
                "ultrafast",
                "-b:v",
                "4M",
                "-x265-params",
                $"bframes=3:{Keyframes(gop)}:scenecut=0:log-level=error",
            ],
            SkipsPictures: true
        )),
        .. new[] { 4, 8 }.Select(gop => new SampleVideo(
            $"VP9 1080p, GOP {gop} s",
            1080,
            gop,
            ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-row-mt", "1", "-b:v", "4M", "-g", $"{gop * Rate}"],
            SkipsPictures: false
        )),
        .. new[] { 4, 8 }.Select(gop => new SampleVideo(
            $"AV1 1080p, GOP {gop} s",
            1080,
            gop,
            ["-c:v", "libsvtav1", "-preset", "12", "-b:v", "4M", "-g", $"{gop * Rate}"],
            SkipsPictures: false
        )),
    ];

    /// <summary>The file, made if it is not there yet: a short clip with moving shapes and noise, repeated by stream copy.</summary>
    public async Task<string> MakeAsync(TimeSpan length, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "haven-bench-decoding")).FullName;
        var name = string.Concat(Name.Where(char.IsAsciiLetterOrDigit));
        var seconds = ((int)length.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var container = SkipsPictures ? "mp4" : "mkv";
        var video = Path.Combine(folder, $"{name}-{seconds}.{container}");
        if (File.Exists(video))
        {
            return video;
        }

        var clip = Path.Combine(folder, $"{name}.part.{container}");
        var unfinished = Path.Combine(folder, $"{name}-{seconds}.part.{container}");
        var picture = $"testsrc2=s={Height * 16 / 9}x{Height}:r={Rate},noise=alls=10:allf=t,format=yuv420p";
        await Ffmpeg.RunAsync(["-y", "-f", "lavfi", "-i", picture, "-t", $"{Gop}", .. Encoder, clip], cancellationToken);
        await Ffmpeg.RunAsync(["-y", "-stream_loop", "-1", "-i", clip, "-c", "copy", "-t", seconds, unfinished], cancellationToken);
        File.Delete(clip);
        File.Move(unfinished, video);
        return video;
    }

    private static SampleVideo H264(int height, int gop, string bits) =>
        new(
            $"H.264 {height}p, GOP {gop} s",
            height,
            gop,
            ["-c:v", "libx264", "-preset", "superfast", "-bf", "3", "-b:v", bits, "-x264-params", $"{Keyframes(gop)}:scenecut=0"],
            SkipsPictures: true
        );

    private static string Keyframes(int gop) => $"keyint={gop * Rate}:min-keyint={gop * Rate}";
}
