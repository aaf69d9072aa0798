using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.UnitTests.Configuration;

public sealed class NcrontabTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    /// <summary>Expression, a time, and the next ones. The examples of Azure's timer documentation are among them.</summary>
    [Theory]
    [InlineData("0 */5 * * * *", "2026-01-01T00:00:00", "2026-01-01T00:05:00")]
    [InlineData("0 0 * * * *", "2026-01-01T00:00:00", "2026-01-01T01:00:00")]
    [InlineData("0 0 */2 * * *", "2026-01-01T00:00:00", "2026-01-01T02:00:00")]
    [InlineData("0 0 9-17 * * *", "2026-01-01T17:00:00", "2026-01-02T09:00:00")]
    [InlineData("0 30 9 * * *", "2026-01-01T09:30:00", "2026-01-02T09:30:00")]
    [InlineData("0 30 9 * * 1-5", "2026-01-02T09:30:00", "2026-01-05T09:30:00")]
    [InlineData("0 30 9 * Jan Mon", "2026-01-26T09:30:00", "2027-01-04T09:30:00")]
    [InlineData("0 */15 * * * *", "2026-01-01T00:14:59.9", "2026-01-01T00:15:00")]
    [InlineData("5,8,10 * * * * *", "2026-01-01T00:00:08", "2026-01-01T00:00:10")]
    [InlineData("0 5 * * * *", "2026-01-01T00:05:00.1", "2026-01-01T01:05:00")]
    [InlineData("0 0 0 * * 0", "2026-01-01T00:00:00", "2026-01-04T00:00:00")]
    [InlineData("0 0 0 * * Saturday", "2026-01-01T00:00:00", "2026-01-03T00:00:00")]
    [InlineData("0 0 0 * * SUN,wed", "2026-01-01T00:00:00", "2026-01-04T00:00:00")]
    [InlineData("0 0 0 31 * *", "2026-01-31T00:00:00", "2026-03-31T00:00:00")]
    [InlineData("0 0 0 29 2 *", "2026-01-01T00:00:00", "2028-02-29T00:00:00")]
    [InlineData("0 0 0 13 * 5", "2026-01-01T00:00:00", "2026-02-13T00:00:00")]
    [InlineData("* * * 13 * 5", "2026-01-01T00:00:00", "2026-02-13T00:00:00")]
    [InlineData("0 0 0 1 jan-mar/2 *", "2026-01-01T00:00:00", "2026-03-01T00:00:00")]
    [InlineData("0 5/20 * * * *", "2026-01-01T00:05:00", "2026-01-01T00:25:00")]
    [InlineData("0 5/20 * * * *", "2026-01-01T00:45:00", "2026-01-01T01:05:00")]
    [InlineData("0  0\t0 1 1 *", "2026-01-01T00:00:00", "2027-01-01T00:00:00")]
    [InlineData("*/7 * * * * *", "2026-01-01T00:00:56", "2026-01-01T00:01:00")]
    public void The_next_time_is_as_ncrontab_has_it(string expression, string after, string expected) =>
        Assert.Equal(
            DateTimeOffset.Parse(expected + "Z"),
            Ncrontab.Parse(expression).Next(DateTimeOffset.Parse(after + "Z"), TimeZoneInfo.Utc)
        );

    [Theory]
    // The hour that spring leaves out: at once after it. The hour that autumn has twice: once.
    [InlineData("0 30 2 * * *", "2026-03-28T12:00:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00")]
    [InlineData("0 30 2 * * *", "2026-10-24T12:00:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00")]
    [InlineData("0 0 9 * * 1", "2026-03-27T12:00:00+01:00", "2026-03-30T09:00:00+02:00", "2026-04-06T09:00:00+02:00")]
    public void Local_clocks_that_change_are_followed(string expression, string after, string first, string second)
    {
        var schedule = Ncrontab.Parse(expression);

        var next = schedule.Next(DateTimeOffset.Parse(after), Berlin);

        Assert.Equal(DateTimeOffset.Parse(first), next);
        Assert.Equal(DateTimeOffset.Parse(second), schedule.Next(next!.Value, Berlin));
    }

    [Theory]
    [InlineData("", "has not six fields")]
    [InlineData("* * * * *", "has five fields, put the seconds in front (0 for each full minute)")]
    [InlineData("0 0 0 * * 7", "\"7\" in the field day of week is not a number from 0 to 6 or a name such as Sun")]
    [InlineData("0 0 0 0 * *", "\"0\" in the field day of month is not a number from 1 to 31")]
    [InlineData("60 0 0 * * *", "\"60\" in the field second is not a number from 0 to 59")]
    [InlineData("0 0 22-6 * * *", "\"22-6\" in the field hour runs backwards, write 22-23,0-6")]
    [InlineData("0 */0 * * * *", "the step of \"*/0\" in the field minute is not a number from 1")]
    [InlineData("0 0 0 ? * *", "\"?\" in the field day of month is not a number from 1 to 31")]
    [InlineData("0 0 0 L * *", "\"L\" in the field day of month is not a number from 1 to 31")]
    [InlineData("0 0 0 * Janus *", "\"Janus\" in the field month is not a number from 1 to 12 or a name such as Jan")]
    [InlineData("0 0,, 0 * * *", "\"\" in the field minute is not a number from 0 to 59")]
    [InlineData("0 0 0 30 2 *", "never comes")]
    public void What_is_not_ncrontab_is_refused(string expression, string problem)
    {
        Assert.False(Ncrontab.TryParse(expression, out _, out var found));
        Assert.Equal(problem, found);
    }
}
