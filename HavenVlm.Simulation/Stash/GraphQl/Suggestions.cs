namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>The "Did you mean" of the server's validation messages: names within an edit distance of 40 % of what was typed, plus one.</summary>
internal static class Suggestions
{
    public static string For(string typed, IEnumerable<string> options)
    {
        var near = options
            .Select(option => (option, distance: Distance(typed, option)))
            .Where(candidate => candidate.distance <= (int)(typed.Length * 0.4) + 1)
            .OrderBy(candidate => candidate.distance)
            .Take(5)
            .Select(candidate => $"\"{candidate.option}\"")
            .ToList();
        return near.Count switch
        {
            0 => "",
            1 => $" Did you mean {near[0]}?",
            2 => $" Did you mean {near[0]} or {near[1]}?",
            _ => $" Did you mean {string.Join(", ", near[..^1])}, or {near[^1]}?",
        };
    }

    private static int Distance(string a, string b)
    {
        a = a.ToUpperInvariant();
        b = b.ToUpperInvariant();
        if (a == b)
        {
            return 1;
        }

        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
