using System.Buffers;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>Small texts about one tag: <c>Kissing (0.9)</c>, <c>Kissing: 85%</c>, <c>- **Kissing**</c>, <c>no</c>.</summary>
internal static class TagText
{
    private static readonly SearchValues<char> BeforeConfidence = SearchValues.Create("(:=[-–@");

    private static readonly Dictionary<string, bool> Verdicts = new(
        [
            .. Each(true, "yes", "y", "true", "present", "visible", "detected", "applies", "high", "medium", "✓", "✔", "✅"),
            .. Each(
                false,
                "no",
                "n",
                "false",
                "none",
                "absent",
                "not present",
                "not visible",
                "not detected",
                "does not apply",
                "✗",
                "✘",
                "❌"
            ),
        ],
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>A tag's text and the confidence behind it, when there is one and the whole is not itself a tag.</summary>
    public static (string Name, double? Confidence) WithConfidence(string text, TagNames tags)
    {
        var trimmed = WithoutBullet(text.Trim());
        if (tags.Find(trimmed) is not null)
        {
            return (trimmed, null);
        }

        var at = trimmed.AsSpan().LastIndexOfAny(BeforeConfidence);
        if (at > 0 && ConfidenceText.Read(trimmed.AsSpan(at + 1)) is { } confidence)
        {
            var name = trimmed[..at].TrimEnd();
            return (BeforeWords(name, tags) ?? name, confidence);
        }

        return (trimmed, null);
    }

    // "Kissing (low confidence"
    private static string? BeforeWords(string name, TagNames tags)
    {
        var mark = name.AsSpan().IndexOfAny(BeforeConfidence);
        if (mark <= 0 || tags.Find(name[..mark].TrimEnd()) is null)
        {
            return null;
        }

        foreach (var range in name.AsSpan(mark + 1).Split(' '))
        {
            var word = name.AsSpan(mark + 1)[range].Trim("()[]:-");
            if (word.Length > 0 && (ProseWords.Of(word) & WordKinds.Measure) == WordKinds.None)
            {
                return null;
            }
        }

        return name[..mark].TrimEnd();
    }

    /// <summary>Yes or no in a model's words; null = neither.</summary>
    public static bool? Verdict(ReadOnlySpan<char> text)
    {
        var word = text.Trim(" \t\r\n.,;!\"'`*()[]");
        return Verdicts.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out var verdict) ? verdict : null;
    }

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

        if (digits + 1 < text.Length && text[digits] is '.' or ')' && text[digits + 1] == ' ')
        {
            start = digits + 1;
        }

        return start < text.Length ? text[start..].Trim() : text;
    }

    private static IEnumerable<KeyValuePair<string, bool>> Each(bool verdict, params string[] words) =>
        words.Select(word => KeyValuePair.Create(word, verdict));
}
