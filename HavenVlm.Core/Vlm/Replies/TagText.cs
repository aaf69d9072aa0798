using System.Buffers;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>Small texts about one tag: <c>Kissing (0.9)</c>, <c>Kissing: 85%</c>, <c>- **Kissing**</c>, <c>no</c>.</summary>
internal static class TagText
{
    private static readonly SearchValues<char> BeforeConfidence = SearchValues.Create("(:=[-–@");

    /// <summary>A tag's text and the confidence behind it, when there is one and the whole is not itself a tag.</summary>
    public static (string Name, double? Confidence) WithConfidence(string text, TagNames tags)
    {
        var trimmed = WithoutBullet(text.Trim());
        if (tags.Find(trimmed) is not null)
        {
            return (trimmed, null);
        }

        var at = trimmed.AsSpan().LastIndexOfAny(BeforeConfidence);
        if (at > 0 && ConfidenceText.Read(trimmed[(at + 1)..]) is { } confidence)
        {
            return (trimmed[..at].TrimEnd(), confidence);
        }

        return (trimmed, null);
    }

    /// <summary>Yes or no in a model's words; null = neither.</summary>
    public static bool? Verdict(string text) =>
        TagNames.Normalize(text) switch
        {
            "yes" or "true" or "present" or "visible" or "detected" or "y" or "✓" or "✔" or "✅" or "applies" or "high" or "medium" => true,
            "no"
            or "false"
            or "absent"
            or "not present"
            or "not visible"
            or "not detected"
            or "n"
            or "✗"
            or "✘"
            or "❌"
            or "none"
            or "does not apply" => false,
            _ => null,
        };

    // "- ", "* ", "• ", "1. ", "2) "
    private static string WithoutBullet(string text)
    {
        var start = 0;
        while (start < text.Length && text[start] is '-' or '*' or '•' or '+' or '–')
        {
            start++;
        }

        var digits = start;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
        {
            digits++;
        }

        if (digits > start && digits + 1 < text.Length && text[digits] is '.' or ')' && text[digits + 1] == ' ')
        {
            start = digits + 1;
        }

        return start > 0 && start < text.Length ? text[start..].Trim() : text;
    }
}
