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
    public bool Include(TimeOnly time) => UntilOpen(time) == TimeSpan.Zero;

    /// <summary>How long from a time of the local day until the hours begin; zero = they have. A change of the clock in between is not counted.</summary>
    public TimeSpan UntilOpen(TimeOnly time)
    {
        if (_spans.Count == 0)
        {
            return TimeSpan.Zero;
        }

        var now = (time.Hour * 60) + time.Minute;
        if (_spans.Any(span => span.From < span.To ? span.From <= now && now < span.To : span.From <= now || now < span.To))
        {
            return TimeSpan.Zero;
        }

        var minutes = _spans.Min(span => (span.From - now + MinutesOfDay) % MinutesOfDay);
        return TimeSpan.FromMinutes(minutes) - (time.ToTimeSpan() - TimeSpan.FromMinutes(now));
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
