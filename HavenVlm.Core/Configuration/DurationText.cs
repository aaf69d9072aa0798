using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace HavenVlm.Core.Configuration;

/// <summary>Lengths of time as users write them: <c>500ms</c>, <c>2s</c>, <c>3m</c>, <c>1.5h</c>, <c>30d</c>.</summary>
internal static partial class DurationText
{
    public const string Pattern = @"^(0|[0-9]+(\.[0-9]+)?(ms|s|m|h|d))$";

    // From the largest, so that writing takes the largest unit that leaves no fraction.
    private static readonly (string Unit, long Ticks)[] Units =
    [
        ("d", TimeSpan.TicksPerDay),
        ("h", TimeSpan.TicksPerHour),
        ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond),
        ("ms", TimeSpan.TicksPerMillisecond),
    ];

    /// <summary>Reads a duration; when it can't, says why in words that follow the text found.</summary>
    public static bool TryParse(string text, out TimeSpan duration, [NotNullWhen(false)] out string? problem)
    {
        duration = TimeSpan.Zero;
        problem = null;
        if (string.Equals(text, "0", StringComparison.Ordinal))
        {
            return true;
        }

        var match = Written().Match(text);
        if (!match.Success)
        {
            problem = text.Length > 0 && text.All(c => char.IsAsciiDigit(c) || c == '.') ? "has no unit" : "is not a duration";
            return false;
        }

        var unit = Array.Find(Units, u => string.Equals(u.Unit, match.Groups["unit"].Value, StringComparison.Ordinal));
        var ticks = double.Parse(match.Groups["number"].Value) * unit.Ticks;
        if (ticks > TimeSpan.TicksPerDay * 100_000d)
        {
            problem = "is too long";
            return false;
        }

        duration = TimeSpan.FromTicks((long)Math.Round(ticks));
        return true;
    }

    /// <summary>Reads a duration that is known to be right.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static TimeSpan Parse(string text) =>
        TryParse(text, out var duration, out var problem) ? duration : throw new FormatException($"\"{text}\" {problem}.");

    /// <summary>Writes a duration so that it reads back the same, to the millisecond.</summary>
    public static string Write(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
        {
            return "0s";
        }

        var unit = Array.Find(Units, u => duration.Ticks % u.Ticks == 0);
        return unit.Unit is null ? $"{duration.TotalMilliseconds}ms" : $"{duration.Ticks / unit.Ticks}{unit.Unit}";
    }

    [GeneratedRegex(@"^(?<number>[0-9]+(\.[0-9]+)?)(?<unit>ms|s|m|h|d)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Written();
}
