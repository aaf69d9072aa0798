using System.Globalization;
using System.Text.Json;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>Reads what models write for a confidence: 0.85, "0,85", 85, "85%", "9/10", "high".</summary>
internal static class ConfidenceText
{
    private static readonly Dictionary<string, double> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["certain"] = 0.95,
        ["very high"] = 0.95,
        ["high"] = 0.9,
        ["medium"] = 0.6,
        ["moderate"] = 0.6,
        ["low"] = 0.3,
        ["very low"] = 0.1,
    };

    /// <summary>
    /// What a number becomes that is no confidence (negative, above 100 %): the model did not count what it was asked to, so that nothing it says
    /// of the picture can be believed.
    /// </summary>
    public const double OutOfRange = double.NaN;

    /// <summary>A confidence from 0 to 1; <see cref="OutOfRange"/>; null = none that can be read.</summary>
    public static double? Read(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetDouble(out var number) ? OfNumber(number) : null,
            JsonValueKind.String => Read(value.GetString()!),
            _ => null,
        };

    /// <inheritdoc cref="Read(JsonElement)"/>
    public static double? Read(ReadOnlySpan<char> text)
    {
        var trimmed = text.Trim(" \t\r\n()[]*\"'`~≈=:");
        if (trimmed.Length is 0 or > 32)
        {
            return null;
        }

        var isPercent = trimmed[^1] == '%';
        if (isPercent)
        {
            trimmed = trimmed[..^1].TrimEnd();
        }

        if (Number(trimmed) is { } number)
        {
            return isPercent ? Check(number / 100) : OfNumber(number);
        }

        if (Fraction(trimmed) is { } fraction)
        {
            return fraction;
        }

        return Words.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(trimmed, out var confidence) ? confidence : null;
    }

    // "0,9" is how half of Europe writes 0.9.
    private static double? Number(ReadOnlySpan<char> text)
    {
        Span<char> pointed = stackalloc char[text.Length];
        text.CopyTo(pointed);
        if (text.Count(',') == 1 && !text.Contains('.'))
        {
            pointed[text.IndexOf(',')] = '.';
        }

        return double.TryParse(
            pointed,
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : null;
    }

    // "9/10", "4 out of 5"
    private static double? Fraction(ReadOnlySpan<char> text)
    {
        var over = text.IndexOf('/');
        var length = 1;
        if (over < 0)
        {
            over = text.IndexOf("out of", StringComparison.OrdinalIgnoreCase);
            length = "out of".Length;
        }

        return
            over > 0
            && Number(text[..over].TrimEnd()) is { } part
            && Number(text[(over + length)..].TrimStart()) is { } whole and (1 or 5 or 10 or 100)
            ? Check(part / whole)
            : null;
    }

    // Above 1 it is meant as a percentage.
    private static double? OfNumber(double number) => Check(number > 1 ? number / 100 : number);

    private static double? Check(double number) =>
        double.IsNaN(number) ? null
        : number is >= 0 and <= 1 ? number
        : OutOfRange;
}
