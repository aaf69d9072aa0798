using System.Text;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Endpoints;
using HavenVlm.Core.Vlm.Replies;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.Tests.Fuzzing;

/// <summary>Makes replies that no model should give. The number of an input is all it takes to make it again.</summary>
internal static class ReplyMaker
{
    /// <summary>Characters of a large input.</summary>
    public const int Large = 100 * 1024;

    private const int OneInSoMany = 500;

    // What replies are made of, and what parsers stumble over.
    private static readonly string[] Fragments =
    [
        .. ReplyCorpus.Tags,
        .. "{ } [ ] \" ' , : | \\ / \n \r \t ( ) < > * # - ` . ; 1 0.5 -3 1e999 85% null true false no not yes none".Split(' '),
        .. "\"tags\": \"pictures\": {\"tags\":[ {\"tag\":\"Kissing\",\"confidence\": {\"tag\": ]} }] {{ }} [[ ]] \\u0000 \\ud800 \\\\\"".Split(
            ' '
        ),
        .. "<think> </think> <|begin_of_box|> <|end_of_box|> <| |> \\boxed{ ```json ``` ~~~ /* */ // <!-- --> & = +".Split(' '),
        .. "kissing HUGGING Kissin holding_hands Holding\u00a0hands Kıssing Kissing? Kissing! un-Kissing キス 亲吻".Split(' '),
        " ",
        "<|channel|>final<|message|>",
        "Picture 1:",
        "Picture 2",
        "Image 99999999999999999999:",
        "I'm sorry",
        "I can not",
        "\u202e",
        "\u0000",
        "\u001b[2J",
        "\ud83d",
        "\udc8b",
        "\u0301",
        "\ufeff",
        "0.99999999999999999999999999",
        "-0",
        "1e-400",
    ];

    private static readonly ChatReply[] Corpus = [.. ReplyCorpus.OnePicture.Select(each => each.Reply)];

    /// <summary>The input of a number.</summary>
    public static (ChatReply Reply, ReplyExpectation Expected) Make(TagNames tags, int seed, long number)
    {
        var random = new Random(HashCode(seed, number));
        var content = random.Next(OneInSoMany) == 0 ? LargeText(random) : Text(random);
        var reply = new ChatReply
        {
            Content = content,
            Reasoning = random.Next(6) == 0 ? Text(random) : "",
            Refusal = random.Next(40) == 0 ? Text(random) : "",
            FinishReason = random.Next(8) switch
            {
                0 => "length",
                1 => "",
                2 => Text(random),
                _ => "stop",
            },
            Tokens = random.Next(4) == 0 ? Tokens(random, content) : [],
        };
        var expected = new ReplyExpectation(tags, random.Next(1, 5))
        {
            Confidence = (ConfidenceKind)random.Next(3),
            Selection = (TagSelection)random.Next(2),
        };
        return (reply, expected);
    }

    // The framework's own hash codes differ from one process to the next.
    private static int HashCode(int seed, long number)
    {
        var mixed = unchecked(((ulong)number + ((ulong)(uint)seed << 40)) * 0x9E3779B97F4A7C15UL);
        return (int)(mixed >> 33);
    }

    private static string Text(Random random) =>
        random.Next(5) switch
        {
            0 => Characters(random, random.Next(64)),
            1 or 2 => Mutate(random, Corpus[random.Next(Corpus.Length)].Content),
            _ => Pieces(random, random.Next(24)),
        };

    private static string LargeText(Random random)
    {
        if (random.Next(4) == 0)
        {
            return Characters(random, Large);
        }

        var unit = random.Next(3) == 0 ? Mutate(random, Corpus[random.Next(Corpus.Length)].Content) : Pieces(random, random.Next(1, 5));
        if (unit.Length == 0)
        {
            return "";
        }

        var text = new StringBuilder(Pieces(random, random.Next(4)), Large + unit.Length);
        while (text.Length < Large)
        {
            text.Append(unit);
        }

        text.Length = Large;
        // The end decides whether what was opened is closed.
        return random.Next(2) == 0 ? text.ToString() : text.ToString(0, Large - 100) + Pieces(random, 4);
    }

    private static string Pieces(Random random, int count)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            text.Append(Fragments[random.Next(Fragments.Length)]);
        }

        return text.ToString();
    }

    // Any UTF-16 code unit, halves of pairs too; mostly ASCII, where the grammar is.
    private static string Characters(Random random, int count) =>
        string.Create(
            count,
            random,
            static (span, random) =>
            {
                foreach (ref var character in span)
                {
                    character = (char)(random.Next(4) == 0 ? random.Next(0x10000) : random.Next(0x80));
                }
            }
        );

    private static string Mutate(Random random, string text)
    {
        for (var i = random.Next(1, 5); i > 0 && text.Length > 0; i--)
        {
            var at = random.Next(text.Length);
            var length = random.Next(text.Length - at);
            text = random.Next(6) switch
            {
                0 => text[..at],
                1 => text.Remove(at, length),
                2 => text.Insert(at, text.Substring(at, length)),
                3 => text.Insert(at, Fragments[random.Next(Fragments.Length)]),
                4 => text[..at] + Corpus[random.Next(Corpus.Length)].Content,
                _ => string.Concat(text.AsSpan(0, at), Characters(random, 1), text.AsSpan(at + 1)),
            };
        }

        return text;
    }

    // Tokens that follow the text, as servers send them, or not.
    private static List<ReplyToken> Tokens(Random random, string content)
    {
        var tokens = new List<ReplyToken>();
        for (var at = 0; at < content.Length && tokens.Count < 64; )
        {
            var length = Math.Min(random.Next(1, 9), content.Length - at);
            var logprob = random.Next(10) switch
            {
                0 => 3,
                1 => -9999,
                _ => -random.NextDouble(),
            };
            tokens.Add(new ReplyToken(Encoding.UTF8.GetBytes(content, at, length), logprob));
            at += random.Next(20) == 0 ? 0 : length;
        }

        return tokens;
    }
}
