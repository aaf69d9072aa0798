using HavenVlm.Core.Common;
using Microsoft.Extensions.Time.Testing;

namespace HavenVlm.Core.UnitTests.Common;

public sealed class StepDeadlineTests
{
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(4);

    [Theory]
    [InlineData(365)]
    [InlineData(-365)]
    public void Counts_the_time_that_passes_whatever_the_clock_is_set_to(int days)
    {
        var time = new SetClock();
        var deadline = new StepDeadline(time, Length);

        time.SetBy = TimeSpan.FromDays(days);
        Assert.False(deadline.IsReached);
        time.Advance(Length - TimeSpan.FromTicks(1));
        Assert.False(deadline.IsReached);
        time.Advance(TimeSpan.FromTicks(1));
        Assert.True(deadline.IsReached);
    }

    [Fact]
    public void Never_is_not_reached() => Assert.False(StepDeadline.Never.IsReached);

    /// <summary>A wall clock that somebody sets; the time that passes goes on as before.</summary>
    private sealed class SetClock : FakeTimeProvider
    {
        public TimeSpan SetBy { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + SetBy;

        public override long GetTimestamp() => (base.GetUtcNow() - Start).Ticks;
    }
}
