using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Frames;

namespace HavenVlm.Core.Tests.Media.Frames;

public sealed class FrameExtractorTests(MediaCorpus corpus) : IAsyncDisposable
{
    private readonly MediaParts _parts = new();

    [Theory]
    [InlineData(2.0, 0.5)]
    [InlineData(0.5, 0.125)]
    [InlineData(5.0, 1.25)]
    [InlineData(0.04, 0.01)]
    public async Task Every_planned_time_gets_the_picture_that_its_time_says(double interval, double tolerance)
    {
        var times = Times(interval, 20);

        var frames = await _parts.ExtractAsync(await corpus.H264(), times, TimeSpan.FromSeconds(tolerance));

        AssertTrue(frames, times, tolerance);
    }

    [Theory]
    [InlineData(DecodeSkip.Nothing, 0.0, false)]
    [InlineData(DecodeSkip.Nothing, 0.0, true)]
    [InlineData(DecodeSkip.NonReference, 0.12, false)]
    [InlineData(DecodeSkip.NonReference, 0.12, true)]
    [InlineData(DecodeSkip.NonKey, 1.0, false)]
    [InlineData(DecodeSkip.NonKey, 1.0, true)]
    [InlineData(DecodeSkip.NonKey, 0.1, false)]
    internal async Task Every_way_of_decoding_gives_true_times(DecodeSkip skip, double early, bool seeking)
    {
        var path = await corpus.H264();
        await using var input = await _parts.OpenAsync(path);
        var facts = await _parts.ProbeAsync(path);
        var times = Times(1.3, 20);
        var tolerance = TimeSpan.FromSeconds(Math.Max(early, 0.1));
        List<DecodeRun> runs = seeking
            ? [.. times.Select(time => new DecodeRun(skip, [time], TimeSpan.FromSeconds(early), tolerance, Threads: 1))]
            : [new DecodeRun(skip, times, TimeSpan.FromSeconds(early), tolerance, Threads: 2)];

        var frames = await _parts
            .Get<FrameExtractor>()
            .ExtractAsync(input, facts, MediaParts.Pictures, runs, CancellationToken.None)
            .ToListAsync();

        AssertTrue(frames, times, tolerance.TotalSeconds);
    }

    [Theory]
    [InlineData("avc.mp4")]
    [InlineData("hevc.mp4")]
    [InlineData("svtav1.mp4")]
    [InlineData("mpeg2.mpg")]
    public async Task A_time_gets_the_same_picture_when_an_earlier_attempt_got_some_of_the_others(string name)
    {
        var random = new Random(8);
        var path = await corpus.Common(name);
        var facts = await _parts.ProbeAsync(path);
        foreach (var interval in new[] { 0.4, 1.1, 2.0 })
        {
            var times = Times(interval, 5.9);
            var tolerance = TimeSpan.FromSeconds(interval / 4);
            var undisturbed = await _parts.ExtractAsync(path, times, tolerance);
            foreach (var left in new[] { [times[^1]], times.Skip(1).ToList(), times.Where(_ => random.Next(2) == 0).ToList() })
            {
                await using var input = await _parts.OpenAsync(path);

                var again = await _parts
                    .Get<FrameExtractor>()
                    .ExtractAsync(input, facts, MediaParts.Pictures, new FrameTimes(times, left), tolerance, CancellationToken.None)
                    .ToListAsync();

                Assert.Equal(
                    undisturbed.Where(f => left.Contains(f.Planned)).Select(f => (f.Planned, f.Time)),
                    again.Select(f => (f.Planned, f.Time))
                );
            }
        }
    }

    [Theory]
    [InlineData("vp9.webm")]
    [InlineData("hevc.mp4")]
    [InlineData("avc.mp4")]
    [InlineData("svtav1.mp4")]
    public async Task Distant_times_take_the_keyframe_that_serves(string name)
    {
        var path = await corpus.Common(name);
        var facts = await _parts.ProbeAsync(path);
        await using var input = await _parts.OpenAsync(path);
        List<TimeSpan> times = [TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(3.5), TimeSpan.FromSeconds(5.5)];
        var runs = times.SelectMany(time => DecodePlan.For(facts, isRemote: false, [time], TimeSpan.FromSeconds(0.6), threads: 1)).ToList();

        var frames = await _parts
            .Get<FrameExtractor>()
            .ExtractAsync(input, facts, MediaParts.Pictures, runs, CancellationToken.None)
            .ToListAsync();

        AssertTrue(frames, times, 0.6);
        Assert.All(frames, frame => Assert.Equal(0, Math.Round(frame.Time.TotalSeconds * 25) % 25));
    }

    [Theory]
    [InlineData("mpeg4.avi")]
    [InlineData("h264.avi")]
    [InlineData("vp9.webm")]
    [InlineData("mpeg2.mpg")]
    [InlineData("hevc.mp4")]
    [InlineData("wmv.wmv")]
    [InlineData("flash.flv")]
    [InlineData("theora.ogv")]
    [InlineData("motion.mov")]
    public async Task Every_common_format_gives_true_times(string name)
    {
        var path = await corpus.Common(name);
        var times = Times(0.7, 5.9);

        AssertTrue(await _parts.ExtractAsync(path, times, TimeSpan.FromSeconds(0.15)), times, 0.15, MayMiscount(name) ? 1 : 0);
    }

    [Theory]
    [InlineData("mpeg4.avi")]
    [InlineData("h264.avi")]
    [InlineData("vp9.webm")]
    [InlineData("mpeg2.mpg")]
    [InlineData("hevc.mp4")]
    [InlineData("wmv.wmv")]
    [InlineData("flash.flv")]
    [InlineData("theora.ogv")]
    [InlineData("motion.mov")]
    public async Task A_single_picture_of_every_common_format_is_the_one_on_screen(string name)
    {
        var path = await corpus.Common(name);
        await using var input = await _parts.OpenAsync(path);
        var facts = await _parts.ProbeAsync(path);

        var frame = await _parts
            .Get<FrameExtractor>()
            .ExtractOneAsync(input, facts, MediaParts.Pictures, TimeSpan.FromSeconds(4.4), CancellationToken.None);

        Assert.Equal(110, SampleVideo.NumberIn(frame.Signature!));
        Assert.Equal(0xFF, frame.Jpeg.Span[0]);
    }

    [Fact]
    public async Task Times_count_from_the_first_picture_when_it_comes_late()
    {
        var times = Times(1.5, 9.9);

        AssertTrue(await _parts.ExtractAsync(await corpus.OffsetStart(), times, TimeSpan.FromSeconds(0.2)), times, 0.2);
    }

    [Theory]
    [InlineData(1.5, 0.2)]
    [InlineData(8, 2)]
    public async Task A_transport_stream_gives_true_times(double interval, double tolerance)
    {
        var times = Times(interval, 19.9);

        AssertTrue(await _parts.ExtractAsync(await corpus.TransportStream(), times, TimeSpan.FromSeconds(tolerance)), times, tolerance);
    }

    [Theory]
    [InlineData(90)]
    [InlineData(180)]
    [InlineData(270)]
    public async Task A_rotated_video_is_turned_upright(int rotation)
    {
        var path = await corpus.Rotated(rotation);
        var reference = await corpus.Make($"upright{rotation}.mp4", file => SampleVideo.MakeAsync("-i", path, "-c:v", "libx264", file));

        var turned = await _parts.ExtractAsync(path, [TimeSpan.FromSeconds(5)], TimeSpan.FromMilliseconds(20));
        var upright = await _parts.ExtractAsync(reference, [TimeSpan.FromSeconds(5)], TimeSpan.FromMilliseconds(20));

        Assert.True(turned[0].Signature!.LooksSameAs(upright[0].Signature!));
    }

    [Fact]
    public async Task A_picture_that_stands_still_serves_every_time_at_which_it_is_on_screen()
    {
        var times = Times(0.5, 10);

        var frames = await _parts.ExtractAsync(await corpus.Gap(), times, TimeSpan.FromSeconds(0.125));

        foreach (var frame in frames)
        {
            var seconds = frame.Planned.TotalSeconds;
            Assert.Null(frame.Reason);
            Assert.Equal(seconds is >= 2 and < 5.9 ? 49 : Math.Round(frame.Time.TotalSeconds * 25), SampleVideo.NumberIn(frame.Signature!));
            Assert.Equal(seconds, frame.Time.TotalSeconds, 0.126);
        }
    }

    [Fact]
    public async Task Lost_bytes_cost_the_pictures_that_were_in_them_and_no_others()
    {
        var times = Times(0.5, 30);

        var frames = await _parts.ExtractAsync(await corpus.Damaged(), times, TimeSpan.FromSeconds(0.125));

        Assert.Equal(times, frames.Select(frame => frame.Planned));
        var missing = frames.Where(frame => frame.Reason is not null).ToList();
        Assert.InRange(missing.Count, 10, 30);
        Assert.All(missing, frame => Assert.True(frame.Jpeg.IsEmpty));
        Assert.Contains("h264", missing[0].Reason, StringComparison.Ordinal);
        AssertTrue([.. frames.Where(frame => frame.Planned.TotalSeconds < 2)], Times(0.5, 2), 0.125);
        AssertTrue([.. frames.Where(frame => frame.Planned.TotalSeconds >= 23)], [.. times.Where(time => time.TotalSeconds >= 23)], 0.125);
    }

    [Fact]
    public async Task Times_after_the_last_picture_say_where_it_ends()
    {
        var frames = await _parts.ExtractAsync(
            await corpus.H264(),
            [TimeSpan.FromSeconds(19.98), TimeSpan.FromSeconds(30)],
            TimeSpan.FromSeconds(0.02)
        );

        Assert.Equal(499, SampleVideo.NumberIn(frames[0].Signature!));
        Assert.Contains("20.0 s", frames[1].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, 100, 60)]
    [InlineData(768, 160, 96)]
    public async Task Pictures_are_never_larger_than_asked_for(int maxImageSize, int width, int height)
    {
        var settings = MediaParts.Pictures with { MaxImageSize = maxImageSize };

        var frames = await _parts.ExtractAsync(await corpus.H264(), [TimeSpan.FromSeconds(1)], TimeSpan.FromSeconds(0.1), settings);

        Assert.Equal((width, height), JpegSize.Of(frames[0].Jpeg.Span));
    }

    [Fact]
    public async Task Only_what_is_inside_the_crop_is_shown()
    {
        // The right half of the upper row of blocks: bits 4 to 7.
        var settings = MediaParts.Pictures with
        {
            Crop = new CropRectangle(80, 0, 80, 48),
        };

        var frames = await _parts.ExtractAsync(
            await corpus.H264(),
            [TimeSpan.FromSeconds(16 / 25.0)],
            TimeSpan.FromSeconds(0.01),
            settings
        );

        var pixels = frames[0].Signature!.Pixels.Span;
        Assert.Equal((80, 48), JpegSize.Of(frames[0].Jpeg.Span));
        Assert.True(pixels[4] > 150 && pixels[12] < 80 && pixels[20] < 80);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(16, 600)]
    [InlineData(1200, 4)]
    public async Task Pictures_of_strange_shapes_are_taken(int width, int height)
    {
        var path = await corpus.Make($"shape{width}x{height}.mkv", 2, "-vf", $"scale={width}:{height},setsar=1", "-c:v", "ffv1", "-g", "1");
        var settings = MediaParts.Pictures with { MaxImageSize = 512 };

        var frames = await _parts.ExtractAsync(path, [TimeSpan.FromSeconds(1)], TimeSpan.FromSeconds(0.1), settings);

        Assert.Null(frames[0].Reason);
        var (shownWidth, shownHeight) = JpegSize.Of(frames[0].Jpeg.Span);
        Assert.Equal(Math.Min(512, Math.Max(width, height)), Math.Max(shownWidth, shownHeight));
    }

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

    // A program stream says the time of only one of the tiny pictures that share a packet.
    private static bool MayMiscount(string name) => name.EndsWith(".mpg", StringComparison.Ordinal);

    private static void AssertTrue(List<VideoFrame> frames, List<TimeSpan> times, double tolerance, int miscount = 0)
    {
        Assert.Equal(times, frames.Select(frame => frame.Planned));
        foreach (var frame in frames)
        {
            Assert.Null(frame.Reason);
            Assert.Equal(frame.Planned.TotalSeconds, frame.Time.TotalSeconds, Math.Max(tolerance, 0.02) + 0.001);
            var number = (int)Math.Round(frame.Time.TotalSeconds * 25);
            Assert.InRange(SampleVideo.NumberIn(frame.Signature!), number - miscount, number + miscount);
            Assert.Equal(0xFF, frame.Jpeg.Span[0]);
        }
    }
}
