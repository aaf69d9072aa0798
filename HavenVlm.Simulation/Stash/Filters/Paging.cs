using HavenVlm.Simulation.Stash.GraphQl;
using HavenVlm.Simulation.Stash.State;

namespace HavenVlm.Simulation.Stash.Filters;

/// <summary>Search text, order and page of a list. 25 rows a page unless asked otherwise; a negative number means all.</summary>
internal static class Paging
{
    private const int DefaultPageSize = 25;

    public static List<T> Order<T>(
        IEnumerable<T> rows,
        InputObject? filter,
        StashVersion version,
        string standard,
        IReadOnlyDictionary<string, Func<T, object?>> orders
    )
    {
        var sort = filter?.Text("sort") is { Length: > 0 } given ? given : standard;
        var random = sort.StartsWith("random", StringComparison.Ordinal);
        if (!random && !orders.ContainsKey(sort))
        {
            throw version >= StashVersion.Release26
                ? new StashErrorException($"invalid sort: {sort}")
                : new StashErrorException($"no such column: {sort}");
        }

        var key = random ? row => row!.GetHashCode() : orders[sort];
        var comparer = Comparer<object?>.Create(Compare);
        return filter?.Text("direction") == "DESC" ? [.. rows.OrderByDescending(key, comparer)] : [.. rows.OrderBy(key, comparer)];
    }

    public static IEnumerable<T> Page<T>(IReadOnlyList<T> rows, InputObject? filter)
    {
        var size = filter?.Int("per_page") ?? DefaultPageSize;
        return size < 0 ? rows : rows.Skip((Math.Max(1, filter?.Int("page") ?? 1) - 1) * size).Take(size);
    }

    public static bool Matches(InputObject? filter, params IEnumerable<string?> columns)
    {
        if (filter?.Text("q") is not { Length: > 0 } query)
        {
            return true;
        }

        List<string?> values = [.. columns];
        return query
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .All(word => values.Any(value => SqlLike.Matches(value, $"%{word}%")));
    }

    private static int Compare(object? left, object? right) =>
        (left, right) switch
        {
            (string a, string b) => NaturalOrder.Comparer.Compare(a, b),
            _ => Comparer<object?>.Default.Compare(left, right),
        };
}
