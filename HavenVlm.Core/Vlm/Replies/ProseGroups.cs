namespace HavenVlm.Core.Vlm.Replies;

/// <summary>Tags that are named together, and the words that are about them.</summary>
/// <param name="First">Its first token.</param>
/// <param name="Last">Its last token.</param>
/// <param name="IsOr">Whether they are alternatives.</param>
/// <param name="IsAnd">Whether a word joins them, not only commas.</param>
internal sealed record TagGroup(int First, int Last, bool IsOr, bool IsAnd)
{
    /// <summary>Where the words before it begin that are about it.</summary>
    public int Before { get; set; }

    /// <summary>Where the words behind it end that are about it.</summary>
    public int After { get; set; }

    /// <summary>Whether it can't be told which of two groups a denial between them is about.</summary>
    public bool IsTorn { get; set; }
}

/// <summary>Finds the groups of tags in a sentence and shares out the words between them.</summary>
internal static class ProseGroups
{
    /// <summary>The groups in order.</summary>
    public static List<TagGroup> Find(List<ProseToken> tokens, string text)
    {
        var groups = Collect(tokens);
        for (var i = 0; i < groups.Count; i++)
        {
            groups[i].After = tokens.Count;
            if (i > 0)
            {
                Share(tokens, text, groups[i - 1], groups[i]);
            }
        }

        return groups;
    }

    private static List<TagGroup> Collect(List<ProseToken> tokens)
    {
        var groups = new List<TagGroup>();
        for (var i = 0; i < tokens.Count; i++)
        {
            if (tokens[i].Kind != TokenKind.Tag)
            {
                continue;
            }

            var first = i;
            var (isOr, isAnd) = (false, false);
            while (NextInList(tokens, i) is var next and > 0)
            {
                for (var between = i + 1; between < next; between++)
                {
                    isOr |= tokens[between].Is(WordKinds.Or);
                    isAnd |= tokens[between].Is(WordKinds.Joiner) && tokens[between].Is(WordKinds.Bridge | WordKinds.Or);
                }

                i = next;
            }

            groups.Add(new TagGroup(first, i, isOr, isAnd));
        }

        return groups;
    }

    // The next tag when nothing but "and", commas and articles is between.
    private static int NextInList(List<ProseToken> tokens, int at)
    {
        var isJoined = false;
        for (var i = at + 1; i < tokens.Count; i++)
        {
            if (tokens[i].Kind == TokenKind.Tag)
            {
                return isJoined ? i : -1;
            }

            if (!tokens[i].Is(WordKinds.Joiner | WordKinds.InList))
            {
                return -1;
            }

            isJoined |= tokens[i].Is(WordKinds.Joiner);
        }

        return -1;
    }

    // A turn ("but") begins the words of the next group, else the last comma or "and" does.
    private static void Share(List<ProseToken> tokens, string text, TagGroup previous, TagGroup next)
    {
        var (from, to) = (previous.Last + 1, next.First);
        var (turn, joiner, denial) = (-1, -1, -1);
        for (var i = from; i < to; i++)
        {
            turn = tokens[i].Is(WordKinds.Turn) ? i : turn;
            joiner = tokens[i].Is(WordKinds.Joiner) ? i : joiner;
            denial = tokens[i].Is(WordKinds.Denial) ? i : denial;
        }

        var split = turn >= 0 ? turn : joiner;
        if (split < 0 && IsSymbol(tokens[0], text))
        {
            // "❌ Kissing ✅ Hugging"
            split = from;
        }
        else if (split < 0 && denial >= 0 && !IsSymbol(tokens[denial], text))
        {
            var isAdjacent = tokens[(denial + 1)..to].TrueForAll(token => token.Is(WordKinds.InList));
            var word = text.AsSpan(tokens[denial].Start, tokens[denial].Length);
            if (isAdjacent && (word.Equals("without", StringComparison.OrdinalIgnoreCase) || IsBareNot(word, denial, from)))
            {
                split = denial;
            }
            else if (isAdjacent)
            {
                // "Kissing no Hugging": whose no is it?
                previous.IsTorn = next.IsTorn = true;
            }
        }

        previous.After = next.Before = split < 0 ? to : split;
    }

    private static bool IsBareNot(ReadOnlySpan<char> word, int at, int from) =>
        at == from && word.Equals("not", StringComparison.OrdinalIgnoreCase);

    private static bool IsSymbol(ProseToken token, string text) =>
        token.Is(WordKinds.Denial | WordKinds.Yes) && !char.IsLetter(text[token.Start]);
}
