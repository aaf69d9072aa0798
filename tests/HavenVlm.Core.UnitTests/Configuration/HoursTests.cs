using FsCheck;
using FsCheck.Fluent;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.UnitTests.Configuration;

public sealed class HoursTests
{
    [Theory]
    [InlineData("", "03:00", true)]
    [InlineData("22:00-08:00", "22:00", true)]
    [InlineData("22:00-08:00", "07:59:59", true)]
    [InlineData("22:00-08:00", "08:00", false)]
    [InlineData("22:00-08:00", "21:59:59", false)]
    [InlineData("9:00-17:30", "17:29", true)]
    [InlineData("9:00-17:30", "17:30", false)]
    [InlineData("0:00-24:00", "23:59:59", true)]
    [InlineData(" 01:00 - 02:00 , 12:00-13:00", "12:30", true)]
    [InlineData("01:00-02:00,12:00-13:00", "02:30", false)]
    public void A_time_lies_within_or_not(string hours, string time, bool expected) =>
        Assert.Equal(expected, Hours.Parse(hours).Include(TimeOnly.Parse(time)));

    [Theory]
    [InlineData("22:00-08:00", "21:59:30", 30)]
    [InlineData("22:00-08:00", "08:00", 14 * 3600)]
    [InlineData("01:00-02:00,12:00-13:00", "02:00", 10 * 3600)]
    [InlineData("01:00-02:00,12:00-13:00", "13:00", 12 * 3600)]
    [InlineData("01:00-02:00", "01:30", 0)]
    public void Returns_the_time_until_the_hours_begin(string hours, string time, int seconds) =>
        Assert.Equal(
            TimeSpan.FromSeconds(seconds),
            Hours
                .Parse(hours)
                .UntilOpen(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero) + TimeOnly.Parse(time).ToTimeSpan(), TimeZoneInfo.Utc)
        );

    /// <summary>Days on which clocks are changed: by an hour in both hemispheres, by half an hour, and none.</summary>
    public static TheoryData<string, string> Days { get; } =
        new()
        {
            { "Europe/Berlin", "2026-03-28" },
            { "Europe/Berlin", "2026-10-24" },
            { "America/New_York", "2026-03-07" },
            { "America/New_York", "2026-10-31" },
            { "Australia/Lord_Howe", "2026-04-04" },
            { "Australia/Lord_Howe", "2026-10-03" },
            { "Asia/Kolkata", "2026-03-28" },
        };

    [Theory]
    [MemberData(nameof(Days))]
    public void Where_clocks_are_changed_they_begin_at_the_minute_at_which_a_clock_on_the_wall_says_so(string zoneName, string day)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneName);
        var start = new DateTimeOffset(DateTime.Parse(day), TimeSpan.Zero);
        string[] all =
        [
            "02:00-04:00",
            "02:30-05:00",
            "02:15-02:45",
            "01:30-02:15",
            "23:30-02:10",
            "03:00-04:00",
            "01:00-02:30,12:00-12:01",
        ];
        foreach (var hours in all.Select(Hours.Parse))
        {
            var open = Enumerable.Range(0, 4 * 1440).Select(minute => hours.Include(WallClock(start.AddMinutes(minute)))).ToList();
            for (var minute = 0; minute < 2 * 1440; minute += 7)
            {
                var next = open.FindIndex(minute, isOpen => isOpen);
                var wait = hours.UntilOpen(start.AddMinutes(minute), zone);

                Assert.Equal(next - minute, wait.TotalMinutes);
            }
        }

        TimeOnly WallClock(DateTimeOffset instant) => TimeOnly.FromTimeSpan(TimeZoneInfo.ConvertTime(instant, zone).TimeOfDay);
    }

    [Theory]
    [InlineData("22-8", "is not a list of hours")]
    [InlineData("22:00-08:00,", "is not a list of hours")]
    [InlineData("24:00-08:00", "holds a time that no day has")]
    [InlineData("22:60-08:00", "holds a time that no day has")]
    [InlineData("22:00-24:01", "holds a time that no day has")]
    [InlineData("08:00-08:00", "begins and ends at the same minute")]
    public void What_is_not_hours_is_refused(string text, string problem)
    {
        Assert.False(Hours.TryParse(text, out _, out var found));
        Assert.Equal(problem, found);
    }

    [Fact]
    public void After_the_wait_they_have_begun() =>
        Prop.ForAll(
                Gen.Choose(0, 1439).Four().ToArbitrary(),
                ((int From, int To, int Now, int Second) x) =>
                {
                    var (from, to) = (
                        TimeOnly.MinValue.AddMinutes(x.From),
                        TimeOnly.MinValue.AddMinutes(x.To == x.From ? (x.To + 1) % 1440 : x.To)
                    );
                    var hours = Hours.Parse($"{from:HH:mm}-{to:HH:mm}");
                    var now = TimeOnly.MinValue.AddMinutes(x.Now).Add(TimeSpan.FromSeconds(x.Second % 60));
                    var wait = hours.UntilOpen(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero) + now.ToTimeSpan(), TimeZoneInfo.Utc);
                    return hours.Include(now.Add(wait))
                        && wait < TimeSpan.FromDays(1)
                        && (wait == TimeSpan.Zero || !hours.Include(now.Add(wait - TimeSpan.FromSeconds(1))));
                }
            )
            .QuickCheckThrowOnFailure();
}
