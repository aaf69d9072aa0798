using HavenVlm.Core.Analysis;

namespace HavenVlm.Core.UnitTests.Analysis;

public sealed class EndpointWaitTests
{
    [Theory]
    [InlineData(60, 0, null, 60)]
    [InlineData(60, 1_000_000, null, 60)]
    [InlineData(60, 0, 600, 60)]
    [InlineData(60, 570, 600, 30)]
    [InlineData(60, 540, 600, 60)]
    [InlineData(60, 600, 600, null)]
    [InlineData(60, 601, 600, null)]
    public void Waits_as_asked_but_not_beyond_the_limit(int asked, int withoutAnswer, int? limit, int? expected) =>
        Assert.Equal(
            expected is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            EndpointWait.Within(
                TimeSpan.FromSeconds(asked),
                TimeSpan.FromSeconds(withoutAnswer),
                limit is { } most ? TimeSpan.FromSeconds(most) : null
            )
        );
}
