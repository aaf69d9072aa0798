using System.Diagnostics.CodeAnalysis;
using Cronos;

namespace HavenVlm.Core.Configuration;

/// <summary>
/// A schedule of six fields as the timer of Azure Functions reads it: second, minute, hour, day of month, month, day of week
/// (0 = Sunday). When both kinds of day are limited, a day must fit both.
/// </summary>
public sealed class Ncrontab
{
    private readonly CronExpression _expression;

    private Ncrontab(CronExpression expression) => _expression = expression;

    /// <summary>Reads an expression.</summary>
    /// <exception cref="FormatException">It is not one; the message says why.</exception>
    public static Ncrontab Parse(string text) =>
        TryParse(text, out var schedule, out var problem) ? schedule : throw new FormatException($"\"{text}\": {problem}.");

    /// <summary>The first time after <paramref name="after"/>, by the clock of a time zone; null = never.</summary>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo timeZone) => _expression.GetNextOccurrence(after, timeZone);

    internal static bool TryParse(string text, [NotNullWhen(true)] out Ncrontab? schedule, [NotNullWhen(false)] out string? problem)
    {
        schedule = null;
        var fields = text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != NcrontabField.All.Count)
        {
            problem = fields.Length == 5 ? "has five fields, put the seconds in front (0 for each full minute)" : "has not six fields";
            return false;
        }

        // Cronos reads more than NCRONTAB has (L, W, #, ?, names of its own, ranges that run backwards), so the grammar is checked here and
        // it gets plain lists. It also runs ranges and steps, but not lists, in both of the hours that autumn has twice.
        List<string> lists = [];
        foreach (var (field, written) in NcrontabField.All.Zip(fields))
        {
            if (!field.TryParse(written, out var values, out problem))
            {
                return false;
            }

            lists.Add(IsAll(values, field) ? "*" : string.Join(',', values));
        }

        schedule = new Ncrontab(CronExpression.Parse(string.Join(' ', lists), CronFormat.IncludeSeconds));
        problem = schedule.Next(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), TimeZoneInfo.Utc) is null ? "never comes" : null;
        return problem is null;
    }

    private static bool IsAll(SortedSet<int> values, NcrontabField field) => values.Count == field.Maximum - field.Minimum + 1;
}
