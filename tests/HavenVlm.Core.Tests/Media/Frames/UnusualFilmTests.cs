using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Ffmpeg;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Core.Media.Probing;
using HavenVlm.Core.Media.Sources;
using HavenVlm.Core.Tests.Media.Reliability;
using HavenVlm.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Core.Tests.Media.Frames;

/// <summary>Films that players play though their beginning, container or codec is unusual.</summary>
public sealed class UnusualFilmTests(MediaCorpus corpus) : IAsyncDisposable
{
    private const double Rate = 25;
    private readonly MediaParts _parts = new();

    public static TheoryData<string> Films => [.. UnusualFilms.Recordings, .. UnusualFilms.Codecs];

    [Theory]
    [MemberData(nameof(Films))]
    public async Task Each_shows_the_right_picture_at_each_time(string name)
    {
        var path = await corpus.UnusualFilm(name);

        var facts = await _parts.ProbeAsync(path);

        Assert.InRange(facts.Duration.TotalSeconds, 3, 4.1);
        var first = SampleVideo.NumberIn((await OneAsync(path, facts, 0)).Signature!);
        foreach (var step in ReleaseTier.Steps(0.2, 0.52, 1.32))
        {
            var times = Seconds(facts, step).ToList();
            var frames = await _parts.ExtractAsync(path, times, TimeSpan.FromSeconds(step / 4));

            Assert.Equal(times, frames.Select(frame => frame.Planned));
            Assert.All(frames, frame => AssertNumber(frame, first));
        }

        foreach (var time in Seconds(facts, ReleaseTier.Step(0.76)))
        {
            AssertNumber(await OneAsync(path, facts, time.TotalSeconds), first);
        }
    }

    [Theory]
    [InlineData("a.h264")]
    [InlineData("a.hevc")]
    public async Task Pictures_without_times_are_counted_and_that_is_said(string name)
    {
        var facts = await _parts.ProbeAsync(await corpus.UnusualFilm(name));

        Assert.Equal(["the file has no times: its pictures are counted at 25 a second"], facts.Notes);
    }

    [Fact]
    public async Task None_of_them_opens_anything_but_itself_whole_or_damaged()
    {
        var folder = Directory.CreateTempSubdirectory("haven-unusual-");
        var ffmpeg = await new FfmpegLocator().FindAsync(TestContext.Current.CancellationToken);
        await using var tracing = await Tracing.TryStartAsync(Path.Combine(folder.FullName, "tracing"), ffmpeg.Ffmpeg, ffmpeg.Ffprobe);
        Assert.SkipWhen(tracing is null, "There is no strace here, or it may not watch.");
        var services = new ServiceCollection().AddLogging().AddMedia().AddSingleton(_ => new FfmpegLocator(tracing.Folder));
        await using var parts = services.BuildServiceProvider();

        foreach (var name in Films.Select(film => film.Data))
        {
            var bytes = await File.ReadAllBytesAsync(await corpus.UnusualFilm(name));
            await ReadAsync(parts, folder.FullName, name, bytes);
            new Random(1).NextBytes(bytes.AsSpan(bytes.Length / 3, bytes.Length / 4));
            await ReadAsync(parts, folder.FullName, $"damaged-{name}", bytes);
        }

        var (strange, films, _) = Tracing.Judge(await tracing.EndAsync());
        Assert.Empty(strange);
        Assert.True(films >= 2 * Films.Count, $"strace told of {films} files only.");
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("zmbv.avi", "zmbv")]
    [InlineData("flashsv.flv", "flashsv")]
    [InlineData("snow.avi", "snow")]
    public async Task Any_other_codec_is_refused_by_its_name(string name, string codec)
    {
        var path = await corpus.Make(
            name,
            1,
            [
                "-c:v",
                codec,
                .. codec is "snow" ? ["-strict", "experimental"] : Array.Empty<string>(),
                .. codec is "zmbv" ? ["-pix_fmt", "bgr0"] : Array.Empty<string>(),
            ]
        );

        var refusal = await Assert.ThrowsAsync<MediaException>(() => _parts.ProbeAsync(path));

        Assert.EndsWith($"uses a format that is not decoded: {codec}.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_codec_that_nobody_knows_is_refused_by_its_tag()
    {
        var path = await corpus.Make(
            "unknown.avi",
            async file =>
            {
                var bytes = await File.ReadAllBytesAsync(await corpus.Common("mpeg4.avi"));
                for (int at; (at = bytes.AsSpan().IndexOf("FMP4"u8)) >= 0; )
                {
                    "QQQ7"u8.CopyTo(bytes.AsSpan(at));
                }

                await File.WriteAllBytesAsync(file, bytes);
            }
        );

        var refusal = await Assert.ThrowsAsync<MediaException>(() => _parts.ProbeAsync(path));

        Assert.Contains("QQQ7", refusal.Message, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _parts.DisposeAsync();

    private static IEnumerable<TimeSpan> Seconds(VideoFacts facts, double step)
    {
        for (var time = 0.0; time <= facts.Duration.TotalSeconds - 0.04; time += step)
        {
            yield return TimeSpan.FromSeconds(time);
        }
    }

    private static void AssertNumber(VideoFrame frame, int first)
    {
        Assert.Null(frame.Reason);
        Assert.Equal(first + (int)Math.Round(frame.Time.TotalSeconds * Rate), SampleVideo.NumberIn(frame.Signature!));
    }

    private async Task<VideoFrame> OneAsync(string path, VideoFacts facts, double time)
    {
        await using var input = await _parts.OpenAsync(path);
        return await _parts
            .Get<FrameExtractor>()
            .ExtractOneAsync(input, facts, MediaParts.Pictures, TimeSpan.FromSeconds(time), CancellationToken.None);
    }

    // What comes of it is another test's matter.
    private static async Task ReadAsync(ServiceProvider parts, string folder, string name, byte[] bytes)
    {
        var path = Path.Combine(folder, name);
        await File.WriteAllBytesAsync(path, bytes);
        await using var input = await parts
            .GetRequiredService<MediaGateway>()
            .OpenAsync(new MediaLocation.LocalFile(path), CancellationToken.None);
        try
        {
            var facts = await parts.GetRequiredService<MediaProbe>().ProbeAsync(input, CancellationToken.None);
            var times = new[] { TimeSpan.Zero, facts.Duration / 2 };
            await foreach (
                var _ in parts
                    .GetRequiredService<FrameExtractor>()
                    .ExtractAsync(input, facts, MediaParts.Pictures, times, TimeSpan.FromSeconds(0.5), CancellationToken.None)
            )
            {
                // Read to the end.
            }
        }
        catch (MediaException)
        {
            // Refused with a reason.
        }
    }
}
