using System.Buffers;
using System.Globalization;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>What a piece of a sentence is.</summary>
internal enum TokenKind
{
    /// <summary>A word or a mark.</summary>
    Word,

    /// <summary>A tag of the question.</summary>
    Tag,

    /// <summary>A number.</summary>
    Number,
}

/// <summary>A piece of a sentence.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Words">What it does, of a word.</param>
/// <param name="Start">Where it is in the text.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Tag">The tag that it names.</param>
/// <param name="Number">The confidence that it is, when it can be one.</param>
/// <param name="IsScore">Whether a number has the form of a confidence wherever it is: <c>0.9</c>, <c>9/10</c>, <c>90%</c>.</param>
internal readonly record struct ProseToken(
    TokenKind Kind,
    WordKinds Words,
    int Start,
    int Length,
    string? Tag = null,
    double? Number = null,
    bool IsScore = false
)
{
    /// <summary>Behind its last character.</summary>
    public int End => Start + Length;

    /// <summary>Whether it is a word that does one of these.</summary>
    public bool Is(WordKinds kinds) => Kind == TokenKind.Word && (Words & kinds) != WordKinds.None;
}

/// <summary>Takes a text apart into sentences of tokens. The work is linear.</summary>
internal sealed class ProseTokens(TagNames tags)
{
    private const int LongestScore = 16;

    // The last one only makes a mark colorful.
    private static readonly SearchValues<char> Dropped = SearchValues.Create("\"*`“”„«»'‘’_{}#>\ufe0f");

    private readonly Lazy<SearchValues<string>> _names = new(() =>
        SearchValues.Create([.. tags.Written], StringComparison.OrdinalIgnoreCase)
    );

    private readonly Lazy<ILookup<char, string>> _byFirst = new(() =>
        tags.Written.OrderByDescending(name => name.Length).ToLookup(name => char.ToUpperInvariant(name[0]))
    );

    /// <summary>The tokens of a sentence.</summary>
    public List<ProseToken> Split(string text, int from, int to)
    {
        var tokens = new List<ProseToken>();
        var all = text.AsSpan(0, to);
        var position = from;
        var nextName = NextName(all, position);
        while (position < to)
        {
            if (nextName >= 0 && nextName < position)
            {
                nextName = NextName(all, position);
            }

            var c = all[position];
            if (position == nextName)
            {
                if (TagAt(all, position) is var (tag, length))
                {
                    tokens.Add(new ProseToken(TokenKind.Tag, WordKinds.None, position, length, tag));
                    position += length;
                }
                else
                {
                    // Part of a word, or the name of a longer tag that is not there: read as what it is.
                    position = Take(tokens, all, position);
                }

                nextName = NextName(all, position);
                continue;
            }

            if (char.IsWhiteSpace(c) || Dropped.Contains(c))
            {
                position++;
                continue;
            }

            var end = Take(tokens, all, position, limit: nextName < 0 ? to : nextName);
            position = end;
        }

        return tokens;
    }

    /// <summary>Whether a text names a tag.</summary>
    public bool HasTag(ReadOnlySpan<char> text)
    {
        for (var at = NextName(text, 0); at >= 0; at = at + 1 < text.Length ? NextName(text, at + 1) : -1)
        {
            if (TagAt(text, at) is not null)
            {
                return true;
            }
        }

        return false;
    }

    private int NextName(ReadOnlySpan<char> text, int from)
    {
        var offset = text[from..].IndexOfAny(_names.Value);
        return offset < 0 ? -1 : from + offset;
    }

    private static int Take(List<ProseToken> tokens, ReadOnlySpan<char> text, int at, int limit = int.MaxValue)
    {
        if (char.IsAsciiDigit(text[at]) || (text[at] == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])))
        {
            var (length, number, isScore) = ReadNumber(text[at..]);
            tokens.Add(new ProseToken(TokenKind.Number, WordKinds.None, at, length, Number: number, IsScore: isScore));
            return at + length;
        }

        var end = at;
        while (end < text.Length && (IsLetter(text[end]) || IsApostrophe(text, at, end)))
        {
            end++;
        }

        if (end == at)
        {
            // A mark, or an emoji of two units.
            end += char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;
        }
        else if (limit > at && limit < end && !IsWordPart(text[limit]))
        {
            end = limit;
        }

        tokens.Add(new ProseToken(TokenKind.Word, ProseWords.Of(text[at..end]), at, end - at));
        return end;
    }

    private static bool IsLetter(char c) =>
        char.IsAscii(c) ? char.IsAsciiLetter(c) : char.IsLetter(c) || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark;

    private static bool IsApostrophe(ReadOnlySpan<char> text, int start, int at) =>
        text[at] is '’' or '\'' && at > start && at + 1 < text.Length && char.IsLetter(text[at + 1]);

    // The longest tag that stands there as a whole word.
    private (string Tag, int Length)? TagAt(ReadOnlySpan<char> text, int at)
    {
        foreach (var name in _byFirst.Value[char.ToUpperInvariant(text[at])])
        {
            if (text[at..].StartsWith(name, StringComparison.OrdinalIgnoreCase) && IsWhole(text, at, name.Length))
            {
                return (tags.Find(name)!, name.Length);
            }
        }

        return null;
    }

    private static bool IsWhole(ReadOnlySpan<char> text, int at, int length)
    {
        var end = at + length;
        var startsWord = at == 0 || !IsWordPart(text[at - 1]) || !IsWordPart(text[at]);
        var endsWord = end == text.Length || !IsWordPart(text[end]) || !IsWordPart(text[end - 1]);
        return startsWord && endsWord;
    }

    // Scripts without spaces between words have no word borders to look for.
    private static bool IsWordPart(char c) => char.IsLetterOrDigit(c) && c is < '\u2e80' or > '\ud7ff';

    // "0.9", "0,9", "90%", "90 percent", "9/10", "9 out of 10"; "0:12" is a time and "0.5.1" no number.
    private static (int Length, double? Number, bool IsScore) ReadNumber(ReadOnlySpan<char> text)
    {
        var end = Digits(text, 0);
        if (end < text.Length - 1 && text[end] is '.' or ',' && char.IsAsciiDigit(text[end + 1]) && (text[end] == '.' || end == 1))
        {
            end = Digits(text, end + 1);
        }

        var length = end;
        var rest = text[end..];
        if (rest.Length > 1 && rest[0] is '.' or ':' && char.IsAsciiDigit(rest[1]))
        {
            while (end < text.Length - 1 && text[end] is '.' or ':' && char.IsAsciiDigit(text[end + 1]))
            {
                end = Digits(text, end + 1);
            }

            return (end, null, false);
        }

        var isDecimal = text[..end].ContainsAny('.', ',');
        var over = rest.TrimStart();
        foreach (var sign in (ReadOnlySpan<string>)["%", "percent", "/", "out of"])
        {
            if (!over.StartsWith(sign, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            length = end + (rest.Length - over.Length) + sign.Length;
            if (sign is "%" or "percent")
            {
                return (length, ConfidenceText.Read(string.Concat(text[..end], "%")), true);
            }

            while (length < text.Length && text[length] == ' ')
            {
                length++;
            }

            var whole = Digits(text, length);
            return whole > length && whole - length < LongestScore
                ? (whole, ConfidenceText.Read(string.Concat(text[..end], "/", text[length..whole])), true)
                : (end, ConfidenceText.Read(text[..end]), isDecimal);
        }

        return (end, ConfidenceText.Read(text[..end]), isDecimal);
    }

    private static int Digits(ReadOnlySpan<char> text, int from)
    {
        while (from < text.Length && char.IsAsciiDigit(text[from]))
        {
            from++;
        }

        return from;
    }
}
