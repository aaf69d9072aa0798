using System.Diagnostics.CodeAnalysis;
using Quartz;

namespace HavenVlm.Core.Configuration;

/// <summary>
/// A schedule of six fields as the timer of Azure Functions reads it: second, minute, hour, day of month, month, day of week
/// (0 = Sunday). When both kinds of day are limited, a day must fit both.
/// </summary>
public sealed class Ncrontab
{
    private readonly string _expression;
    private readonly SortedSet<int> _daysOfWeek;

    private Ncrontab(string expression, SortedSet<int> daysOfWeek)
    {
        _expression = expression;
        _daysOfWeek = daysOfWeek;
    }

    /// <summary>Reads an expression.</summary>
    /// <exception cref="FormatException">It is not one; the message says why.</exception>
    public static Ncrontab Parse(string text) =>
        TryParse(text, out var schedule, out var problem) ? schedule : throw new FormatException($"\"{text}\": {problem}.");

    /// <summary>The first time after <paramref name="after"/>, by the clock of a time zone; null = never.</summary>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo timeZone)
    {
        var cron = new CronExpression(_expression, timeZone);
        var next = cron.GetNextValidTimeAfter(after);
        while (next is { } time)
        {
            var local = TimeZoneInfo.ConvertTime(time, timeZone);
            if (_daysOfWeek.Contains((int)local.DayOfWeek))
            {
                return local;
            }

            // On to the end of that day, else a schedule by the second would be walked through second by second.
            var lastSecond = local.Date.AddDays(1).AddSeconds(-1);
            var endOfDay = new DateTimeOffset(lastSecond, timeZone.GetUtcOffset(lastSecond));
            next = cron.GetNextValidTimeAfter(endOfDay > time ? endOfDay : time);
        }

        return null;
    }

    internal static bool TryParse(string text, [NotNullWhen(true)] out Ncrontab? schedule, [NotNullWhen(false)] out string? problem)
    {
        schedule = null;
        var fields = text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != NcrontabField.All.Count)
        {
            problem = fields.Length == 5 ? "has five fields, put the seconds in front (0 for each full minute)" : "has not six fields";
            return false;
        }

        List<SortedSet<int>> values = [];
        foreach (var (field, written) in NcrontabField.All.Zip(fields))
        {
            if (!field.TryParse(written, out var set, out problem))
            {
                return false;
            }

            values.Add(set);
        }

        // Quartz wants `?` for one of the days and takes either day when both are given, so the day of week is checked here.
        var lists = values.Take(5).Select((set, i) => IsAll(set, NcrontabField.All[i]) ? "*" : string.Join(',', set));
        schedule = new Ncrontab(string.Join(' ', lists) + " ?", values[5]);
        problem = schedule.Next(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), TimeZoneInfo.Utc) is null ? "never comes" : null;
        return problem is null;
    }

    private static bool IsAll(SortedSet<int> values, NcrontabField field) => values.Count == field.Maximum - field.Minimum + 1;
}
