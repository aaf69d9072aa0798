namespace HavenVlm.Core.Configuration;

/// <summary>Finds the name that somebody probably meant.</summary>
public static class NearestName
{
    /// <summary>The name that differs least, ignoring case, when it differs little; null otherwise.</summary>
    /// <param name="written">What was written.</param>
    /// <param name="names">What there is.</param>
    public static string? Of(string written, IEnumerable<string> names)
    {
        var limit = Math.Max(1, written.Length / 3);
        return names
            .Select(name => (Name: name, Distance: Distance(written.ToUpperInvariant(), name.ToUpperInvariant())))
            .Where(candidate => candidate.Distance <= limit && candidate.Distance < candidate.Name.Length)
            .OrderBy(candidate => candidate.Distance)
            .Select(candidate => candidate.Name)
            .FirstOrDefault();
    }

    /// <summary>
    /// Letters to insert, delete, replace or swap with their neighbor
    /// (optimal string alignment: Boytsov 2011, "Indexing methods for approximate dictionary searching", 2.1).
    /// </summary>
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1][];
        for (var i = 0; i <= a.Length; i++)
        {
            rows[i] = new int[b.Length + 1];
            rows[i][0] = i;
        }

        for (var j = 0; j <= b.Length; j++)
        {
            rows[0][j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                var best = Math.Min(replaced, Math.Min(rows[i - 1][j], rows[i][j - 1]) + 1);
                var swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                rows[i][j] = swapped ? Math.Min(best, rows[i - 2][j - 2] + 1) : best;
            }
        }

        return rows[a.Length][b.Length];
    }
}
