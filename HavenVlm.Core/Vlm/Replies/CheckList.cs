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
        if (!Array.Exists(lines, line => Read(line) is not null))
        {
            return null;
        }

        var isAboutTags = Array.Exists(lines, line => Read(line) is var (_, name) && IsTag(name, tags));
        var isAnyChecked = !isAboutTags || Array.Exists(lines, line => Read(line) is (true, _));
        var plain = new StringBuilder(text.Length);
        foreach (var line in lines)
        {
            if (Read(line) is not var (isChecked, name))
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

    // "- [x] Kissing", "* [ ] Kissing", "1. [X] Kissing", "[ ] Kissing"
    private static (bool IsChecked, string Name)? Read(string line)
    {
        var rest = line.AsSpan().TrimStart(" \t-*+•.)0123456789");
        return rest.Length > 4 && rest[0] == '[' && rest[2] == ']' && rest[3] == ' ' && rest[1] is ' ' or 'x' or 'X' or '✓' or '✔'
            ? (rest[1] != ' ', rest[4..].Trim().ToString())
            : null;
    }
}
