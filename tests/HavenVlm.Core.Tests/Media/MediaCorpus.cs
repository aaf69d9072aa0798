using System.Collections.Concurrent;
using HavenVlm.Core.Media.Ffmpeg;
using HavenVlm.Core.Tests.Media;

[assembly: AssemblyFixture(typeof(MediaCorpus))]

namespace HavenVlm.Core.Tests.Media;

/// <summary>Sample files, each made when the first test asks for it, all removed after the run.</summary>
public sealed class MediaCorpus : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("haven-media-").FullName;
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _files = new(StringComparer.Ordinal);

    /// <summary>H.264 with B-frames, 20 s, 25/s, a keyframe each 2 s.</summary>
    public Task<string> H264() =>
        Make("h264.mp4", 20, "-c:v", "libx264", "-preset", "veryfast", "-bf", "3", "-g", "50", "-sc_threshold", "0");

    /// <summary>As <see cref="H264"/>, turned clockwise by the container.</summary>
    public Task<string> Rotated(int clockwise) =>
        Make(
            $"rotated{clockwise}.mp4",
            async path =>
            {
                using var locator = new FfmpegLocator();
                var modern = (await locator.FindAsync(CancellationToken.None)).MajorVersion is 0 or >= 6;
                // The display matrix turns counter-clockwise.
                await SampleVideo.MakeAsync(
                    modern
                        ? ["-display_rotation", $"{-clockwise}", "-i", await H264(), "-c", "copy", path]
                        : ["-i", await H264(), "-c", "copy", "-metadata:s:v", $"rotate={360 - clockwise}", path]
                );
            }
        );

    /// <summary>Ten seconds of pictures that begin 3 s after the sound.</summary>
    public Task<string> OffsetStart() =>
        Make(
            "offset.mkv",
            path =>
                SampleVideo.MakeAsync([
                    "-f",
                    "lavfi",
                    "-i",
                    "sine=d=15",
                    "-itsoffset",
                    "3",
                    "-f",
                    "lavfi",
                    "-i",
                    SampleVideo.Numbers(10),
                    "-map",
                    "0",
                    "-map",
                    "1",
                    "-c:v",
                    "libx264",
                    "-g",
                    "25",
                    "-c:a",
                    "aac",
                    path,
                ])
        );

    /// <summary><see cref="H264"/> as a transport stream.</summary>
    public Task<string> TransportStream() =>
        Make("stream.ts", async path => await SampleVideo.MakeAsync("-i", await H264(), "-c", "copy", path));

    /// <summary>Ten seconds at 25/s of which nothing is stored between 2 s and 6 s, so that the picture before stands still.</summary>
    public Task<string> Gap() =>
        Make(
            "gap.mkv",
            10,
            "-vf",
            "select='not(between(n,50,149))'",
            "-fps_mode",
            "passthrough",
            "-c:v",
            "libx264",
            "-g",
            "25",
            "-bf",
            "2"
        );

    /// <summary>Thirty seconds of which the bytes of about ten in the middle are lost.</summary>
    public Task<string> Damaged() =>
        Make(
            "damaged.mp4",
            async path =>
            {
                var whole = await Make("undamaged.mp4", 30, "-c:v", "libx264", "-g", "25", "-movflags", "+faststart");
                var bytes = await File.ReadAllBytesAsync(whole);
                bytes.AsSpan(bytes.Length / 3, bytes.Length / 3).Fill(0x55);
                await File.WriteAllBytesAsync(path, bytes);
            }
        );

    /// <summary>A file of 60 s of which only the first half is there, index in front.</summary>
    public Task<string> Truncated(string extension) =>
        Make(
            $"truncated.{extension}",
            async path =>
            {
                var whole = await Make(
                    $"whole.{extension}",
                    60,
                    ["-c:v", "libx264", "-g", "50", "-bf", "0", .. extension is "mp4" ? ["-movflags", "+faststart"] : Array.Empty<string>()]
                );
                var bytes = await File.ReadAllBytesAsync(whole);
                await File.WriteAllBytesAsync(path, bytes[..(bytes.Length / 2)]);
            }
        );

    /// <summary>Six seconds in one of the common codecs, by file name.</summary>
    public Task<string> Common(string name) =>
        Make(
            name,
            6,
            name switch
            {
                "mpeg4.avi" => ["-c:v", "mpeg4", "-q:v", "3", "-bf", "2"],
                "avc.mp4" => ["-c:v", "libx264", "-preset", "veryfast", "-g", "25", "-sc_threshold", "0"],
                "h264.avi" => ["-c:v", "libx264", "-preset", "veryfast"],
                "vp9.webm" => ["-c:v", "libvpx-vp9", "-g", "25", "-deadline", "realtime", "-cpu-used", "8"],
                "mpeg2.mpg" => ["-c:v", "mpeg2video", "-q:v", "3"],
                "hevc.mp4" => ["-c:v", "libx265", "-g", "25", "-preset", "ultrafast", "-x265-params", "log-level=none"],
                "wmv.wmv" => ["-c:v", "wmv2", "-q:v", "3"],
                "flash.flv" => ["-c:v", "flv", "-q:v", "3"],
                "theora.ogv" => ["-c:v", "libtheora", "-q:v", "8"],
                "motion.mov" => ["-c:v", "mjpeg", "-q:v", "3"],
                "svtav1.mp4" => ["-c:v", "libsvtav1", "-g", "25", "-preset", "12"],
                _ => throw new ArgumentException(name, nameof(name)),
            }
        );

    /// <summary>The path of a file with numbered pictures; the arguments choose codec and container.</summary>
    public Task<string> Make(string name, double seconds, params string[] arguments) =>
        Make(name, path => SampleVideo.MakeAsync(["-f", "lavfi", "-i", SampleVideo.Numbers(seconds), .. arguments, path]));

    /// <summary>The path of a file that is made as given.</summary>
    public Task<string> Make(string name, Func<string, Task> make)
    {
        var path = Path.Combine(_folder, name);
        return _files
            .GetOrAdd(
                name,
                _ => new Lazy<Task<string>>(async () =>
                {
                    await make(path);
                    return path;
                })
            )
            .Value;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
