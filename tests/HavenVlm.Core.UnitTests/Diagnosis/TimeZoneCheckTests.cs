using HavenVlm.Core.Configuration;
using HavenVlm.Core.Diagnosis;

namespace HavenVlm.Core.UnitTests.Diagnosis;

public sealed class TimeZoneCheckTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData(":Europe/Berlin")]
    [InlineData("Nowhere/Atlantis")]
    public void A_name_that_the_system_does_not_know_is_no_quiet_UTC(string variable)
    {
        var finding = TimeZoneCheck.Judge(variable, TimeZoneInfo.Utc, TimeSpan.Zero, isContainer: false);

        Assert.Equal(FindingKind.Warning, finding.Kind);
        Assert.Contains($"does not know \"{variable.TrimStart(':')}\"", finding.Message, StringComparison.Ordinal);
        Assert.Contains("tzdata", finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UTC")]
    [InlineData("Etc/UTC")]
    [InlineData("GMT")]
    public void Who_asks_for_UTC_gets_it(string variable) =>
        Assert.Equal(
            "hours and the schedule are read in UTC (+00:00 from UTC now)",
            TimeZoneCheck.Judge(variable, TimeZoneInfo.Utc, TimeSpan.Zero, isContainer: true).Message
        );

    [Theory]
    [InlineData(true, FindingKind.Warning)]
    [InlineData(false, FindingKind.Good)]
    public void A_container_without_TZ_is_told_how_to_get_local_time(bool isContainer, FindingKind kind) =>
        Assert.Equal(kind, TimeZoneCheck.Judge(variable: null, TimeZoneInfo.Utc, TimeSpan.Zero, isContainer).Kind);

    [Fact]
    public void A_zone_is_named_with_its_distance_from_UTC() =>
        Assert.Equal(
            "hours and the schedule are read in Europe/Berlin (+02:00 from UTC now)",
            TimeZoneCheck.Judge("Europe/Berlin", Berlin, TimeSpan.FromHours(2), isContainer: true).Message
        );

    [Theory]
    [InlineData("0 */15 * * * *", "", false)]
    [InlineData("0 0 3 * * *", "", true)]
    [InlineData("0 0 * * * 1", "", true)]
    [InlineData("", "", false)]
    [InlineData("", "22:00-08:00", true)]
    public void It_matters_where_something_goes_by_the_time_of_day(string schedule, string hours, bool matters)
    {
        var options = new HavenOptions
        {
            Sweep = new SweepOptions { Schedule = schedule },
            Vlm = new VlmOptions
            {
                Endpoints =
                [
                    new EndpointOptions
                    {
                        Name = "pc",
                        BaseUrl = "http://pc:1234/v1",
                        Hours = hours,
                    },
                ],
            },
        };

        Assert.Equal(matters, TimeZoneCheck.Find(options, TimeProvider.System, isContainer: false) is not null);
    }
}
