namespace HavenVlm.Core.Vlm.Replies;

/// <summary>A verdict that begins a sentence, and the tokens behind it.</summary>
/// <param name="Verdict">Yes, no, or that it can't be told.</param>
/// <param name="Confidence">A number in place of a word.</param>
/// <param name="Rest">What the sentence goes on with.</param>
internal readonly record struct ProseReply(TagVerdict Verdict, double? Confidence, List<ProseToken> Rest);

/// <summary>Reads replies to questions: <c>No.</c>, <c>Yes, clearly.</c>, <c>0.9</c>.</summary>
internal static class ProseReplies
{
    /// <summary>The verdict that a sentence begins with; null when it begins with something else.</summary>
    public static ProseReply? Read(ProseSentence sentence, string text)
    {
        var tokens = sentence.Tokens;
        var at = 0;
        while (at < tokens.Count && (IsSeparator(tokens[at], text) || IsLabel(tokens, at, text)))
        {
            at++;
        }

        if (at == tokens.Count)
        {
            return null;
        }

        var next = at + 1;
        while (next < tokens.Count && IsSeparator(tokens[next], text))
        {
            next++;
        }

        var first = tokens[at];
        var rest = tokens[next..];
        var isAlone = next > at + 1 || next == tokens.Count;
        if (first.Kind == TokenKind.Number)
        {
            return (first.IsScore || rest.Count == 0) && first.Number is not null && !sentence.HasTag
                ? new ProseReply(TagVerdict.Yes, first.Number, [])
                : null;
        }

        if (first.Is(WordKinds.Doubt) && !sentence.HasTag)
        {
            return new ProseReply(TagVerdict.Unclear, null, []);
        }

        if (!first.Is(WordKinds.Denial | WordKinds.Yes))
        {
            return null;
        }

        var verdict = first.Is(WordKinds.Denial) ? TagVerdict.No : TagVerdict.Yes;
        if (sentence.HasTag)
        {
            // "No, they are hugging": the rest is read by itself. "No kissing" and "Absent: kissing" are no replies.
            return isAlone && text[tokens[at + 1].Start] != ':' ? new ProseReply(verdict, null, rest) : null;
        }

        var takesBack = rest.Exists(token =>
            token.Is(WordKinds.Doubt) || (token.Is(WordKinds.Denial) && verdict == TagVerdict.Yes) || token.Is(WordKinds.Turn)
        );
        var score = rest is [{ Kind: TokenKind.Number, Number: { } number }] ? number : (double?)null;
        return new ProseReply(takesBack ? TagVerdict.Unclear : verdict, score, score is null ? rest : []);
    }

    /// <summary>Whether a sentence is nothing but names.</summary>
    public static bool IsBare(ProseSentence sentence, string text) =>
        sentence.Tokens.TrueForAll(token => token.Kind == TokenKind.Tag || token.Is(WordKinds.InList) || IsSeparator(token, text));

    private static bool IsSeparator(ProseToken token, string text) =>
        token.Kind == TokenKind.Word && !char.IsLetterOrDigit(text[token.Start]) && !token.Is(WordKinds.Yes | WordKinds.Denial);

    // "A:", "Answer:"
    private static bool IsLabel(List<ProseToken> tokens, int at, string text) =>
        at + 1 < tokens.Count
        && text[tokens[at + 1].Start] == ':'
        && text.AsSpan(tokens[at].Start, tokens[at].Length) is var word
        && (word.Equals("a", StringComparison.OrdinalIgnoreCase) || word.Equals("answer", StringComparison.OrdinalIgnoreCase));
}
