using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using YamlDotNet.Core;

namespace HavenVlm.Core.Configuration.Editing;

/// <summary>Writes keys and values so that they read back as they are, wherever in a YAML text they stand.</summary>
internal static partial class YamlWords
{
    /// <summary>A key: plain where nothing could be read into it.</summary>
    public static string Key(string key, bool quoted) => !quoted && PlainKey().IsMatch(key) ? key : Quoted(key);

    /// <summary>A value: numbers and durations plain, everything else in quotes.</summary>
    /// <param name="value">The value.</param>
    /// <param name="json">Whether only what JSON knows may stand plain.</param>
    public static string Value(string value, bool json) => (json ? Number() : PlainValue()).IsMatch(value) ? value : Quoted(value);

    /// <summary>A value in the place of another, in the same quotes.</summary>
    public static string Value(string value, ScalarStyle style, bool json) =>
        style switch
        {
            ScalarStyle.SingleQuoted => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'",
            ScalarStyle.DoubleQuoted => Quoted(value),
            _ => Value(value, json),
        };

    /// <summary>In double quotes, as JSON and YAML both read it.</summary>
    public static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                // Also what YAML takes for the end of a line.
                < ' ' or (>= '\u007f' and <= '\u00a0') or '\u2028' or '\u2029' or '\ufeff' => quoted.Append(
                    CultureInfo.InvariantCulture,
                    $"\\u{(int)c:x4}"
                ),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_]*([ -][A-Za-z0-9_]+)*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PlainKey();

    [GeneratedRegex("^([0-9]+([.][0-9]+)?(ms|s|m|h|d|%)?|true|false)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PlainValue();

    [GeneratedRegex("^([0-9]+([.][0-9]+)?|true|false)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Number();
}
