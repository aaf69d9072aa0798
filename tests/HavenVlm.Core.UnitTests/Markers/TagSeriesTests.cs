using HavenVlm.Core.Common;
using HavenVlm.Core.Markers;

namespace HavenVlm.Core.UnitTests.Markers;

public sealed class TagSeriesTests
{
    private const string Kissing = "Kissing";

    /// <summary>0-2: 0.9, 2-4: a hole, 4-6: 0.3, 6-8: not seen, 8-10: 0.6.</summary>
    private static readonly TagSeries Series = TagSeries.Of(
        [At(0, 0.9), new TimedAnswer(TimeSpan.FromSeconds(2), Tags: null), At(4, 0.3), At(6, confidence: null), At(8, 0.6)],
        Kissing,
        threshold: 0.5,
        interval: TimeSpan.FromSeconds(2),
        duration: TimeSpan.FromSeconds(60)
    );

    [Theory]
    [InlineData(0, 2, 0.9)]
    [InlineData(4, 8, 0.15)]
    // From within a piece, and from before the first: what a tag of the same name brought may begin anywhere.
    [InlineData(5, 7, 0.15)]
    [InlineData(1, 5, 0.6)]
    [InlineData(-1, 1, 0.9)]
    [InlineData(7, 9, 0.3)]
    // Holes say nothing; where nobody knows anything there is no confidence.
    [InlineData(2, 4, 0)]
    [InlineData(3, 3.5, 0)]
    [InlineData(20, 30, 0)]
    public void The_mean_confidence_is_weighted_by_the_time_that_is_known(double start, double end, double mean) =>
        Assert.Equal(mean, Series.MeanConfidence(new TimeRange(TimeSpan.FromSeconds(start), TimeSpan.FromSeconds(end))), 9);

    [Fact]
    public void Lists_each_confidence_once_from_the_lowest() => Assert.Equal([0.3, 0.6, 0.9], Series.Confidences);

    private static TimedAnswer At(double seconds, double? confidence) =>
        new(
            TimeSpan.FromSeconds(seconds),
            confidence is { } value
                ? new Dictionary<string, double>(StringComparer.Ordinal) { [Kissing] = value }
                : new Dictionary<string, double>(StringComparer.Ordinal)
        );
}
