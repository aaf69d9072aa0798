using System.Buffers;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>
/// What sentences say in their order: a question is about its tags until a verdict follows, a heading about the list below it, and "neither of
/// these is visible" about the tags before it.
/// </summary>
internal sealed class ProsePassage(string text, TagNames tags)
{
    private const int SubjectWithin = 3;

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

    private readonly ProseVerdicts _verdicts = new(tags);
    private readonly ProseReader _reader = new(text);
    private List<TagStatement> _asked = [];
    private bool _isOpen;
    private List<TagStatement> _last = [];
    private TagVerdict? _above;

    /// <summary>Reads the next sentence.</summary>
    public void Add(ProseSentence sentence)
    {
        _above = Above(sentence);
        var reply = sentence is { IsHeader: true, HasTag: false } ? null : ProseReplies.Read(sentence, text);
        if (_asked.Count > 0)
        {
            // Behind a mere name only a mere verdict is about it.
            var isAnswer = reply is not null && (_isOpen || reply.Value.Rest.Count == 0);
            Settle(isAnswer ? reply : null);
            sentence = isAnswer ? sentence with { Tokens = reply!.Value.Rest } : sentence;
        }
        else if (_last.Count > 0 && reply is { Verdict: TagVerdict.No, Rest.Count: 0 })
        {
            // "They are kissing. No."
            Revoke();
            return;
        }

        if (!sentence.HasTag)
        {
            ReadTagless(sentence);
            return;
        }

        _last = [.. _reader.Read(sentence).Select(said => Under(said, sentence))];
        var endsOpen = sentence.IsQuestion || sentence.IsHeader;
        if (endsOpen || ProseReplies.IsBare(sentence, text))
        {
            _asked = _last;
            _isOpen = endsOpen;
            return;
        }

        foreach (var said in _last)
        {
            _verdicts.Add(said);
        }

        if (!_last.Exists(said => said.Verdict == TagVerdict.Yes))
        {
            ReadNone(sentence);
        }
    }

    /// <summary>The answer; null when it can't be told.</summary>
    public TagMentions? Decide()
    {
        Settle(reply: null);
        return _verdicts.Decide();
    }

    // The lines below "Not visible:" are not visible.
    private TagVerdict? Above(ProseSentence sentence)
    {
        if (sentence is { IsHeader: true, HasTag: false })
        {
            var tokens = sentence.Tokens;
            return tokens.Exists(token => token.Is(WordKinds.Doubt | WordKinds.DoubtBefore)) ? TagVerdict.Unclear
                : tokens.Exists(token => token.Is(WordKinds.Denial)) ? TagVerdict.No
                : null;
        }

        var continues =
            sentence.IsItem || !sentence.BeginsLine || (!sentence.IsAfterGap && sentence.Tokens is [{ Kind: TokenKind.Tag }, ..]);
        return continues ? _above : null;
    }

    private TagStatement Under(TagStatement said, ProseSentence sentence)
    {
        if (_above is not { } verdict || !(sentence.IsItem || sentence.BeginsLine))
        {
            return said;
        }

        // A yes, or a number of its own, contradicts the heading.
        return verdict == TagVerdict.No && said.Confidence is null or < 0.5 ? said with { Verdict = TagVerdict.No, Confidence = null }
            : said is { Verdict: TagVerdict.Yes, Confidence: null } || verdict == TagVerdict.No ? said with { Verdict = TagVerdict.Unclear }
            : said;
    }

    private void Settle(ProseReply? reply)
    {
        foreach (var said in _asked)
        {
            _verdicts.Add(Answered(said, reply));
        }

        _asked = [];
    }

    private TagStatement Answered(TagStatement said, ProseReply? reply)
    {
        if (reply is not { } answer)
        {
            return _isOpen ? said with { Verdict = TagVerdict.Unclear } : said;
        }

        // "Is it kissing or hugging? Yes." and "Is this not kissing? No." leave it open; "Might it be kissing? No." does not.
        var isClear = said.Verdict == TagVerdict.Yes || (said.Verdict == TagVerdict.Unclear && answer.Verdict == TagVerdict.No);
        return said with { Verdict = isClear ? answer.Verdict : TagVerdict.Unclear, Confidence = answer.Confidence };
    }

    private void ReadTagless(ProseSentence sentence)
    {
        var tokens = sentence.Tokens;
        if (ReadNone(sentence) || !tokens.Exists(token => token.Is(WordKinds.Denial)))
        {
            return;
        }

        // "Neither of them is visible", "These do not apply".
        var isAboutTags =
            tokens.Take(SubjectWithin).Any(token => token.Is(WordKinds.Pronoun)) && tokens.Exists(token => token.Is(WordKinds.Predicate));
        if (isAboutTags)
        {
            Revoke();
        }
    }

    // What was said before and is taken back is neither yes nor no.
    private void Revoke()
    {
        foreach (var said in _last)
        {
            _verdicts.Add(said with { Verdict = TagVerdict.No });
        }
    }

    private bool ReadNone(ProseSentence sentence)
    {
        if (!sentence.Text.AsSpan().ContainsAny(NonePhrases))
        {
            return false;
        }

        var tokens = sentence.Tokens;
        var denials = tokens.Count(token => token.Is(WordKinds.Denial));
        var isClear = !tokens.Exists(token => token.Is(WordKinds.Doubt)) && !sentence.IsQuestion;
        if (isClear && (denials == 1 || sentence.HasTag))
        {
            _verdicts.AddNone(isAboutRest: tokens.Exists(token => token.Is(WordKinds.Rest)));
        }

        return true;
    }
}
