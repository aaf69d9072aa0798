using System.Text.RegularExpressions;

namespace HavenVlm.Core.Media.Ffmpeg;

/// <summary>Makes what ffmpeg says fit for people: no memory addresses, no control characters, few and different lines.</summary>
internal static partial class FfmpegErrorText
{
    private const int MaxLength = 400;
    private const int MaxLines = 3;

    /// <summary>The last decoder that the allow-list kept from being opened, which is the one that matters; null = none.</summary>
    public static string? RefusedCodec(string text) =>
        RefusalPattern().Match(text) is { Success: true } match ? match.Groups["name"].Value : null;

    /// <summary>The last few different lines, joined.</summary>
    public static string Clean(string text)
    {
        var lines = text.Split('\n', '\r')
            .Select(line => AddressPattern().Replace(ControlPattern().Replace(line, " "), "${name}]").Trim())
            // Sound is kept from being decoded by the allow-list; that is no fault of the file.
            .Where(line => line.Length > 0 && !line.Contains("not on whitelist", StringComparison.Ordinal))
            .Where(line => !line.StartsWith("Last message repeated", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal)
            .TakeLast(MaxLines);
        var joined = string.Join("; ", lines);
        if (joined.Length <= MaxLength)
        {
            return joined;
        }

        // Not within a surrogate pair.
        var end = char.IsHighSurrogate(joined[MaxLength - 1]) ? MaxLength - 1 : MaxLength;
        return $"{joined[..end]}…";
    }

    [GeneratedRegex(@"(?<name>\[[^\]@]{1,80}) @ 0x[0-9a-fA-F]+\]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AddressPattern();

    [GeneratedRegex(@"Codec \((?<name>[\w.-]{1,40})\) not on whitelist", RegexOptions.ExplicitCapture | RegexOptions.RightToLeft, 1000)]
    private static partial Regex RefusalPattern();

    [GeneratedRegex(@"[\p{Cc}\p{Cf}]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ControlPattern();
}
