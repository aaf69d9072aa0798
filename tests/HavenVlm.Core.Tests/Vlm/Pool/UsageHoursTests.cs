using HavenVlm.Core.Vlm.Pool;

namespace HavenVlm.Core.Tests.Vlm.Pool;

public sealed class UsageHoursTests
{
    [Theory]
    [InlineData("", "13:00", true)]
    [InlineData("22:00-08:00", "23:30", true)]
    [InlineData("22:00-08:00", "07:59", true)]
    [InlineData("22:00-08:00", "08:00", false)]
    [InlineData("22:00-08:00", "21:59", false)]
    [InlineData("9:00-17:00", "09:00", true)]
    [InlineData("9:00-17:00", "17:00", false)]
    [InlineData("00:00-24:00", "23:59", true)]
    [InlineData("18:00-24:00", "23:59", true)]
    [InlineData("01:00-02:00, 12:30-13:30", "13:00", true)]
    [InlineData("01:00-02:00,12:30-13:30", "12:00", false)]
    public void An_endpoint_is_used_within_its_hours(string text, string time, bool expected)
    {
        Assert.True(UsageHours.TryParse(text, out var hours, out _));
        Assert.Equal(expected, hours.Contains(At(time)));
    }

    [Theory]
    [InlineData("22:00-08:00", "21:00", 60)]
    [InlineData("22:00-08:00", "23:00", 0)]
    [InlineData("01:00-02:00, 12:30-13:30", "14:00", 660)]
    public void It_is_known_how_long_until_the_next_hours(string text, string time, double minutes)
    {
        Assert.True(UsageHours.TryParse(text, out var hours, out _));
        Assert.Equal(TimeSpan.FromMinutes(minutes), hours.UntilOpen(At(time)));
    }

    [Theory]
    [InlineData("22-8")]
    [InlineData("22:00")]
    [InlineData("25:00-26:00")]
    [InlineData("08:00-08:00")]
    [InlineData("22:00-08:00, night")]
    public void What_is_no_range_is_named(string text)
    {
        Assert.False(UsageHours.TryParse(text, out _, out var error));
        Assert.Contains("22:00-08:00", error, StringComparison.Ordinal);
    }

    private static DateTimeOffset At(string time) => new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero) + TimeSpan.Parse(time);
}
