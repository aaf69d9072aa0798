using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace HavenVlm.Core.Configuration;

/// <summary>Shares as users write them: <c>10%</c> or <c>0.1</c>.</summary>
internal static class PercentText
{
    public const string Pattern = @"^[0-9]+(\.[0-9]+)?%$";

    /// <summary>Reads a share of 0 to 1; when it can't, says why in words that follow the text found.</summary>
    public static bool TryParse(string text, out double share, [NotNullWhen(false)] out string? problem)
    {
        var isPercent = text.EndsWith('%');
        // The decimal point is moved as decimal: 7 / 100 as binary numbers is not 0.07.
        if (!decimal.TryParse(isPercent ? text[..^1] : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            share = 0;
            problem = "is not a share";
            return false;
        }

        share = (double)(isPercent ? number / 100 : number);
        problem = share > 1 ? "is more than the whole" : null;
        return problem is null;
    }

    public static string Write(double share) => $"{(decimal)share * 100:0.############}%";
}
