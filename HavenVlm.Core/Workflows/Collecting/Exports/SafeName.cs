using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace HavenVlm.Core.Workflows.Collecting.Exports;

/// <summary>Names of tags made fit to be names of folders on every system: no separators, no reserved names, not too long, no two alike.</summary>
internal static class SafeName
{
    private const int LongestBytes = 80;

    private static readonly string[] Reserved =
    [
        "con",
        "prn",
        "aux",
        "nul",
        "conin$",
        "conout$",
        .. Enumerable.Range(0, 10).SelectMany(number => new[] { $"com{number}", $"lpt{number}" }),
    ];

    /// <summary>
    /// The same name wherever it is safe as it is; else what is safe of it and eight digits of its hash, so that different names stay
    /// different, also where a file system takes upper and lower case or composed and decomposed letters for the same.
    /// </summary>
    public static string Of(string name)
    {
        var safe = new StringBuilder();
        var bytes = 0;
        foreach (var rune in Normalized(name).EnumerateRunes())
        {
            var fit = IsSafe(rune) ? rune : new Rune('_');
            bytes += fit.Utf8SequenceLength;
            if (bytes > LongestBytes)
            {
                break;
            }

            safe.Append(fit);
        }

        var text = safe.ToString().Trim(' ', '.');
        var stem = text.Split('.')[0].TrimEnd().ToLowerInvariant();
        var isPlain =
            text.Length > 0 && string.Equals(text, name, StringComparison.Ordinal) && text.All(char.IsAscii) && !Reserved.Contains(stem);
        return isPlain ? text : $"{(text.Length == 0 || Reserved.Contains(stem) ? "_" : "")}{text}-{Hash(name)}";
    }

    private static string Normalized(string name)
    {
        try
        {
            return name.Normalize(NormalizationForm.FormC);
        }
        catch (ArgumentException)
        {
            // Half of a surrogate pair: not a text that could be normalized, but still a name.
            return name;
        }
    }

    private static bool IsSafe(Rune rune) =>
        rune.Value is ' ' or '-' or '_' or '.' or '(' or ')' or '+' or ','
        || Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.LowercaseLetter
                or UnicodeCategory.UppercaseLetter
                or UnicodeCategory.OtherLetter
                or UnicodeCategory.ModifierLetter
                or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.DecimalDigitNumber
                or UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark;

    private static string Hash(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 4));
}
