using System.Globalization;
using System.Text.RegularExpressions;
using HavenVlm.Simulation.Stash.GraphQl;
using HavenVlm.Simulation.Stash.State;

namespace HavenVlm.Simulation.Stash.Filters;

/// <summary>The criteria of Stash's filters, as its SQL answers them.</summary>
internal static class Criteria
{
    private static readonly string[] Operators = ["AND", "OR", "NOT"];
    private static readonly TimeSpan RegexTimeout = TimeSpan.FromSeconds(1);

    public static bool Text(InputObject? criterion, params IReadOnlyList<string?> values)
    {
        if (criterion is null)
        {
            return true;
        }

        var wanted = criterion.Text("value") ?? "";
        return criterion.Text("modifier") switch
        {
            "EQUALS" => values.Any(value => SqlLike.Matches(value, wanted)),
            "NOT_EQUALS" => values.Any(value => value is not null && !SqlLike.Matches(value, wanted)),
            "INCLUDES" => Words(wanted).Any(word => values.Any(value => SqlLike.Matches(value, $"%{word}%"))),
            "EXCLUDES" => Words(wanted).All(word => values.All(value => !SqlLike.Matches(value ?? "", $"%{word}%"))),
            "MATCHES_REGEX" => values.Any(value => value is not null && Matches(value, wanted)),
            "NOT_MATCHES_REGEX" => values.All(value => value is null || !Matches(value, wanted)),
            "IS_NULL" => values.All(string.IsNullOrWhiteSpace),
            "NOT_NULL" => values.Any(value => !string.IsNullOrWhiteSpace(value)),
            var other => throw new StashErrorException($"unsupported string filter modifier {other}"),
        };
    }

    public static bool Number(InputObject? criterion, double? value)
    {
        if (criterion is null)
        {
            return true;
        }

        var (low, high) = (criterion.Float("value") ?? 0, criterion.Float("value2") ?? 0);
        return criterion.Text("modifier") switch
        {
            "IS_NULL" => value is null,
            "NOT_NULL" => value is not null,
            "EQUALS" => value == low,
            "NOT_EQUALS" => value is not null && value != low,
            "GREATER_THAN" => value > low,
            "LESS_THAN" => value < low,
            "BETWEEN" => value >= low && value <= high,
            "NOT_BETWEEN" => value < low || value > high,
            var other => throw new StashErrorException($"unsupported int modifier type {other}"),
        };
    }

    public static bool Time(InputObject? criterion, DateTimeOffset value)
    {
        if (criterion is null)
        {
            return true;
        }

        DateTimeOffset Parse(string name) => ParseTime(criterion.Text(name) ?? "", value.Offset);
        return criterion.Text("modifier") switch
        {
            "IS_NULL" => false,
            "NOT_NULL" => true,
            "EQUALS" => value == Parse("value"),
            "NOT_EQUALS" => value != Parse("value"),
            "GREATER_THAN" => value > Parse("value"),
            "LESS_THAN" => value < Parse("value"),
            "BETWEEN" => value >= Parse("value") && value <= Parse("value2"),
            "NOT_BETWEEN" => value < Parse("value") || value > Parse("value2"),
            var other => throw new StashErrorException($"unsupported date modifier type {other}"),
        };
    }

    public static bool Flag(InputObject filter, string name, bool value) => filter.Flag(name) is not { } wanted || wanted == value;

    /// <summary>A criterion on a set of ids. <paramref name="expand"/> gives what an id stands for, with its descendants when a depth is given.</summary>
    public static bool Ids(InputObject? criterion, IReadOnlyCollection<int> present, Func<int, IReadOnlySet<int>> expand)
    {
        if (criterion is null)
        {
            return true;
        }

        var modifier = criterion.Text("modifier");
        if (modifier is "IS_NULL" or "NOT_NULL")
        {
            return present.Count == 0 == (modifier == "IS_NULL");
        }

        var value = criterion.Ids("value") ?? [];
        var excluded = (criterion.Ids("excludes") ?? []).Concat(modifier == "EXCLUDES" ? value : []);
        if (excluded.Any(id => expand(id).Overlaps(present)))
        {
            return false;
        }

        return modifier switch
        {
            "EXCLUDES" => true,
            _ when value.Count == 0 => true,
            "INCLUDES" => value.Any(id => expand(id).Overlaps(present)),
            "INCLUDES_ALL" => value.All(id => expand(id).Overlaps(present)),
            "EQUALS" => value.All(present.Contains) && present.Count == value.Distinct().Count(),
            var other => throw new StashErrorException($"{other} modifier is not supported for hierarchical multi criterion input"),
        };
    }

    /// <summary>One of AND, OR and NOT may nest a further filter.</summary>
    public static bool Nested(InputObject filter, bool own, Func<InputObject, bool> matches)
    {
        string[] given = [.. Operators.Where(name => filter.Object(name) is not null)];
        if (given.Length > 1)
        {
            throw new StashErrorException($"cannot have {given[0]} and {given[1]} in the same filter");
        }

        return given switch
        {
            [] => own,
            ["AND"] => own && matches(filter.Required("AND")),
            ["OR"] => own || matches(filter.Required("OR")),
            _ => own && !matches(filter.Required("NOT")),
        };
    }

    /// <summary>Words count one by one unless the text is in quotation marks.</summary>
    private static string[] Words(string text)
    {
        var trimmed = text.Trim();
        var bare = trimmed.Trim('"');
        return bare == trimmed
            ? trimmed.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } words
                ? words
                : [""]
            : [bare];
    }

    private static bool Matches(string value, string pattern)
    {
        try
        {
            return Regex.IsMatch(value, pattern, RegexOptions.None, RegexTimeout);
        }
        catch (ArgumentException)
        {
            throw new StashErrorException($"error parsing regexp: `{pattern}`");
        }
    }

    private static DateTimeOffset ParseTime(string text, TimeSpan offset)
    {
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time))
        {
            return time.ToOffset(offset);
        }

        throw new StashErrorException($"unable to parse '{text}' as a time");
    }
}
