using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Ffmpeg;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Core.Media.Framing;
using HavenVlm.Core.Media.Pictures;
using HavenVlm.Core.Media.Probing;
using HavenVlm.Core.Media.Sources;
using HavenVlm.Tests.Reliability;
using HavenVlm.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Core.Tests.Media.Reliability;

/// <summary>Every broken file through the real probe and the real ffmpeg: row 6 of docs/dev/reliability.md.</summary>
public sealed class BrokenMediaTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Row = 6;
    private const int AtOnce = 2;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("haven-broken-").FullName;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string> _wrong = [];
    private WholeFiles _whole = null!;
    private BrokenImages _images = null!;
    private Elsewhere _elsewhere = null!;

    public async ValueTask InitializeAsync()
    {
        _listener.Start();
        var sources = Directory.CreateDirectory(Path.Combine(_folder, "whole")).FullName;
        _whole = new WholeFiles(sources);
        _images = new BrokenImages(_whole);
        await Task.WhenAll(_whole.MakeAsync(), _images.MakeAsync());
        // Other pictures than the films have: white.
        var canary = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "canary")).FullName, "canary.mp4");
        await SampleVideo.MakeAsync("-f", "lavfi", "-i", "color=white:s=160x96:r=10:d=6", "-c:v", "libx264", canary);
        _elsewhere = new Elsewhere(canary, $"http://{_listener.LocalEndpoint}/canary.mp4");
    }

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Each_ends_as_pictures_or_a_clear_reason_and_opens_nothing_but_itself()
    {
        var ffmpeg = await new FfmpegLocator().FindAsync(TestContext.Current.CancellationToken);
        await using var tracing = await Tracing.TryStartAsync(Path.Combine(_folder, "tracing"), ffmpeg.Ffmpeg, ffmpeg.Ffprobe);
        // What points elsewhere is always tried; of what is only broken, every fourth outside of the release tier.
        List<BrokenFile> pointing = [.. new PointingFiles(_whole, _elsewhere).All()];
        List<BrokenFile> broken = [.. new BrokenVideos(_whole).All(), .. _images.All()];
        List<BrokenFile> files = [.. pointing, .. broken.Where((_, i) => Soak.IsLong || ReleaseTier.Runs || i % 4 == 0)];
        Assert.Equal(files.Count, files.Select(file => file.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.InRange(pointing.Count + broken.Count, 60, 500);

        var outcomes = new ConcurrentBag<Ending>();
        await using (var services = Services(tracing))
        {
            await Parallel.ForEachAsync(
                files,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
                async (file, _) => outcomes.Add(await TryAsync(services, file))
            );
        }

        var calls = tracing is null ? [] : await tracing.EndAsync();
        var (strange, films, programs) = Tracing.Judge(calls);
        Soak.Report(
            Row,
            "broken-media",
            ("files", files.Count),
            ("with pictures", outcomes.Count(each => each.Pictures > 0)),
            ("refused with a reason", outcomes.Count(each => each.Pictures == 0)),
            ("slowest in seconds", outcomes.Max(each => each.Time.TotalSeconds)),
            ("programs watched", programs),
            ("files opened by them beside the system's", films),
            ("other files and addresses", strange.Count)
        );
        foreach (var each in outcomes.OrderBy(each => each.Name, StringComparer.Ordinal))
        {
            output.WriteLine($"{each.Name}: {each.Pictures} pictures in {each.Time.TotalSeconds:0.0} s. {each.Reason}");
        }

        Assert.Empty(_wrong);
        Assert.False(_listener.Pending(), "Somebody connected to an address that a file names.");
        Assert.Empty(strange);
        if (tracing is null)
        {
            Assert.Skip("Everything else holds, but what ffmpeg opens was not watched: there is no strace here, or it may not watch.");
        }

        Assert.True(films > files.Count, $"strace told of {films} files only.");
    }

    [Fact]
    public async Task Left_to_itself_ffprobe_does_follow_these_files_and_the_watch_sees_it()
    {
        var ffmpeg = await new FfmpegLocator().FindAsync(TestContext.Current.CancellationToken);
        await using var tracing = await Tracing.TryStartAsync(Path.Combine(_folder, "control"), ffmpeg.Ffmpeg, ffmpeg.Ffprobe);
        Assert.SkipWhen(tracing is null, "There is no strace here, or it may not watch.");
        var probe = Path.Combine(tracing.Folder, "ffprobe");
        var pointing = new PointingFiles(_whole, _elsewhere).All().ToDictionary(file => file.Name, StringComparer.Ordinal);

        var film = Path.Combine(_folder, "elsewhere.mov");
        await pointing["elsewhere.mov"].Make(film);
        await Tools.TryAsync(probe, "-enable_drefs", "1", "-use_absolute_path", "1", "-i", $"file:{film}");
        var script = Path.Combine(_folder, "script.ffconcat");
        await pointing["script.ffconcat"].Make(script);
        await Tools.TryAsync(probe, "-f", "concat", "-safe", "0", "-i", $"file:{script}");

        var (strange, films, programs) = Tracing.Judge(await tracing.EndAsync());
        Assert.Equal((2, 2), (films, programs));
        Assert.Equal(2, strange.Count(call => call.Contains(_elsewhere.CanaryFile, StringComparison.Ordinal)));
    }

    private static ServiceProvider Services(Tracing? tracing)
    {
        var services = new ServiceCollection().AddLogging().AddMedia();
        if (tracing is not null)
        {
            services.AddSingleton(_ => new FfmpegLocator(tracing.Folder));
        }

        return services.BuildServiceProvider();
    }

    private async Task<Ending> TryAsync(ServiceProvider services, BrokenFile file)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, Path.GetRandomFileName())).FullName;
        var path = Path.Combine(folder, file.Name);
        await file.Make(path);
        var start = TimeProvider.System.GetTimestamp();
        using var deadline = new CancellationTokenSource(Deadline);
        var (frames, reason) = (new List<VideoFrame>(), "");
        try
        {
            await using var input = await services
                .GetRequiredService<MediaGateway>()
                .OpenAsync(new MediaLocation.LocalFile(path), deadline.Token);
            var reading = file.IsImage ? LookAsync(services, input, path, deadline.Token) : WatchAsync(services, input, deadline.Token);
            await foreach (var frame in reading)
            {
                frames.Add(frame);
            }

            reason = frames.Find(frame => frame.Jpeg.IsEmpty)?.Reason ?? "";
        }
        catch (MediaException e)
        {
            reason = e.Message;
        }
        catch (Exception e)
        {
            _wrong.Enqueue($"{file.Name}: {e.GetType().Name}: {e.Message}");
        }

        Judge(file, folder, frames, reason);
        return new Ending(
            file.Name,
            frames.Count(frame => !frame.Jpeg.IsEmpty),
            reason.Replace(folder, "", StringComparison.Ordinal),
            TimeProvider.System.GetElapsedTime(start)
        );
    }

    private void Judge(BrokenFile file, string folder, List<VideoFrame> frames, string reason)
    {
        var pictures = frames.Count(frame => !frame.Jpeg.IsEmpty);
        Expect(pictures > 0 || reason.Length > 0, "it gave neither pictures nor a reason");
        Expect(frames.TrueForAll(frame => !frame.Jpeg.IsEmpty || frame.Reason is { Length: > 0 }), "a picture is missing without a reason");
        Expect(!file.IsWhole || (pictures == frames.Count && pictures > 0), $"it is whole, but: {reason}");
        Expect(
            file.Reason is null
                || (pictures == 0 && Regex.IsMatch(reason, file.Reason, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)),
            $"it ended with {pictures} pictures and '{reason}'"
        );
        Expect(!reason.Any(char.IsControl) || file.Name.Any(char.IsControl), $"the reason has control characters: {reason}");
        Expect(
            frames.TrueForAll(frame => frame.Signature is null || frame.Signature.Pixels.ToArray().Average(cell => (int)cell) < 230),
            "it shows the pictures of another file"
        );
        if (OperatingSystem.IsLinux())
        {
            Expect(OwnProcesses.Of("ffmpeg", folder).Count + OwnProcesses.Of("ffprobe", folder).Count == 0, "it left a process behind");
        }

        void Expect(bool condition, string otherwise)
        {
            if (!condition)
            {
                _wrong.Enqueue($"{file.Name}: {otherwise}");
            }
        }
    }

    private static async IAsyncEnumerable<VideoFrame> WatchAsync(
        ServiceProvider services,
        MediaInput input,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var facts = await services.GetRequiredService<MediaProbe>().ProbeAsync(input, cancellationToken);
        var settings = await services
            .GetRequiredService<PictureAnalyzer>()
            .DetectAsync(
                input,
                facts,
                new VideoOptions { Hwaccel = "none" },
                new VrHints(HasVrTag: false, "film"),
                256,
                looks: null,
                cancellationToken
            );
        // A few over the whole length, however long it says it is.
        var last = Math.Max(1, (int)Math.Min(6, facts.Duration / Step));
        List<TimeSpan> times = [.. Enumerable.Range(0, last).Select(i => facts.Duration * i / last)];
        var extractor = services.GetRequiredService<FrameExtractor>();
        await foreach (var frame in extractor.ExtractAsync(input, facts, settings, times, Step / 4, cancellationToken))
        {
            yield return frame;
        }
    }

    private static async IAsyncEnumerable<VideoFrame> LookAsync(
        ServiceProvider services,
        MediaInput input,
        string path,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var reader = services.GetRequiredService<PictureReader>();
        var facts = await reader.InspectAsync(input, new FileInfo(path).Length, cancellationToken);
        await foreach (var frame in reader.ReadAsync(input, facts, 256, AnimationSamples.Plan(facts, Step), cancellationToken))
        {
            yield return frame;
        }
    }

    private sealed record Ending(string Name, int Pictures, string Reason, TimeSpan Time);
}
