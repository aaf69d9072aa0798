namespace HavenVlm.Simulation.Stash.State;

/// <summary>SQLite's <c>LIKE</c>: ignores the case of ASCII letters, <c>%</c> stands for any text, <c>_</c> for any one character.</summary>
internal static class SqlLike
{
    public static bool Matches(string? text, string pattern)
    {
        if (text is null)
        {
            return false;
        }

        var (t, p, star, retry) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '%')
            {
                (star, retry) = (p++, t);
            }
            else if (p < pattern.Length && (pattern[p] == '_' || Fold(pattern[p]) == Fold(text[t])))
            {
                (t, p) = (t + 1, p + 1);
            }
            else if (star >= 0)
            {
                (p, t) = (star + 1, ++retry);
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(p).Trim('%').IsEmpty;
    }

    private static char Fold(char letter) => char.IsAsciiLetterUpper(letter) ? (char)(letter | 0x20) : letter;
}
