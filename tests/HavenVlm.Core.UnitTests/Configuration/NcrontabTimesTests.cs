using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.UnitTests.Configuration;

/// <summary>
/// <c>ncrontab-times.txt</c> holds what earlier versions (on Quartz 4.7.3) gave: per line a zone, an expression, a start shortly before the
/// clocks change, and the next eight times. Whatever reads schedules must keep them, else an update would move or double somebody's sweeps.
/// </summary>
public sealed class NcrontabTimesTests
{
    public static TheoryData<string, string, string, string> Recorded { get; } = Read();

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Next_times_across_clock_changes_are_the_recorded_ones(string zone, string expression, string start, string expected)
    {
        var schedule = Ncrontab.Parse(expression);
        var timeZone = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var after = DateTimeOffset.Parse(start);
        List<string> times = [];

        for (var i = 0; i < expected.Split(' ').Length; i++)
        {
            after = schedule.Next(after, timeZone)!.Value;
            times.Add(after.ToString("yyyy-MM-ddTHH:mm:sszzz"));
        }

        Assert.Equal(expected, string.Join(' ', times));
    }

    private static TheoryData<string, string, string, string> Read()
    {
        using var stream = typeof(NcrontabTimesTests).Assembly.GetManifestResourceStream("ncrontab-times.txt")!;
        using var reader = new StreamReader(stream);
        var data = new TheoryData<string, string, string, string>();
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(" | ");
            data.Add(fields[0], fields[1], fields[2], fields[3]);
        }

        return data;
    }
}
