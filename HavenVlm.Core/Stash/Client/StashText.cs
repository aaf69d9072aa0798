using System.Text;
using HavenVlm.Core.Common;

namespace HavenVlm.Core.Stash.Client;

/// <summary>Text that came from Stash, made fit for messages and comparisons.</summary>
internal static class StashText
{
    private const int LongestMessage = 300;

    /// <summary>One line without control characters, cut to a readable length.</summary>
    public static string Clean(string text)
    {
        var line = new StringBuilder(Math.Min(text.Length, LongestMessage));
        foreach (var rune in text.EnumerateRunes())
        {
            if (line.Length >= LongestMessage)
            {
                _ = line.Append('…');
                break;
            }

            _ = Rune.GetUnicodeCategory(rune) switch
            {
                System.Globalization.UnicodeCategory.Control
                or System.Globalization.UnicodeCategory.Format
                or System.Globalization.UnicodeCategory.LineSeparator
                or System.Globalization.UnicodeCategory.ParagraphSeparator => line.Append(' '),
                _ => line.Append(rune),
            };
        }

        return line.ToString().Trim();
    }

    /// <summary>Whether two names are one name to Stash: SQLite ignores the case of ASCII letters only.</summary>
    public static bool SameName(string a, string b)
    {
        if (a.Length != b.Length)
        {
            return false;
        }

        for (var i = 0; i < a.Length; i++)
        {
            if (a[i] != b[i] && !(char.IsAsciiLetter(a[i]) && char.IsAsciiLetter(b[i]) && (a[i] | 0x20) == (b[i] | 0x20)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a text is an id as Stash gives them out: other spellings of a number would be the same thing under another name.</summary>
    public static bool IsId(string id) => StashId.IsOne(id);
}
