using System.Globalization;
using System.Text;
using HavenVlm.Core.Configuration.Editing;

namespace HavenVlm.Core.Configuration.Import;

/// <summary>What kind of value a setting of the old plugin has.</summary>
internal enum LegacyValueKind
{
    Text,
    Number,
    Whole,
    Boolean,
}

/// <summary>Writes values of the old plugin as YAML.</summary>
internal static class LegacyValues
{
    private const int LongestComment = 160;

    /// <summary>The value as YAML; null when it is of another kind.</summary>
    public static string? Write(PythonValue? value, LegacyValueKind kind) =>
        (kind, value) switch
        {
            (LegacyValueKind.Text, PythonText text) => YamlWords.Quoted(text.Value),
            (LegacyValueKind.Boolean, PythonBoolean boolean) => boolean.Value ? "true" : "false",
            (LegacyValueKind.Whole, PythonNumber number) => Math.Round(number.Value).ToString("0", CultureInfo.InvariantCulture),
            (LegacyValueKind.Number, PythonNumber number) => number.Value.ToString("0.############", CultureInfo.InvariantCulture),
            _ => null,
        };

    /// <summary>A length of time: seconds as a number, or text such as <c>2s</c> or <c>5%</c>; null when it is neither.</summary>
    public static string? Duration(PythonValue? value)
    {
        var text = value switch
        {
            PythonNumber { Value: >= 0 and < 1e9 } number => number.Value.ToString("0.###", CultureInfo.InvariantCulture) + "s",
            PythonText written when written.Value.Length > 0 && written.Value.All(c => char.IsAsciiDigit(c) || c == '.') => written.Value
                + "s",
            PythonText written => written.Value.Replace(" ", "", StringComparison.Ordinal),
            _ => "",
        };
        return MarkerDuration.TryParse(text, out var duration, out _) ? duration.ToString() : null;
    }

    /// <summary>Foreign text fit for a comment: one line of what YAML allows there, and not endless.</summary>
    public static string Comment(string text)
    {
        var line = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (line.Length >= LongestComment)
            {
                line.Append('…');
                break;
            }

            var isPlain =
                Rune.GetUnicodeCategory(rune)
                is not (
                    UnicodeCategory.Control
                    or UnicodeCategory.Format
                    or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator
                    or UnicodeCategory.OtherNotAssigned
                    or UnicodeCategory.PrivateUse
                );
            line.Append(isPlain ? rune.ToString() : " ");
        }

        return line.ToString();
    }
}
