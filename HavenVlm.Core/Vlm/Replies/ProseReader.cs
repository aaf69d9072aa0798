namespace HavenVlm.Core.Vlm.Replies;

/// <summary>
/// Reads what one sentence says of its tags: a denial before a group of tags reaches the whole group, a predicate or a verdict behind it is
/// about the whole group, and what is neither clearly said nor clearly denied is unclear.
/// </summary>
internal sealed class ProseReader(string text)
{
    /// <summary>Confidence of what only appears to be there.</summary>
    private const double Hedged = 0.6;

    private const int MostAdverbs = 2;

    /// <summary>The statements of a sentence in order.</summary>
    public List<TagStatement> Read(ProseSentence sentence)
    {
        var statements = new List<TagStatement>();
        TagVerdict? previous = null;
        foreach (var group in ProseGroups.Find(sentence.Tokens, text))
        {
            var said = Judge(sentence.Tokens, group, previous);
            previous = said.Verdict;
            for (var i = group.First; i <= group.Last; i++)
            {
                var token = sentence.Tokens[i];
                if (token.Kind == TokenKind.Tag)
                {
                    statements.Add(new TagStatement(token.Tag!, text.Substring(token.Start, token.Length), said.Verdict, said.Confidence));
                }
            }
        }

        return statements;
    }

    private (TagVerdict Verdict, double? Confidence) Judge(List<ProseToken> tokens, TagGroup group, TagVerdict? previous)
    {
        if (group.IsTorn)
        {
            return default;
        }

        var after = JudgeAfter(tokens, group);
        var before = JudgeBefore(tokens, group, previous, after.HasOwn);
        if (after.Verdict == TagVerdict.Unclear || before.Verdict == TagVerdict.Unclear)
        {
            return default;
        }

        var isMany = group.Last > group.First;
        if (after.Verdict == TagVerdict.No)
        {
            // "they are hugging, kissing is not visible": the predicate is about the last tag alone.
            var isSplit = isMany && after.IsPredicate && (before.HasVerb || (after.IsSingular && (before.HasWords || !group.IsAnd)));
            // "no kissing is not visible"
            return before.Verdict == TagVerdict.No || isSplit ? default : (TagVerdict.No, null);
        }

        if (before.Verdict == TagVerdict.No)
        {
            // "there is no kissing and hugging is visible"
            var isSplit = isMany && after.IsPredicate && (before.HasVerb || !group.IsAnd || (after.IsSingular && !group.IsOr));
            return isSplit || (after.IsMarked && after.Confidence is null) ? default : (TagVerdict.No, null);
        }

        // "kissing or hugging"; "kissing, hugging: 0.8"
        var isVague = isMany && (group.IsOr || after.Confidence is not null);
        var isHedged = before.IsHedged || after.IsHedged;
        return isVague ? default : (TagVerdict.Yes, after.Confidence ?? (isHedged ? Hedged : null));
    }

    private Before JudgeBefore(List<ProseToken> tokens, TagGroup group, TagVerdict? previous, bool hasOwn)
    {
        var (turn, denial, isSecond, isJoined, hasColon, hasVerb) = (-1, -1, false, false, false, false);
        var (isInterjection, isHedged, isDoubted, hasWords) = (false, false, false, false);
        for (var i = group.Before; i < group.First; i++)
        {
            var token = tokens[i];
            if (token.Is(WordKinds.Turn))
            {
                (turn, denial, isSecond, isJoined, isHedged, isDoubted, isInterjection) = (i, -1, false, false, false, false, false);
                continue;
            }

            isJoined |= token.Is(WordKinds.Joiner);
            hasVerb |= token.Is(WordKinds.Finite);
            hasWords |= token.Kind == TokenKind.Word && !token.Is(WordKinds.InList | WordKinds.Joiner) && !IsSeparator(token);
            isHedged |= token.Is(WordKinds.Hedge);
            isDoubted |= token.Is(WordKinds.Doubt | WordKinds.DoubtBefore) || token is { Kind: TokenKind.Number, IsScore: true };
            hasColon |= token.Is(WordKinds.Yes) && i + 1 < group.First && IsMark(tokens[i + 1], ':');
            if (!token.Is(WordKinds.Denial))
            {
                continue;
            }

            if (i == 0 && i + 1 < group.First && IsMark(tokens[1], ','))
            {
                // "No, they are hugging."
                isInterjection = true;
                continue;
            }

            // "no rain and no kissing" denies twice, "I do not see no kissing" nobody knows.
            isSecond = denial >= 0 && !tokens[denial..i].Exists(each => each.Is(WordKinds.Joiner));
            denial = i;
        }

        if (denial >= 0)
        {
            var isNear = tokens[(denial + 1)..group.First].TrueForAll(IsBridge);
            return new Before(isNear && !isSecond && !isDoubted ? TagVerdict.No : TagVerdict.Unclear, hasVerb, hasWords, false);
        }

        var isFresh =
            turn >= 0
            || hasColon
            || previous is null or TagVerdict.Yes
            || (hasOwn && previous == TagVerdict.No)
            || (isJoined && hasVerb && previous == TagVerdict.No);
        var isClear = isFresh && !isDoubted && (!isInterjection || hasOwn);
        return new Before(isClear ? TagVerdict.Yes : TagVerdict.Unclear, hasVerb, hasWords, isHedged);
    }

    private static bool IsBridge(ProseToken token) =>
        token.Kind == TokenKind.Number || token.Is(WordKinds.Bridge | WordKinds.InList) || IsBracketOrColon(token);

    // Marks have no kind of their own.
    private static bool IsBracketOrColon(ProseToken token) => token is { Kind: TokenKind.Word, Length: 1, Words: WordKinds.Measure };

    private After JudgeAfter(List<ProseToken> tokens, TagGroup group)
    {
        var (from, to) = (group.Last + 1, group.After);
        var turn = tokens.FindIndex(from, to - from, token => token.Is(WordKinds.Turn));
        if (turn >= 0)
        {
            // "kissing, but nothing else" is clear, "kissing, but not really" is not.
            var rest = tokens[turn..to];
            if (rest.Exists(token => token.Is(WordKinds.Denial | WordKinds.Doubt)) && !rest.Exists(token => token.Is(WordKinds.Rest)))
            {
                return new After(TagVerdict.Unclear);
            }

            to = turn;
        }

        var at = from;
        while (at < to && IsSeparator(tokens[at]))
        {
            at++;
        }

        if (at == to)
        {
            return new After(TagVerdict.Yes);
        }

        return Measured(tokens, from, at, to) ?? Verdict(tokens, from, at, to) ?? Predicate(tokens, at, to);
    }

    private bool IsSeparator(ProseToken token) =>
        token is { Kind: TokenKind.Word } && !char.IsLetterOrDigit(text[token.Start]) && !token.Is(WordKinds.Yes | WordKinds.Denial);

    private bool IsMark(ProseToken token, char mark) => token.Length == 1 && text[token.Start] == mark;

    // "Kissing: 0.9", "Kissing (low confidence: 0.2)", "Kissing - high", "Kissing: yes, 90 %"
    private After? Measured(List<ProseToken> tokens, int from, int at, int to)
    {
        var isMarked = at > from && tokens[(from)..at].Exists(token => !IsMark(token, ','));
        var number = at;
        while (number < to && tokens[number].Kind == TokenKind.Word && tokens[number].Is(WordKinds.Measure))
        {
            number++;
        }

        if (number < to && IsMeasure(tokens, at, number, to, isMarked))
        {
            var found = tokens[number];
            var isNegative = number > from && IsMark(tokens[number - 1], '-') && tokens[number - 1].End == found.Start;
            var confidence = isNegative && number - from >= 2 ? ConfidenceText.OutOfRange : found.Number;
            if (confidence is null)
            {
                return new After(TagVerdict.Unclear);
            }

            var isDenied = tokens[number..to].Exists(token => token.Is(WordKinds.Denial));
            return !isDenied
                    ? new After(TagVerdict.Yes)
                    {
                        Confidence = confidence,
                        IsMarked = true,
                        HasOwn = true,
                    }
                : confidence < 0.5 ? new After(TagVerdict.No) { IsMarked = true, HasOwn = true }
                : new After(TagVerdict.Unclear);
        }

        if (!isMarked || tokens[at].Kind != TokenKind.Word)
        {
            return null;
        }

        // "high", "very low", "low confidence"
        var end = tokens[at].Length == 4 && Text(tokens[at]).Equals("very", StringComparison.OrdinalIgnoreCase) ? at + 1 : at;
        if (end >= to || ConfidenceText.Read(text.AsSpan(tokens[at].Start, tokens[end].End - tokens[at].Start)) is not { } level)
        {
            return null;
        }

        var isAlone = end + 1 == to || tokens[end + 1].Is(WordKinds.Measure);
        return isAlone && !tokens[end..to].Exists(token => token.Is(WordKinds.Denial | WordKinds.Doubt))
            ? new After(TagVerdict.Yes)
            {
                Confidence = level,
                IsMarked = true,
                HasOwn = true,
            }
            : null;
    }

    // "0.9" anywhere, "85" right behind a mark, "score of 85"; "Kissing: 2 people" is none.
    private bool IsMeasure(List<ProseToken> tokens, int at, int number, int to, bool isMarked) =>
        tokens[number].Kind == TokenKind.Number
        && (
            tokens[number].IsScore
            || (isMarked && number == at && (number + 1 == to || IsSeparator(tokens[number + 1])))
            || tokens[at..number].Exists(token => token.Is(WordKinds.Score))
        );

    // "Kissing: no", "Kissing ✅", "Kissing not visible"
    private After? Verdict(List<ProseToken> tokens, int from, int at, int to)
    {
        var rest = tokens[(at + 1)..to];
        if (tokens[at].Is(WordKinds.Denial))
        {
            var isDouble = rest.Count > 0 && rest[0].Is(WordKinds.Denial);
            return isDouble || rest.Exists(token => token.Is(WordKinds.Doubt))
                ? new After(TagVerdict.Unclear)
                : new After(TagVerdict.No)
                {
                    IsMarked = at > from,
                    IsPredicate = at == from,
                    HasOwn = true,
                    IsSingular = !IsPlural(tokens[at]),
                };
        }

        if (!tokens[at].Is(WordKinds.Yes))
        {
            return null;
        }

        var isClear = !rest.Exists(token =>
            token.Is(WordKinds.Denial | WordKinds.Doubt) || token is { Kind: TokenKind.Number, IsScore: true }
        );
        return new After(isClear ? TagVerdict.Yes : TagVerdict.Unclear) { IsMarked = at > from, HasOwn = true };
    }

    // "is not visible", "tag does not apply", "is absent", "is clearly visible"
    private After Predicate(List<ProseToken> tokens, int at, int to)
    {
        var said = tokens[at..to];
        var isDoubted = said.Exists(token => token.Is(WordKinds.Doubt) || token is { Kind: TokenKind.Number, IsScore: true });
        var isHedged = said.Exists(token => token.Is(WordKinds.Hedge));
        var denial = said.FindIndex(token => token.Is(WordKinds.Denial));
        if (isDoubted)
        {
            return new After(TagVerdict.Unclear);
        }

        if (denial < 0)
        {
            return new After(TagVerdict.Yes)
            {
                IsHedged = isHedged,
                IsPredicate = IsOwn(said),
                IsSingular = !IsPlural(said[0]),
                HasOwn = IsOwn(said),
            };
        }

        var verb = said.FindIndex(token => token.Is(WordKinds.Auxiliary));
        var isDirect =
            verb >= 0
            && verb < denial
            && denial - verb <= MostAdverbs + 1
            && said[..verb].TrueForAll(token => token.Is(WordKinds.Bridge | WordKinds.InList));
        // A second one may take the first back ("is not absent"), unless it begins a new clause.
        var second = said.FindIndex(denial + 1, token => token.Is(WordKinds.Denial));
        var isSecond = second >= 0 && !said[denial..second].Exists(token => token.Is(WordKinds.Joiner));
        return isDirect && !isSecond
            ? new After(TagVerdict.No) { IsPredicate = true, IsSingular = !IsPlural(said[verb]) }
            : new After(TagVerdict.Unclear);
    }

    private static bool IsOwn(List<ProseToken> said) => said[0].Is(WordKinds.Auxiliary);

    private bool IsPlural(ProseToken verb) =>
        Text(verb) is var word
        && (
            word.StartsWith("are", StringComparison.OrdinalIgnoreCase)
            || word.StartsWith("do", StringComparison.OrdinalIgnoreCase) && !word.StartsWith("does", StringComparison.OrdinalIgnoreCase)
            || word.StartsWith("were", StringComparison.OrdinalIgnoreCase)
            || word.StartsWith("have", StringComparison.OrdinalIgnoreCase)
        );

    private ReadOnlySpan<char> Text(ProseToken token) => text.AsSpan(token.Start, token.Length);

    private readonly record struct Before(TagVerdict Verdict, bool HasVerb, bool HasWords, bool IsHedged);

    private readonly record struct After(TagVerdict Verdict)
    {
        public double? Confidence { get; init; }

        /// <summary>Whether the verdict is behind a mark: <c>Kissing: yes</c>.</summary>
        public bool IsMarked { get; init; }

        /// <summary>Whether it is a verdict of these tags, not only words that go on.</summary>
        public bool HasOwn { get; init; }

        public bool IsPredicate { get; init; }

        public bool IsSingular { get; init; }

        public bool IsHedged { get; init; }
    }
}
