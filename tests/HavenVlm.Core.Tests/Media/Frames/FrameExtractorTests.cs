using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Tests.Shared;

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
        foreach (var interval in ReleaseTier.Steps(0.4, 1.1, 2.0))
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
