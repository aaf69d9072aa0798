using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.Tests.Media.Frames;

/// <summary>What becomes of the decoders: none is left behind, none runs away, and no more of them run than there are processors.</summary>
public sealed class DecoderProcessTests(MediaCorpus corpus) : IAsyncDisposable
{
    private readonly MediaParts _parts = new();

    [Fact]
    public async Task A_hardware_decoder_that_is_not_there_is_no_obstacle()
    {
        var settings = MediaParts.Pictures with { Hwaccel = "vaapi" };

        var frames = await _parts.ExtractAsync(await corpus.H264(), [TimeSpan.FromSeconds(1)], TimeSpan.FromSeconds(0.1), settings);

        Assert.Null(frames[0].Reason);
    }

    [Fact]
    public async Task A_file_that_goes_away_midway_is_a_passing_failure()
    {
        var whole = await corpus.H264();
        var path = await corpus.Make("goes-away.mp4", file => Task.Run(() => File.Copy(whole, file)));
        await using var input = await _parts.OpenAsync(path);
        var facts = await _parts.ProbeAsync(path);
        File.Delete(path);

        await Assert.ThrowsAsync<MediaUnavailableException>(async () =>
            await _parts
                .Get<FrameExtractor>()
                .ExtractAsync(input, facts, MediaParts.Pictures, Times(1, 20), TimeSpan.FromSeconds(0.1), CancellationToken.None)
                .ToListAsync()
        );
    }

    [Fact]
    public async Task A_reader_that_takes_its_time_holds_the_decoder_back()
    {
        var path = await corpus.H264();
        await using var input = await _parts.OpenAsync(path);
        var facts = await _parts.ProbeAsync(path);
        await using var frames = _parts
            .Get<FrameExtractor>()
            .ExtractAsync(input, facts, MediaParts.Pictures, Times(0.04, 20), TimeSpan.FromSeconds(0.01), CancellationToken.None)
            .GetAsyncEnumerator();

        Assert.True(await frames.MoveNextAsync());
        var running = Assert.Single(OwnProcesses.Of("ffmpeg", path));
        await OwnProcesses.UntilIdleAsync(running);

        Assert.Contains(running, OwnProcesses.Of("ffmpeg", path));
    }

    [Fact]
    public async Task Leaving_early_or_cancelling_leaves_no_decoder_behind()
    {
        var path = await corpus.Make("left.mp4", 20, "-c:v", "libx264", "-g", "500");
        await using var input = await _parts.OpenAsync(path);
        var facts = await _parts.ProbeAsync(path);
        var extractor = _parts.Get<FrameExtractor>();
        await foreach (
            var frame in extractor.ExtractAsync(
                input,
                facts,
                MediaParts.Pictures,
                Times(0.04, 20),
                TimeSpan.FromSeconds(0.01),
                CancellationToken.None
            )
        )
        {
            Assert.Null(frame.Reason);
            break;
        }

        Assert.Empty(OwnProcesses.Of("ffmpeg", path));
        using var cancellation = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (
                var frame in extractor.ExtractAsync(
                    input,
                    facts,
                    MediaParts.Pictures,
                    Times(0.04, 20),
                    TimeSpan.FromSeconds(0.01),
                    cancellation.Token
                )
            )
            {
                await cancellation.CancelAsync();
            }
        });
        Assert.Empty(OwnProcesses.Of("ffmpeg", path));
    }

    [Fact]
    public async Task A_decoder_that_delivers_nothing_is_ended_when_the_caller_gives_up()
    {
        var path = await corpus.Make("silent.mp4", 2400, "-c:v", "libx264", "-preset", "ultrafast", "-g", "60000");
        await using var input = await _parts.OpenAsync(path);
        var facts = await _parts.ProbeAsync(path);
        using var cancellation = new CancellationTokenSource();

        // The only keyframe is the first, so everything has to be decoded before the one picture comes.
        var taking = _parts
            .Get<FrameExtractor>()
            .ExtractOneAsync(input, facts, MediaParts.Pictures, TimeSpan.FromSeconds(2399), cancellation.Token);
        while (!taking.IsCompleted && !OwnProcesses.Of("ffmpeg", path).Any())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TestContext.Current.CancellationToken);
        }

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking);

        Assert.Empty(OwnProcesses.Of("ffmpeg", path));
    }

    [Fact]
    public async Task No_more_decoders_run_than_there_are_processors()
    {
        var path = await corpus.H264();
        var facts = await _parts.ProbeAsync(path);
        var open = new List<IAsyncEnumerator<VideoFrame>>();
        try
        {
            await using var input = await _parts.OpenAsync(path);
            for (var i = 0; i < Environment.ProcessorCount; i++)
            {
                var frames = _parts
                    .Get<FrameExtractor>()
                    .ExtractAsync(input, facts, MediaParts.Pictures, Times(0.04, 20), TimeSpan.FromSeconds(0.01), CancellationToken.None)
                    .GetAsyncEnumerator();
                open.Add(frames);
                Assert.True(await frames.MoveNextAsync());
            }

            var one = _parts.ExtractAsync(path, [TimeSpan.FromSeconds(1)], TimeSpan.FromSeconds(0.1));
            Assert.False(one.IsCompleted);
            await open[0].DisposeAsync();
            open.RemoveAt(0);
            Assert.Null((await one)[0].Reason);
        }
        finally
        {
            foreach (var frames in open)
            {
                await frames.DisposeAsync();
            }
        }
    }

    public ValueTask DisposeAsync() => _parts.DisposeAsync();

    private static List<TimeSpan> Times(double interval, double duration) =>
        [.. Enumerable.Range(0, (int)Math.Ceiling(duration / interval)).Select(i => TimeSpan.FromSeconds(i * interval))];
}
