using System.Buffers.Binary;
using System.Text;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.Tests.Media.Frames;

/// <summary>The kinds of files that people report trouble with elsewhere; docs/dev/media-corpus.md lists the reports.</summary>
public sealed class CommonTroubleTests(MediaCorpus corpus) : IAsyncDisposable
{
    private const double Rate = 25;
    private const string Cheap = "ultrafast";
    private readonly MediaParts _parts = new();

    // Which of the numbered pictures are stored; all of them where it does not say.
    private static readonly Dictionary<string, Func<int, bool>> Stored = new(StringComparer.Ordinal)
    {
        ["webcam.mp4"] = n => n % 7 == 0 || n % 50 < 9,
        ["dropped.avi"] = n => n % 50 < 30,
        ["hole.wmv"] = n => n is < 60 or >= 100,
    };

    [Theory]
    [InlineData("webcam.mp4", 5.92)]
    [InlineData("dropped.avi", 5.2)]
    [InlineData("hole.wmv", 6)]
    [InlineData("interlaced.ts", 4)]
    [InlineData("long-sound.mkv", 5)]
    [InlineData("one-picture.mp4", 0.04)]
    [InlineData("high-444-10.mkv", 3)]
    [InlineData("screen-444.mkv", 3)]
    [InlineData("late-subtitle.mkv", 4)]
    [InlineData("live.webm", 4)]
    [InlineData("no-length.flv", 4)]
    [InlineData("dvd.vob", 4)]
    [InlineData("size-changes.ts", 6)]
    [InlineData("full-range.mp4", 3)]
    [InlineData("packed.avi", 4)]
    [InlineData("open-gop.ts", 4)]
    [InlineData("refresh.mp4", 4)]
    [InlineData("wrong-length.mp4", 4)]
    [InlineData("wrong-length.avi", 4)]
    public async Task Each_lasts_as_long_as_its_pictures_and_shows_the_right_one_at_each_time(string name, double length)
    {
        var path = await MakeAsync(name);

        var facts = await _parts.ProbeAsync(path);

        Assert.Equal(length, facts.Duration.TotalSeconds, 0.13);
        foreach (var step in ReleaseTier.Steps(0.2, 0.52, 1.32))
        {
            var times = Seconds(facts, step).ToList();
            var frames = await _parts.ExtractAsync(path, times, TimeSpan.FromSeconds(step / 4));

            Assert.Equal(times, frames.Select(frame => frame.Planned));
            Assert.All(frames, frame => AssertShows(name, frame));
        }

        await using var input = await _parts.OpenAsync(path);
        foreach (var time in Seconds(facts, ReleaseTier.Step(0.76)))
        {
            AssertShows(
                name,
                await _parts.Get<FrameExtractor>().ExtractOneAsync(input, facts, MediaParts.Pictures, time, CancellationToken.None)
            );
        }
    }

    [Fact]
    public async Task Pixels_of_a_disc_are_as_wide_as_they_are_shown()
    {
        var facts = await _parts.ProbeAsync(await MakeAsync("dvd.vob"));

        Assert.Equal((1024, 576), (facts.Width, facts.Height));
    }

    public ValueTask DisposeAsync() => _parts.DisposeAsync();

    private static IEnumerable<TimeSpan> Seconds(VideoFacts facts, double step)
    {
        for (var time = 0.0; time < Math.Max(0.04, facts.Duration.TotalSeconds - 0.04); time += step)
        {
            yield return TimeSpan.FromSeconds(time);
        }
    }

    private static void AssertShows(string name, VideoFrame frame)
    {
        Assert.Null(frame.Reason);
        var number = (int)Math.Floor((frame.Time.TotalSeconds * Rate) + 0.3);
        while (number > 0 && Stored.TryGetValue(name, out var isStored) && !isStored(number))
        {
            number--;
        }

        // Packed pictures come out of the decoder up to three late, and nothing in the file says which.
        Assert.InRange(SampleVideo.NumberIn(frame.Signature!), name is "packed.avi" ? number - 3 : number, number);
    }

    private Task<string> MakeAsync(string name) =>
        name switch
        {
            "webcam.mp4" => Made(
                name,
                6,
                ["-vf", "select='not(mod(n,7))+lt(mod(n,50),9)'", "-fps_mode", "vfr", "-video_track_timescale", "90000", .. Avc("250")]
            ),
            "dropped.avi" => Made(
                name,
                6,
                "-vf",
                "select='lt(mod(n,50),30)'",
                "-fps_mode",
                "passthrough",
                "-c:v",
                "mpeg4",
                "-q:v",
                "3",
                "-bf",
                "0"
            ),
            "hole.wmv" => Made(name, 6, "-vf", "select='lt(n,60)+gte(n,100)'", "-fps_mode", "vfr", "-c:v", "wmv2", "-q:v", "3"),
            "interlaced.ts" => Made(name, 4, "-c:v", "libx264", "-flags", "+ildct+ilme", "-x264opts", "tff=1", "-g", "25", "-bf", "2"),
            "long-sound.mkv" => Made(name, 5, ["-f", "lavfi", "-i", "sine=d=5.6", "-c:a", "aac", .. Avc("250")]),
            "one-picture.mp4" => Made(name, 0.04, "-c:v", "libx264"),
            "high-444-10.mkv" => Made(name, 3, "-c:v", "libx264", "-pix_fmt", "yuv444p10le"),
            "screen-444.mkv" => Made(name, 3, "-c:v", "libx264", "-qp", "0", "-pix_fmt", "yuv444p"),
            "late-subtitle.mkv" => corpus.Make(name, WithLateSubtitleAsync),
            "live.webm" => Made(name, 4, "-c:v", "libvpx", "-deadline", "realtime", "-g", "100", "-live", "1"),
            "no-length.flv" => Made(name, 4, [.. Avc("25"), "-flvflags", "no_metadata+no_duration_filesize"]),
            "dvd.vob" => Made(name, 4, "-vf", "scale=720:576:flags=neighbor,setsar=64/45", "-c:v", "mpeg2video", "-q:v", "4"),
            "size-changes.ts" => corpus.Make(name, WithAnotherSizeAsync),
            "full-range.mp4" => Made(name, 3, "-vf", "scale=out_range=full,format=yuvj420p", "-c:v", "libx264", "-color_range", "pc"),
            "packed.avi" => Made(name, 4, "-c:v", "libxvid", "-bf", "2", "-q:v", "3"),
            "open-gop.ts" => Made(
                name,
                4,
                "-c:v",
                "libx265",
                "-preset",
                Cheap,
                "-x265-params",
                "log-level=none:open-gop=1:keyint=25:bframes=3"
            ),
            "refresh.mp4" => Made(name, 4, "-c:v", "libx264", "-preset", Cheap, "-x264-params", "keyint=25:bframes=0:intra-refresh=1"),
            "wrong-length.mp4" => corpus.Make(
                name,
                path => Claiming(path, "mdhd", 16, ["-c:v", "libx264", "-preset", Cheap], bigEndian: true)
            ),
            _ => corpus.Make(name, path => Claiming(path, "vids", 32, ["-c:v", "mpeg4", "-q:v", "3"], bigEndian: false)),
        };

    private static string[] Avc(string keyframes) => ["-c:v", "libx264", "-preset", Cheap, "-g", keyframes];

    private Task<string> Made(string name, double seconds, params string[] arguments) => corpus.Make($"trouble-{name}", seconds, arguments);

    // Captions that end two minutes after the last picture.
    private static async Task WithLateSubtitleAsync(string path)
    {
        var captions = $"{path}.srt";
        await File.WriteAllTextAsync(captions, "1\n00:00:00,000 --> 00:00:02,000\na\n\n2\n00:01:58,000 --> 00:02:00,000\nb\n");
        await SampleVideo.MakeAsync(["-f", "lavfi", "-i", SampleVideo.Numbers(4), "-i", captions, .. Avc("250"), "-c:s", "srt", path]);
    }

    // As when a camera switches its quality while it is recorded.
    private async Task WithAnotherSizeAsync(string path)
    {
        var small = await Made("small.ts", 3, Avc("25"));
        var large = await corpus.Make(
            "trouble-large.ts",
            file =>
                SampleVideo.MakeAsync([
                    "-f",
                    "lavfi",
                    "-i",
                    SampleVideo.Numbers(6),
                    "-vf",
                    "trim=start=3,setpts=PTS,scale=320:192:flags=neighbor",
                    .. Avc("25"),
                    "-copyts",
                    file,
                ])
        );
        await File.WriteAllBytesAsync(path, [.. await File.ReadAllBytesAsync(small), .. await File.ReadAllBytesAsync(large)]);
    }

    // Claims a hundred hours in a header.
    private static async Task Claiming(string path, string box, int offset, string[] arguments, bool bigEndian)
    {
        const int Length = 100 * 3600;
        await SampleVideo.MakeAsync(["-f", "lavfi", "-i", SampleVideo.Numbers(4), .. arguments, path]);
        var bytes = await File.ReadAllBytesAsync(path);
        var at = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(box)) + offset;
        if (bigEndian)
        {
            var scale = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at + 4), (int)Math.Min(int.MaxValue, (long)Length * scale));
        }
        else
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), (int)(Length * Rate));
        }

        await File.WriteAllBytesAsync(path, bytes);
    }
}
