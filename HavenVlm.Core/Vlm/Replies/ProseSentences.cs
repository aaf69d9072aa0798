using System.Buffers;
using System.Text;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>A sentence, or a line that is none.</summary>
/// <param name="Tokens">Its tokens, without the bullet.</param>
/// <param name="IsQuestion">Whether it ends with a question mark.</param>
/// <param name="IsItem">Whether it begins a line with a bullet.</param>
/// <param name="BeginsLine">Whether it begins a line.</param>
/// <param name="IsHeader">Whether it is a line that names what the lines below it are: it ends with a colon or is a heading.</param>
/// <param name="IsAfterGap">Whether an empty line comes before it.</param>
/// <param name="Text">As it was written.</param>
internal sealed record ProseSentence(
    List<ProseToken> Tokens,
    bool IsQuestion,
    bool IsItem,
    bool BeginsLine,
    bool IsHeader,
    bool IsAfterGap,
    string Text
)
{
    /// <summary>Whether it names a tag.</summary>
    public bool HasTag => Tokens.Exists(token => token.Kind == TokenKind.Tag);
}

/// <summary>Parts a text into sentences.</summary>
internal sealed class ProseSentences(TagNames tags)
{
    // More are a loop, not an answer.
    private const int Most = 2000;

    private static readonly SearchValues<char> Ends = SearchValues.Create(".;!?\n。！？；");

    private static readonly SearchValues<string> IdiomPhrases = SearchValues.Create(
        [.. ProseWords.Idioms.Select(idiom => idiom.Phrase)],
        StringComparison.OrdinalIgnoreCase
    );

    private readonly ProseTokens _tokens = new(tags);

    /// <summary>The sentences of a text, and the text that their tokens point into; no sentences when there are too many.</summary>
    public (List<ProseSentence> Sentences, string Text) Split(string written)
    {
        var text = WithoutIdioms(written);
        var sentences = new List<ProseSentence>();
        var (isLineStart, isAfterGap) = (true, false);
        for (var start = 0; start < text.Length; )
        {
            var (isItem, isHeading, from) = isLineStart ? Bullet(text, start) : (false, false, start);
            var end = EndOf(text, from);
            var mark = end < text.Length ? text[end] : '\n';
            var isWhole = mark == '\n';
            var said = text.AsSpan(from, end - from).Trim();
            if (sentences.Count == Most)
            {
                return ([], text);
            }

            if (said.Length > 0)
            {
                var isHeader = isWhole && (isHeading || said.TrimEnd("*_` \r").EndsWith(":"));
                sentences.Add(
                    new ProseSentence(
                        _tokens.Split(text, from, end),
                        IsQuestion: mark is '?' or '？',
                        isItem,
                        isLineStart,
                        isHeader,
                        isAfterGap,
                        said.ToString()
                    )
                );
                isAfterGap = false;
            }
            else if (isLineStart && isWhole)
            {
                isAfterGap = true;
            }

            isLineStart = isWhole;
            start = end + 1;
        }

        return (sentences, text);
    }

    /// <summary>Whether a text names a tag.</summary>
    public bool HasTag(string text) => _tokens.HasTag(text);

    // "0.9" does not end a sentence.
    private static int EndOf(string text, int from)
    {
        for (var at = from; ; )
        {
            var offset = text.AsSpan(at).IndexOfAny(Ends);
            if (offset < 0)
            {
                return text.Length;
            }

            at += offset;
            if (text[at] != '.' || at + 1 >= text.Length || !char.IsAsciiDigit(text[at + 1]))
            {
                return at;
            }

            at++;
        }
    }

    // "- ", "* ", "1. ", "2) ", "a. ", "### "
    private static (bool IsItem, bool IsHeading, int From) Bullet(string text, int start)
    {
        var at = start;
        while (at < text.Length && text[at] is ' ' or '\t' or '\r' or '>')
        {
            at++;
        }

        var line = text.AsSpan(at);
        var marks = line.Length - line.TrimStart("-*•+–#·").Length;
        if (marks > 0 && at + marks < text.Length && text[at + marks] is ' ' or '\t')
        {
            return text[at] == '#' ? (false, true, at + marks) : (true, false, at + marks);
        }

        var digits = line.Length - line.TrimStart("0123456789").Length;
        return digits is > 0 and < 4 && digits + 1 < line.Length && line[digits] is '.' or ')' && line[digits + 1] == ' '
            ? (true, false, at + digits + 1)
            : (false, false, start);
    }

    private static string WithoutIdioms(string text)
    {
        if (!text.AsSpan().ContainsAny(IdiomPhrases))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        while (rest.IndexOfAny(IdiomPhrases) is var at and >= 0)
        {
            var idiom = Longest(rest[at..]);
            var isWhole =
                (at == 0 || !char.IsLetter(rest[at - 1]))
                && (at + idiom.Phrase.Length == rest.Length || !char.IsLetter(rest[at + idiom.Phrase.Length]));
            result.Append(rest[..at]).Append(isWhole ? idiom.Meaning : rest.Slice(at, idiom.Phrase.Length));
            rest = rest[(at + idiom.Phrase.Length)..];
        }

        return result.Append(rest).ToString();
    }

    private static (string Phrase, string Meaning) Longest(ReadOnlySpan<char> text)
    {
        (string Phrase, string Meaning) best = ("", "");
        foreach (var idiom in ProseWords.Idioms)
        {
            if (idiom.Phrase.Length > best.Phrase.Length && text.StartsWith(idiom.Phrase, StringComparison.OrdinalIgnoreCase))
            {
                best = idiom;
            }
        }

        return best;
    }
}
