using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace HavenVlm.Core.Configuration;

/// <summary>Hours of the day such as <c>22:00-08:00</c>, several separated by commas, over midnight too; none = always.</summary>
internal sealed partial class Hours
{
    private const int MinutesOfDay = 24 * 60;

    private readonly IReadOnlyList<(int From, int To)> _spans;

    private Hours(IReadOnlyList<(int From, int To)> spans) => _spans = spans;

    /// <summary>Every hour.</summary>
    public static Hours Always { get; } = new([]);

    /// <summary>Reads hours that are known to be right.</summary>
    /// <exception cref="FormatException">They are not.</exception>
    public static Hours Parse(string text) =>
        TryParse(text, out var hours, out var problem) ? hours : throw new FormatException($"\"{text}\" {problem}.");

    /// <summary>Reads hours; when it can't, says why in words that follow the text found.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Hours? hours, [NotNullWhen(false)] out string? problem)
    {
        hours = null;
        problem = null;
        if (string.IsNullOrWhiteSpace(text))
        {
            hours = Always;
            return true;
        }

        List<(int From, int To)> spans = [];
        foreach (var part in text.Split(','))
        {
            var match = Span().Match(part);
            if (!match.Success)
            {
                problem = "is not a list of hours";
                return false;
            }

            var from = Minutes(match.Groups["fromHour"].Value, match.Groups["fromMinute"].Value);
            var to = Minutes(match.Groups["toHour"].Value, match.Groups["toMinute"].Value);
            if (from is null or MinutesOfDay || to is null)
            {
                problem = "holds a time that no day has";
                return false;
            }

            if (from == to)
            {
                problem = "begins and ends at the same minute";
                return false;
            }

            spans.Add((from.Value, to.Value));
        }

        hours = new Hours(spans);
        return true;
    }

    /// <summary>Whether a time of the local day lies within.</summary>
    public bool Include(TimeOnly time)
    {
        var now = (time.Hour * 60) + time.Minute;
        return _spans.Count == 0
            || _spans.Any(span => span.From < span.To ? span.From <= now && now < span.To : span.From <= now || now < span.To);
    }

    /// <summary>
    /// How long until the hours begin, to the minute also where the clock is changed in between; zero = they have. Hours that begin in the hour
    /// that summer time skips begin with the next one that lies within; in the hour that comes twice they begin twice.
    /// </summary>
    /// <param name="now">When.</param>
    /// <param name="zone">Where.</param>
    /// <returns>At most about two days; <see cref="TimeSpan.MaxValue"/> = never, because each day's hour is skipped.</returns>
    public TimeSpan UntilOpen(DateTimeOffset now, TimeZoneInfo zone)
    {
        if (IsOpen(now, zone))
        {
            return TimeSpan.Zero;
        }

        var today = TimeZoneInfo.ConvertTime(now, zone).Date;
        var begins = Enumerable
            .Range(0, 3)
            .SelectMany(day => _spans.Select(span => today.AddDays(day).AddMinutes(span.From)))
            .SelectMany(wall => Instants(wall, zone))
            .Where(instant => instant > now && IsOpen(instant, zone))
            .DefaultIfEmpty(DateTimeOffset.MaxValue)
            .Min();
        var until = begins == DateTimeOffset.MaxValue ? now.AddDays(2) : begins;
        if (OffsetChange(now, until, zone) is { } change && IsOpen(change, zone))
        {
            begins = change;
        }

        return begins == DateTimeOffset.MaxValue ? TimeSpan.MaxValue : begins - now;
    }

    private bool IsOpen(DateTimeOffset instant, TimeZoneInfo zone) =>
        Include(TimeOnly.FromTimeSpan(TimeZoneInfo.ConvertTime(instant, zone).TimeOfDay));

    /// <summary>When clocks show a time: twice in the hour that is repeated; in the one that is skipped, a time after it.</summary>
    private static IEnumerable<DateTimeOffset> Instants(DateTime wall, TimeZoneInfo zone) =>
        zone.IsAmbiguousTime(wall)
            ? zone.GetAmbiguousTimeOffsets(wall).Select(offset => new DateTimeOffset(wall, offset))
            : [new DateTimeOffset(wall, zone.GetUtcOffset(wall))];

    /// <summary>The first minute after the clock is changed between two times; null = it is not.</summary>
    private static DateTimeOffset? OffsetChange(DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone)
    {
        var before = zone.GetUtcOffset(from);
        if (zone.GetUtcOffset(to) == before)
        {
            return null;
        }

        // Zones change their clocks at whole minutes.
        var low = new DateTimeOffset(from.UtcTicks - (from.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
        var high = to;
        while (high - low > TimeSpan.FromMinutes(1))
        {
            var minutes = Math.Max(1, (int)((high - low).TotalMinutes / 2));
            var middle = low.AddMinutes(minutes);
            (low, high) = zone.GetUtcOffset(middle) == before ? (middle, high) : (low, middle);
        }

        return low.AddMinutes(1);
    }

    private static int? Minutes(string hour, string minute)
    {
        var minutes = (int.Parse(hour) * 60) + int.Parse(minute);
        return int.Parse(minute) < 60 && minutes <= MinutesOfDay ? minutes : null;
    }

    [GeneratedRegex(
        @"^\s*(?<fromHour>[0-9]{1,2}):(?<fromMinute>[0-9]{2})\s*-\s*(?<toHour>[0-9]{1,2}):(?<toMinute>[0-9]{2})\s*$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Span();
}
