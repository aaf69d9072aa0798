using System.Buffers;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>
/// The last resort: tags named as whole words in prose. A tag that the same clause denies is not taken, a verdict behind a tag
/// (<c>Kissing: no</c>, <c>| Kissing | 0.9 |</c>) counts, and a recital of the whole list is no answer.
/// </summary>
internal sealed class ProseAnswer(TagNames tags)
{
    private const int VocabularyEchoSize = 4;

    private static readonly SearchValues<string> NonePhrases = SearchValues.Create(
        [
            "none of the",
            "none of these",
            "none apply",
            "no tags",
            "no tag ",
            "no matching tag",
            "no relevant tag",
            "no applicable tag",
            "nothing from the list",
            "nothing on the list",
            "no action from the list",
        ],
        StringComparison.OrdinalIgnoreCase
    );

    private static readonly SearchValues<string> RefusalPhrases = SearchValues.Create(
        [
            "i'm sorry",
            "i’m sorry",
            "i am sorry",
            "i apologize",
            "i can't assist",
            "i can’t assist",
            "i cannot assist",
            "i can't help",
            "i can’t help",
            "i cannot help",
            "i can't provide",
            "i cannot provide",
            "i can't comply",
            "i cannot comply",
            "i can't analyze",
            "i cannot analyze",
            "i'm unable",
            "i’m unable",
            "i am unable",
            "i'm not able",
            "i am not able",
            "i won't",
            "i will not",
            "i must decline",
            "unable to assist",
            "as an ai",
            "against my guidelines",
            "content policy",
        ],
        StringComparison.OrdinalIgnoreCase
    );

    private static readonly SearchValues<char> Marks = SearchValues.Create(" \t:|=-–—*`\"()[]~≈");
    private static readonly SearchValues<char> WordEnds = SearchValues.Create(" \t|,)]*(\r");
    private static readonly SearchValues<char> WordBorders = SearchValues.Create(" \t\r,:()\"*");
    private static readonly SearchValues<char> ClauseEnds = SearchValues.Create(".;!?\n。");

    private static readonly HashSet<string> Negations = new(StringComparer.OrdinalIgnoreCase)
    {
        "no",
        "not",
        "none",
        "never",
        "without",
        "nor",
        "neither",
        "nobody",
        "cannot",
        "absent",
        "absence",
        "lack",
        "lacks",
        "isn't",
        "isn’t",
        "aren't",
        "aren’t",
        "doesn't",
        "doesn’t",
        "don't",
        "don’t",
        "can't",
        "can’t",
        "wasn't",
        "wasn’t",
    };

    private static readonly HashSet<string> Conjunctions = new(StringComparer.OrdinalIgnoreCase) { "but", "however", "only", "instead" };

    private readonly Lazy<SearchValues<string>> _names = new(() =>
        SearchValues.Create([.. tags.All.Where(name => name.Trim().Length > 0)], StringComparison.OrdinalIgnoreCase)
    );

    /// <summary>Whether the text refuses instead of answering.</summary>
    public static bool IsRefusal(string text) => text.AsSpan(0, Math.Min(text.Length, 400)).ContainsAny(RefusalPhrases);

    /// <summary>Tags that the text says are there; empty when it says that none is; null when it can't be told.</summary>
    public TagMentions? Read(string text)
    {
        var mentions = new TagMentions();
        var denied = new HashSet<string>(StringComparer.Ordinal);
        var rest = text.Replace('_', ' ').AsSpan();
        while (rest.Length > 0)
        {
            var end = rest.IndexOfAny(ClauseEnds);
            // "0.9" is no end of a sentence.
            while (end >= 0 && rest[end] == '.' && end + 1 < rest.Length && char.IsAsciiDigit(rest[end + 1]))
            {
                var more = rest[(end + 1)..].IndexOfAny(ClauseEnds);
                end = more < 0 ? -1 : end + 1 + more;
            }

            ReadClause(end < 0 ? rest : rest[..end], mentions, denied);
            rest = end < 0 ? [] : rest[(end + 1)..];
        }

        var isRecital =
            mentions.Mentions.Count == tags.All.Count
            && tags.All.Count >= VocabularyEchoSize
            && mentions.Mentions.All(m => m.Confidence is null);
        if (mentions.Mentions.Count > 0)
        {
            return isRecital ? null : mentions;
        }

        var isExplicitNone = denied.Count == tags.All.Count || text.AsSpan().ContainsAny(NonePhrases);
        return isExplicitNone ? mentions : null;
    }

    private void ReadClause(ReadOnlySpan<char> clause, TagMentions mentions, HashSet<string> denied)
    {
        var position = 0;
        var checkedTo = 0;
        var isDenied = false;
        while (clause[position..].IndexOfAny(_names.Value) is var offset and >= 0)
        {
            var at = position + offset;
            var tag = TagAt(clause, at);
            if (tag is null)
            {
                position = at + 1;
                continue;
            }

            isDenied = IsNegatedAfter(clause[checkedTo..at], isDenied);
            var end = at + tag.Length;
            var (verdict, confidence) = VerdictAfter(clause[end..]);
            if (verdict ?? !isDenied)
            {
                mentions.Add(tag, clause[at..end].ToString(), confidence);
            }
            else
            {
                denied.Add(tag);
            }

            checkedTo = position = end;
        }
    }

    // The longest tag that stands there as a whole word.
    private string? TagAt(ReadOnlySpan<char> text, int at)
    {
        string? best = null;
        foreach (var name in tags.All)
        {
            var isLonger = name.Length > (best?.Length ?? 0);
            if (isLonger && text[at..].StartsWith(name, StringComparison.OrdinalIgnoreCase) && IsWhole(text, at, name.Length))
            {
                best = name;
            }
        }

        return best;
    }

    private static bool IsWhole(ReadOnlySpan<char> text, int at, int length)
    {
        var end = at + length;
        var startsWord = at == 0 || !IsWordPart(text[at - 1]) || !IsWordPart(text[at]);
        var endsWord = end == text.Length || !IsWordPart(text[end]) || !IsWordPart(text[end - 1]);
        return startsWord && endsWord;
    }

    // Scripts without blanks between words have no word borders to look for.
    private static bool IsWordPart(char c) => char.IsLetterOrDigit(c) && c is < '\u2e80' or > '\ud7ff';

    private static bool IsNegatedAfter(ReadOnlySpan<char> before, bool isDenied)
    {
        foreach (var range in before.SplitAny(WordBorders))
        {
            var word = before[range];
            if (Contains(Negations, word))
            {
                isDenied = true;
            }
            else if (Contains(Conjunctions, word))
            {
                isDenied = false;
            }
        }

        return isDenied;
    }

    private static bool Contains(HashSet<string> words, ReadOnlySpan<char> word) =>
        word.Length is > 0 and <= 12 && words.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);

    // What stands right behind a tag, past marks: yes, no, a number.
    private static (bool? Verdict, double? Confidence) VerdictAfter(ReadOnlySpan<char> after)
    {
        var window = after[..Math.Min(after.Length, 40)];
        var marks = window.IndexOfAnyExcept(Marks);
        if (marks < 0)
        {
            return (null, null);
        }

        var rest = window[marks..];
        var end = rest.IndexOfAny(WordEnds);
        var word = end < 0 ? rest : rest[..end];
        if (word.Length > 0 && (char.IsAsciiDigit(word[0]) || word[0] == '.'))
        {
            // Right behind it, as in "C++11", a number is part of a name.
            return marks > 0 && ConfidenceText.Read(word) is { } confidence ? (true, confidence) : (null, null);
        }

        return Contains(Negations, word) || StartsWithNegation(rest) ? (false, null) : (TagText.Verdict(word), null);
    }

    // "is not visible", "can not be seen"
    private static bool StartsWithNegation(ReadOnlySpan<char> rest)
    {
        foreach (var verb in (ReadOnlySpan<string>)["is ", "are ", "was ", "does ", "can "])
        {
            if (rest.StartsWith(verb, StringComparison.OrdinalIgnoreCase))
            {
                var after = rest[verb.Length..];
                var end = after.IndexOf(' ');
                return Contains(Negations, end < 0 ? after : after[..end]);
            }
        }

        return false;
    }
}
