namespace HavenVlm.Core.Tests.Media.Reliability;

/// <summary>Good films of six seconds that the broken ones are made of.</summary>
internal sealed class WholeFiles(string folder)
{
    private static readonly Dictionary<string, string[]> Encoders = new(StringComparer.Ordinal)
    {
        ["faststart.mp4"] = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-movflags", "+faststart"],
        ["plain.mp4"] = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "10"],
        ["plain.mkv"] = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "10"],
        ["plain.ts"] = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "10"],
        ["plain.avi"] = ["-c:v", "mpeg4", "-g", "10"],
        ["plain.flv"] = ["-c:v", "flv", "-g", "10"],
        ["plain.webm"] = ["-c:v", "libvpx", "-deadline", "realtime", "-g", "10"],
        ["plain.mpg"] = ["-c:v", "mpeg2video", "-r", "25", "-g", "10"],
        ["plain.wmv"] = ["-c:v", "wmv2", "-g", "10"],
        ["plain.ogv"] = ["-c:v", "libtheora", "-g", "10"],
        ["motion.mov"] = ["-c:v", "mjpeg"],
    };

    public static IEnumerable<string> Names => Encoders.Keys;

    public string Path(string name) => System.IO.Path.Combine(folder, name);

    public Task MakeAsync() =>
        Task.WhenAll(
            Encoders.Select(file =>
                FfmpegAsync(["-f", "lavfi", "-i", "testsrc=s=160x96:r=10:d=6", "-pix_fmt", "yuv420p", .. file.Value, Path(file.Key)])
            )
        );

    /// <summary>Runs ffmpeg.</summary>
    public Task FfmpegAsync(params string[] arguments) => SampleVideo.MakeAsync(arguments);
}
