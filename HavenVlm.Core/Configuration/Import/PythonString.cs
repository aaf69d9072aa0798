using System.Globalization;
using System.Text;

namespace HavenVlm.Core.Configuration.Import;

/// <summary>Python's strings: every quote, prefix and escape.</summary>
internal static class PythonString
{
    private static readonly string[] Prefixes = ["r", "u", "b", "f", "br", "rb", "fr", "rf"];

    /// <summary>Whether a word before a quote belongs to the string.</summary>
    public static bool IsPrefix(string word) => Prefixes.Contains(word, StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads a string from its quote on and moves behind it.</summary>
    /// <returns>Whether its value is known: it is closed, no bytes, and has no placeholders.</returns>
    public static bool Read(string source, ref int at, ref int line, string prefix, out (string Text, int Line) text)
    {
        var start = line;
        var quote = source[at];
        var isLong = string.CompareOrdinal(source, at, new string(quote, 3), 0, 3) == 0;
        var end = isLong ? new string(quote, 3) : quote.ToString();
        at += end.Length;
        var isRaw = prefix.Contains('r', StringComparison.OrdinalIgnoreCase);
        var value = new StringBuilder();
        var isClosed = false;
        while (at < source.Length && (isLong || source[at] != '\n'))
        {
            if (string.CompareOrdinal(source, at, end, 0, end.Length) == 0)
            {
                at += end.Length;
                isClosed = true;
                break;
            }

            line += source[at] == '\n' ? 1 : 0;
            if (source[at] == '\\' && at + 1 < source.Length)
            {
                Escape(source, ref at, ref line, isRaw, value);
            }
            else
            {
                value.Append(source[at++]);
            }
        }

        text = (Whole(value.ToString()), start);
        var isKnown =
            !prefix.Contains('b', StringComparison.OrdinalIgnoreCase)
            && !(prefix.Contains('f', StringComparison.OrdinalIgnoreCase) && text.Text.AsSpan().ContainsAny('{', '}'));
        return isClosed && isKnown;
    }

    private static void Escape(string source, ref int at, ref int line, bool isRaw, StringBuilder value)
    {
        var c = source[at + 1];
        line += c == '\n' ? 1 : 0;
        if (isRaw)
        {
            value.Append('\\').Append(c);
            at += 2;
            return;
        }

        at += 2;
        switch (c)
        {
            case '\n':
                break;
            case '\\' or '\'' or '"':
                value.Append(c);
                break;
            case 'n' or 't' or 'r' or 'a' or 'b' or 'f' or 'v':
                value.Append("\n\t\r\a\b\f\v"["ntrabfv".IndexOf(c, StringComparison.Ordinal)]);
                break;
            case 'x':
                Code(source, ref at, 2, value);
                break;
            case 'u':
                Code(source, ref at, 4, value);
                break;
            case 'U':
                Code(source, ref at, 8, value);
                break;
            case >= '0' and <= '7':
                Octal(source, ref at, c - '0', value);
                break;
            default:
                value.Append('\\').Append(c);
                break;
        }
    }

    private static void Code(string source, ref int at, int digits, StringBuilder value)
    {
        var end = Math.Min(at + digits, source.Length);
        var isCode = uint.TryParse(source.AsSpan(at, end - at), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code);
        if (!isCode || end - at < digits)
        {
            value.Append(Rune.ReplacementChar.ToString());
            return;
        }

        at = end;
        value.Append((Rune.IsValid(code) ? new Rune(code) : Rune.ReplacementChar).ToString());
    }

    private static void Octal(string source, ref int at, int code, StringBuilder value)
    {
        for (var digits = 1; digits < 3 && at < source.Length && source[at] is >= '0' and <= '7'; digits++)
        {
            code = (code * 8) + (source[at++] - '0');
        }

        value.Append((char)code);
    }

    // Half a pair of a character cannot be written to a file.
    private static string Whole(string text)
    {
        var whole = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            whole.Append(rune);
        }

        return whole.ToString();
    }
}
