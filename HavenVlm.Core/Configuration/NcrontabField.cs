using System.Diagnostics.CodeAnalysis;

namespace HavenVlm.Core.Configuration;

/// <summary>One field of an NCRONTAB expression: which values it takes and how they are written.</summary>
/// <param name="Name">What it counts.</param>
/// <param name="Minimum">Smallest value.</param>
/// <param name="Maximum">Largest value.</param>
/// <param name="Names">Full names of the values from the smallest on; three letters are enough. Empty = numbers only.</param>
internal sealed record NcrontabField(string Name, int Minimum, int Maximum, IReadOnlyList<string> Names)
{
    /// <summary>The six fields in order.</summary>
    public static IReadOnlyList<NcrontabField> All { get; } =
    [
        new("second", 0, 59, []),
        new("minute", 0, 59, []),
        new("hour", 0, 23, []),
        new("day of month", 1, 31, []),
        new(
            "month",
            1,
            12,
            ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
        ),
        new("day of week", 0, 6, ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]),
    ];

    /// <summary>Reads <c>*</c>, values, ranges, steps and lists of them; when it can't, says why.</summary>
    public bool TryParse(string text, [NotNullWhen(true)] out SortedSet<int>? values, [NotNullWhen(false)] out string? problem)
    {
        var items = text.Split(',').Select(Item).ToList();
        problem = items.Find(item => item.Problem is not null).Problem;
        values = problem is null ? [.. items.SelectMany(item => item.Values)] : null;
        return problem is null;
    }

    private (IEnumerable<int> Values, string? Problem) Item(string item)
    {
        var parts = item.Split('/');
        var step = 1;
        if (parts.Length > 2 || (parts.Length == 2 && (!int.TryParse(parts[1], out step) || step < 1)))
        {
            return ([], $"the step of \"{item}\" in the field {Name} is not a number from 1");
        }

        int from;
        int to;
        if (string.Equals(parts[0], "*", StringComparison.Ordinal))
        {
            (from, to) = (Minimum, Maximum);
        }
        else
        {
            var ends = parts[0].Split('-');
            if (ends.Length > 2 || !TryValue(ends[0], out from) || !TryValue(ends[^1], out to))
            {
                var names = Names.Count > 0 ? $" or a name such as {Names[0][..3]}" : "";
                return ([], $"\"{item}\" in the field {Name} is not a number from {Minimum} to {Maximum}{names}");
            }

            if (from > to)
            {
                return ([], $"\"{item}\" in the field {Name} runs backwards, write {ends[0]}-{Maximum},{Minimum}-{ends[1]}");
            }

            // A step after a single value runs to the end of the field.
            to = parts.Length == 2 && ends.Length == 1 ? Maximum : to;
        }

        return (Enumerable.Range(0, ((to - from) / step) + 1).Select(i => from + (i * step)), null);
    }

    private bool TryValue(string text, out int value)
    {
        if (int.TryParse(text, System.Globalization.NumberStyles.None, null, out value))
        {
            return value >= Minimum && value <= Maximum;
        }

        for (var i = 0; i < Names.Count && text.Length >= 3; i++)
        {
            if (Names[i].StartsWith(text, StringComparison.OrdinalIgnoreCase))
            {
                value = Minimum + i;
                return true;
            }
        }

        return false;
    }
}
