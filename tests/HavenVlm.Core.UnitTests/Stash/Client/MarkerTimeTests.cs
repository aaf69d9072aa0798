using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.UnitTests.Stash.Client;

public sealed class MarkerTimeTests
{
    [Theory]
    [InlineData(12.3456, 12_346)]
    [InlineData(-0.0004, 0)]
    [InlineData(-5, -5_000)]
    [InlineData(double.NaN, 0)]
    [InlineData(double.PositiveInfinity, 1_000_000_000_000)]
    [InlineData(double.NegativeInfinity, -1_000_000_000_000)]
    public void Seconds_of_any_size_become_the_nearest_millisecond(double seconds, long milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), MarkerTime.FromSeconds(seconds));

    [Fact]
    public void Times_are_written_with_at_most_three_decimals() =>
        Assert.Equal(12.346, MarkerTime.ToSeconds(TimeSpan.FromTicks(123_456_789)));
}
