using System.Buffers;
using System.Text;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>Markdown check lists: <c>- [x] Kissing</c> is a yes, <c>- [ ] Kissing</c> a no, and an empty box no empty JSON list.</summary>
internal static class CheckList
{
    private static readonly SearchValues<char> BehindName = SearchValues.Create(":(-–—,");

    /// <summary>
    /// The text with its check list as a plain list of what is checked, <c>none</c> when nothing is. A check list that names no tag loses its
    /// boxes only: it says nothing about any tag. Null when there is no check list.
    /// </summary>
    public static string? ToPlain(string text, TagNames tags)
    {
        var lines = text.Split('\n');
        if (!Array.Exists(lines, line => Read(line, tags) is not null))
        {
            return null;
        }

        var isAboutTags = Array.Exists(lines, line => Read(line, tags) is var (_, name) && IsTag(name, tags));
        var isAnyChecked = !isAboutTags || Array.Exists(lines, line => Read(line, tags) is (true, _));
        var plain = new StringBuilder(text.Length);
        foreach (var line in lines)
        {
            if (Read(line, tags) is not var (isChecked, name))
            {
                plain.Append(line).Append('\n');
            }
            else if (isChecked || !isAboutTags)
            {
                plain.Append("- ").Append(name).Append('\n');
            }
        }

        return isAnyChecked ? plain.ToString() : "none";
    }

    private static bool IsTag(string name, TagNames tags)
    {
        var bare = name.Trim(' ', '*', '_', '`', '\r');
        var end = bare.AsSpan().IndexOfAny(BehindName);
        return tags.Find(bare) is not null || (end > 0 && tags.Find(bare[..end].Trim(' ', '*', '_', '`')) is not null);
    }

    // "- [x] Kissing", "* [ ] Kissing", "1. [X] Kissing", "[] Kissing", "( ) Kissing", "Kissing: [x]"
    private static (bool IsChecked, string Name)? Read(string line, TagNames tags)
    {
        var rest = line.AsSpan().TrimStart(" \t-*+•.)0123456789").TrimEnd();
        if (Box(rest) is var (isChecked, length) && length < rest.Length && rest[length] == ' ')
        {
            return (isChecked, rest[length..].Trim().ToString());
        }

        var open = rest.LastIndexOfAny('[', '(');
        if (open <= 0 || Box(rest[open..]) is not var (isMarked, end) || open + end < rest.Length)
        {
            return null;
        }

        var name = rest[..open].Trim().ToString();
        return IsTag(name, tags) ? (isMarked, name) : null;
    }

    private static (bool IsChecked, int Length)? Box(ReadOnlySpan<char> text)
    {
        if (text.Length < 2 || text[0] is not ('[' or '('))
        {
            return null;
        }

        var close = text.IndexOf(text[0] == '[' ? ']' : ')');
        var inside = close < 0 ? [] : text[1..close].Trim();
        return close is < 0 or > 4 ? null
            : inside.Length == 0 ? (false, close + 1)
            : inside is "x" or "X" or "✓" or "✔" or "✅" or "*" ? (true, close + 1)
            : inside is "✗" or "✘" or "❌" or "-" ? (false, close + 1)
            : null;
    }
}
