using System.Globalization;
using System.Text;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>Reads answers out of plain text: <c>description | tag, tag</c>, special-token boxes, and at last tags named in prose.</summary>
internal sealed class PlainAnswer(TagNames tags)
{
    private const string BoxStart = "<|begin_of_box|>";
    private const string BoxEnd = "<|end_of_box|>";
    private const string LatexBox = @"\boxed{";
    private const int MaxWordsPerTag = 5;
    private const int LongestList = 1000;
    private static readonly char[] Separators = [',', ';', '|', '\n', '•'];
    private static readonly string[] BareTokens =
    [
        "</s>",
        "<s>",
        "<eos>",
        "<bos>",
        "<pad>",
        "<unk>",
        "<end_of_turn>",
        "<start_of_turn>",
        "<end_of_utterance>",
        "[end of text]",
        "[EOS]",
        "[/INST]",
        "\ufeff",
        "\u200b",
    ];

    private readonly ProseAnswer _prose = new(tags);

    /// <summary>What the text says about its picture; null when it can't be told.</summary>
    public TagMentions? Read(string text)
    {
        if (tags.WithoutLines(text) is not { } named)
        {
            return null;
        }

        text = named;
        var bare = WithDecimalPoints(WithoutTokens(text)).Trim();
        return ReadPiped(bare) ?? ReadBox(text) ?? ReadList(bare, mustBeKnown: true) ?? _prose.Read(bare);
    }

    /// <summary>Whether a text ended before it began. An empty box is an answer.</summary>
    public static bool IsOnlyTokens(string text) =>
        !text.Contains(BoxStart, StringComparison.Ordinal) && string.IsNullOrWhiteSpace(WithoutTokens(text));

    /// <summary>
    /// Parts a text about several pictures: lines that begin with the picture's number, or one line with a bar for each picture. Pictures that
    /// are not found, or found twice, stay null.
    /// </summary>
    public static string?[] Part(string text, int pictures)
    {
        var bare = WithoutTokens(text);
        var found = new List<(int Number, StringBuilder Text)>();
        foreach (var line in bare.Split('\n'))
        {
            var (number, rest) = PictureNumber(line);
            if (number is { } begun)
            {
                found.Add((begun, new StringBuilder().AppendLine(rest)));
            }
            else if (found.Count > 0)
            {
                found[^1].Text.AppendLine(line);
            }
        }

        // Some models count from zero.
        var first = found.Exists(part => part.Number == 0) && found.TrueForAll(part => part.Number < pictures) ? 0 : 1;
        var parts = new string?[pictures];
        var seen = new HashSet<int>();
        foreach (var (number, part) in found.Where(part => part.Number >= first && part.Number - first < pictures))
        {
            parts[number - first] = seen.Add(number) ? part.ToString() : null;
        }

        return seen.Count > 0 ? parts : ByLine(bare, pictures);
    }

    private static string?[] ByLine(string bare, int pictures)
    {
        var lines = bare.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.Contains('|', StringComparison.Ordinal) && line[0] != '|')
            .ToArray();
        return lines.Length == pictures ? lines : new string?[pictures];
    }

    // "Picture 2:", "**Frame 2**", "2.", "#2 -", and what stands behind it and behind a time.
    private static (int? Number, string Text) PictureNumber(string line)
    {
        var rest = line.AsSpan().TrimStart(" \t#*-[(\r");
        var isNamed = false;
        foreach (var word in (ReadOnlySpan<string>)["picture", "frame", "image"])
        {
            if (rest.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            {
                rest = rest[word.Length..].TrimStart(" \t#*_");
                isNamed = true;
            }
        }

        var behind = rest.TrimStart("0123456789");
        var isInt = int.TryParse(rest[..^behind.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        // "2 people | Kissing" does not begin with a picture's number, and "0:12" is a time.
        var endsNumber = behind.Length == 0 || behind[0] is ':' or '.' or ')' or ']' || (isNamed && !char.IsLetterOrDigit(behind[0]));
        var isTime = !isNamed && behind is [':', >= '0' and <= '9', ..];
        return isInt && endsNumber && !isTime ? ((int?)number, behind.TrimStart("0123456789 \t:.)]*-").ToString()) : default;
    }

    private TagMentions? ReadPiped(string text)
    {
        var end = text.Length;
        while (true)
        {
            var start = text.AsSpan(0, end).LastIndexOf('\n') + 1;
            var line = text.AsSpan(start, end - start);
            if (line.TrimStart().StartsWith("|") || line.Contains("---", StringComparison.Ordinal))
            {
                // A row of a table.
                return null;
            }

            if (line.IndexOf('|') is var bar and >= 0)
            {
                return ReadList(text[(start + bar + 1)..], mustBeKnown: false);
            }

            if (start == 0)
            {
                return null;
            }

            end = start - 1;
        }
    }

    private TagMentions? ReadBox(string text)
    {
        if (text.LastIndexOf(BoxStart, StringComparison.OrdinalIgnoreCase) is var box and >= 0)
        {
            var start = box + BoxStart.Length;
            var end = text.IndexOf(BoxEnd, start, StringComparison.OrdinalIgnoreCase);
            return ReadList(WithoutTokens(end < 0 ? text[start..] : text[start..end]), mustBeKnown: false);
        }

        if (text.LastIndexOf(LatexBox, StringComparison.Ordinal) is var latex and >= 0)
        {
            var start = latex + LatexBox.Length;
            var end = text.IndexOf('}', start);
            var inside = end < 0 ? text[start..] : text[start..end];
            return ReadList(inside.Replace(@"\text{", "", StringComparison.Ordinal), mustBeKnown: false);
        }

        return null;
    }

    /// <summary>A list of tags; null when it is something else, such as prose.</summary>
    private TagMentions? ReadList(string text, bool mustBeKnown)
    {
        if (string.IsNullOrWhiteSpace(text) || tags.IsNone(text))
        {
            return new TagMentions();
        }

        var parts = text.Split(Separators, LongestList + 1, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length > LongestList)
        {
            return null;
        }

        var mentions = new TagMentions();
        var isShort = true;
        foreach (var part in parts)
        {
            if (IsSentence(part, mustBeKnown))
            {
                // "Kissing?", "Kissing, none", "a couple | no kissing"
                return mustBeKnown ? null : _prose.Read(text);
            }

            var (name, confidence) = TagText.WithConfidence(part, tags);
            mentions.AddName(tags, name, confidence);
            isShort &= CountWords(name) <= MaxWordsPerTag;
        }

        // "tags: Kissing, Hugging" begins like prose; only a list in which every entry is a tag is plain enough.
        return mustBeKnown ? (mentions.Mentions.Count > 0 ? mentions : null)
            : mentions.Mentions.Count > 0 || isShort ? mentions
            : null;
    }

    // What is no name of a tag, but says something of one.
    private bool IsSentence(string part, bool mustBeKnown) =>
        tags.Find(TagText.WithConfidence(part, tags).Name) is not null
            ? part.EndsWith('?')
            : mustBeKnown || TagText.Verdict(part) is not null && !tags.IsNone(part) || _prose.HasTag(part);

    // "0,9" would be parted as a list.
    private static string WithDecimalPoints(string text)
    {
        StringBuilder? pointed = null;
        for (var i = 1; i < text.Length - 1; i++)
        {
            var isDecimal =
                text[i] == ','
                && text[i - 1] is '0' or '1'
                && char.IsAsciiDigit(text[i + 1])
                && (i < 2 || !(char.IsLetterOrDigit(text[i - 2]) || text[i - 2] is '.' or ','));
            if (isDecimal)
            {
                (pointed ??= new StringBuilder(text))[i] = '.';
            }
        }

        return pointed?.ToString() ?? text;
    }

    private static int CountWords(string text)
    {
        var words = 0;
        for (var i = 0; i < text.Length; i++)
        {
            words += !char.IsWhiteSpace(text[i]) && (i == 0 || char.IsWhiteSpace(text[i - 1])) ? 1 : 0;
        }

        return words;
    }

    /// <summary>The text without special tokens such as <c>&lt;|im_end|&gt;</c> and <c>&lt;/s&gt;</c>.</summary>
    private static string WithoutTokens(string text)
    {
        foreach (var token in BareTokens)
        {
            text = text.Replace(token, " ", StringComparison.Ordinal);
        }

        // DeepSeek's tokens have wide bars.
        text = text.Replace("<｜", "<|", StringComparison.Ordinal).Replace("｜>", "|>", StringComparison.Ordinal);
        if (!text.Contains("<|", StringComparison.Ordinal))
        {
            return text;
        }

        var bare = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        while (rest.IndexOf("<|") is var at and >= 0)
        {
            bare.Append(rest[..at]);
            rest = rest[at..];
            var end = rest[..Math.Min(rest.Length, 40)].IndexOf("|>");
            bare.Append(end < 0 ? "<|" : " ");
            rest = rest[(end < 0 ? 2 : end + 2)..];
        }

        return bare.Append(rest).ToString();
    }
}
