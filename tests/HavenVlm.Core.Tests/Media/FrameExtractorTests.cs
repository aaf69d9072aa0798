using HavenVlm.Core.Media;

namespace HavenVlm.Core.Tests.Media;

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
        var path = await corpus.H264();
        var times = Times(interval, 20);

        var frames = await _parts.ExtractAsync(path, times, TimeSpan.FromSeconds(tolerance));

        Assert.Equal(times, frames.Select(frame => frame.Planned));
        AssertTrue(frames, TimeSpan.FromSeconds(Math.Max(tolerance, 0.02)));
    }

    [Fact]
    public async Task A_single_picture_can_be_taken()
    {
        var path = await corpus.H264();
        await using var input = await _parts.OpenAsync(path);
        var facts = await _parts.ProbeAsync(path);

        var frame = await _parts
            .Get<FrameExtractor>()
            .ExtractOneAsync(input, facts, MediaParts.Pictures, TimeSpan.FromSeconds(7.4), CancellationToken.None);

        Assert.Equal(185, SampleVideo.NumberIn(frame.Signature!));
        Assert.Equal(0xFF, frame.Jpeg.Span[0]);
    }

    public ValueTask DisposeAsync() => _parts.DisposeAsync();

    private static List<TimeSpan> Times(double interval, double duration) =>
        [.. Enumerable.Range(0, (int)Math.Ceiling(duration / interval)).Select(i => TimeSpan.FromSeconds(i * interval))];

    private static void AssertTrue(IEnumerable<VideoFrame> frames, TimeSpan tolerance, int rate = 25)
    {
        foreach (var frame in frames)
        {
            Assert.Null(frame.Reason);
            Assert.True(
                (frame.Time - frame.Planned).Duration() <= tolerance + TimeSpan.FromMilliseconds(1),
                $"{frame.Time} for {frame.Planned}"
            );
            Assert.Equal(Math.Round(frame.Time.TotalSeconds * rate), SampleVideo.NumberIn(frame.Signature!));
        }
    }
}
