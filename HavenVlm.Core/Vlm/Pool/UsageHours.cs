using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace HavenVlm.Core.Vlm.Pool;

/// <summary>Local hours in which an endpoint may be used, such as <c>22:00-08:00</c>, several separated by commas; empty = always.</summary>
internal sealed class UsageHours
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private readonly List<(TimeSpan From, TimeSpan To)> _ranges;

    private UsageHours(List<(TimeSpan From, TimeSpan To)> ranges) => _ranges = ranges;

    /// <summary>No restriction.</summary>
    public static UsageHours Always { get; } = new([]);

    /// <summary>Reads the text of the setting; <paramref name="error"/> says which part is wrong and what is allowed.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out UsageHours? hours, [NotNullWhen(false)] out string? error)
    {
        hours = null;
        error = null;
        var ranges = new List<(TimeSpan, TimeSpan)>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = part.Split('-', StringSplitOptions.TrimEntries);
            if (ends.Length != 2 || !TryTime(ends[0], out var from) || !TryTime(ends[1], out var to) || from == to)
            {
                error = $"'{part}' is not a range of hours; write FROM-TO as in 22:00-08:00, several separated by commas";
                return false;
            }

            ranges.Add((from, to));
        }

        hours = new UsageHours(ranges);
        return true;
    }

    /// <summary>Whether the endpoint may be used at this local time.</summary>
    public bool Contains(DateTimeOffset local)
    {
        var time = local.TimeOfDay;
        return _ranges.Count == 0 || _ranges.Exists(range => IsInside(range, time));
    }

    /// <summary>How long until the next range begins; zero inside one.</summary>
    public TimeSpan UntilOpen(DateTimeOffset local)
    {
        if (Contains(local))
        {
            return TimeSpan.Zero;
        }

        var time = local.TimeOfDay;
        return _ranges.Min(range => range.From > time ? range.From - time : range.From - time + Day);
    }

    // A range that ends before it begins goes over midnight.
    private static bool IsInside((TimeSpan From, TimeSpan To) range, TimeSpan time) =>
        range.From < range.To ? time >= range.From && time < range.To : time >= range.From || time < range.To;

    private static bool TryTime(string text, out TimeSpan time)
    {
        time = Day;
        return text is "24:00" || TimeSpan.TryParseExact(text, [@"h\:mm", @"hh\:mm"], CultureInfo.InvariantCulture, out time);
    }
}
