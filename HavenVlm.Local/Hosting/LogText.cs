using System.Globalization;
using System.Text;

namespace HavenVlm.Local.Hosting;

/// <summary>Keeps text of others from looking like log lines of ours, and from steering the terminal that shows them.</summary>
internal static class LogText
{
    /// <summary>One line: control, format and line-separating characters become visible escapes.</summary>
    public static string Line(string text) => Escape(text, keepsLines: false);

    /// <summary>Several lines, each indented, so that none begins as a log line does.</summary>
    public static string Indented(string text) =>
        Escape(text.ReplaceLineEndings("\n"), keepsLines: true).Replace("\n", "\n    ", StringComparison.Ordinal);

    /// <summary>Several lines as they are, but without what steers a terminal.</summary>
    public static string Lines(string text) => Escape(text.ReplaceLineEndings("\n"), keepsLines: true);

    private static string Escape(string text, bool keepsLines)
    {
        if (!text.Any(IsSteering))
        {
            return text;
        }

        var line = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            _ = character switch
            {
                '\n' when keepsLines => line.Append(character),
                '\n' => line.Append(@"\n"),
                '\r' => line.Append(@"\r"),
                '\t' => line.Append(' '),
                _ when IsSteering(character) => line.Append(CultureInfo.InvariantCulture, $@"\u{(int)character:x4}"),
                _ => line.Append(character),
            };
        }

        return line.ToString();
    }

    private static bool IsSteering(char character) =>
        char.GetUnicodeCategory(character)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator;
}
