using System.Globalization;
using System.Text;

namespace HavenVlm.Core.Reports;

/// <summary>Builds HTML; <see cref="Text"/> is the only way in for what users and models wrote.</summary>
internal sealed class Html
{
    private readonly StringBuilder _html = new();

    /// <summary>Markup of our own, with nothing in it but numbers.</summary>
    public Html Raw(string markup)
    {
        _html.Append(markup);
        return this;
    }

    /// <summary>
    /// Foreign text: escaped for elements and quoted attributes, set apart so that its direction does not reach what follows, and with
    /// characters that would be invisible or change what surrounds them shown by their number.
    /// </summary>
    public Html Text(string text)
    {
        _html.Append("<bdi>");
        Append(text);
        _html.Append("</bdi>");
        return this;
    }

    /// <summary>Foreign text inside a quoted attribute or a title.</summary>
    public Html Plain(string text)
    {
        Append(text);
        return this;
    }

    public override string ToString() => _html.ToString();

    private void Append(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '&':
                    _html.Append("&amp;");
                    break;
                case '<':
                    _html.Append("&lt;");
                    break;
                case '>':
                    _html.Append("&gt;");
                    break;
                case '"':
                    _html.Append("&quot;");
                    break;
                case '\'':
                    _html.Append("&#39;");
                    break;
                case '\n' or '\t':
                    _html.Append(' ');
                    break;
                default:
                    if (IsHidden(rune))
                    {
                        _html.Append(CultureInfo.InvariantCulture, $"[U+{rune.Value:X4}]");
                    }
                    else
                    {
                        _html.Append(rune.ToString());
                    }

                    break;
            }
        }
    }

    // Joiners (200C, 200D) are part of words and emoji and stay.
    private static bool IsHidden(Rune rune) =>
        rune.Value is not (0x200C or 0x200D)
        && (
            Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.Control
                    or UnicodeCategory.Format
                    or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator
            || rune == Rune.ReplacementChar
        );
}
