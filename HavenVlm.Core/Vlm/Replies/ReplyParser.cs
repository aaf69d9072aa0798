using System.Globalization;
using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Endpoints;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>
/// Reads a model's reply: the JSON that was asked for; JSON in fences or prose; <c>description | tag, tag</c>; special-token boxes; at last
/// tags named in prose. What can't be read is a failure, never "no tags". Replies are hostile text: the work is linear, nothing throws.
/// </summary>
internal static class ReplyParser
{
    private const int LongestText = 512 * 1024;

    /// <summary>Reads a reply.</summary>
    public static ParsedReply Parse(ChatReply reply, ReplyExpectation expected)
    {
        if (reply.Refusal.Length > 0)
        {
            return Fail(FailureKind.Refused, "the model refused: " + Excerpt(reply.Refusal));
        }

        if (reply.FinishReason is "content_filter")
        {
            return Fail(FailureKind.Refused, "the server's content filter stopped the reply");
        }

        var isCut = reply.FinishReason is "length";
        var (answer, thoughts) = ThoughtBlocks.Split(reply.Content);
        var isThought = string.IsNullOrWhiteSpace(answer);
        if (isThought)
        {
            // Some servers put the answer where reasoning goes; but a reasoning that was cut holds drafts, not answers.
            answer =
                reply.Reasoning.Length > 0
                    ? ThoughtBlocks.Split(reply.Reasoning) is var (a, b) && a.Trim().Length > 0
                        ? a
                        : b
                    : thoughts;
        }

        if (isThought && isCut)
        {
            return Fail(
                FailureKind.Cut,
                ContextAdvice(reply, expected)
                    ?? "the token budget was used up before the answer: raise vlm.maxTokens or switch the model's reasoning off"
            );
        }

        if (answer.Length > LongestText)
        {
            return Fail(FailureKind.Unusable, "the reply was longer than 512 KB");
        }

        if (string.IsNullOrWhiteSpace(answer) || PlainAnswer.IsOnlyTokens(answer))
        {
            return Fail(FailureKind.Empty, "the reply was empty");
        }

        answer = JsonText.Unwrap(answer);
        return ReadText(CheckList.ToPlain(answer, expected.Tags) ?? answer, isThought, isCut, reply, expected);
    }

    private static ParsedReply ReadText(string answer, bool isThought, bool isCut, ChatReply reply, ReplyExpectation expected)
    {
        var json = EmbeddedJson.Find(answer, word => expected.Tags.Find(word) is not null || TagText.Verdict(word) is not null);
        if (ReadJson(json, answer, expected) is { } read)
        {
            return Succeed(read, repaired: isThought || !json.IsWhole, reply, expected);
        }

        if (isCut || json.IsCut)
        {
            var why = isCut ? ContextAdvice(reply, expected) ?? "raise vlm.maxTokens" : Excerpt(answer);
            return Fail(FailureKind.Cut, "the reply ended in the middle: " + why);
        }

        if (json.IsWhole && new JsonAnswer(expected.Tags).HasTagKey(json.Values[0].Json))
        {
            // {"Kissing": {"reason": "their lips do not touch"}} says something that is not known; as prose it would be read wrongly.
            return Fail(FailureKind.Unusable, "the reply does not say which tags apply: " + Excerpt(answer));
        }

        // In a reasoning only the conclusion counts.
        var plain = isThought ? LastLine(answer) : answer;
        if (ReadPlain(plain, expected) is { } found)
        {
            return Succeed(found, repaired: true, reply, expected);
        }

        return ProseAnswer.IsRefusal(answer)
            ? Fail(FailureKind.Refused, "the model refused: " + Excerpt(answer))
            : Fail(FailureKind.Unusable, "the reply names no tag and does not say that none applies: " + Excerpt(answer));
    }

    private static TagMentions?[]? ReadJson(EmbeddedJson json, string text, ReplyExpectation expected)
    {
        var reader = new JsonAnswer(expected.Tags);
        // What is one value or about one picture would be read twice for the same.
        if (expected.Pictures > 1 && json.Values.Count > 1 && ReadOneByOne(json, reader, expected.Pictures) is { } lines)
        {
            return lines;
        }

        // Drafts come first, the answer last.
        for (var i = json.Values.Count - 1; i >= 0; i--)
        {
            if (reader.Read(json.Values[i], expected.Pictures) is { } read && !IsBoxInProse(json, json.Values[i].Json, text, expected))
            {
                return read;
            }
        }

        return null;
    }

    // "Kissing [ ]" holds no empty list.
    private static bool IsBoxInProse(EmbeddedJson json, JsonElement value, string text, ReplyExpectation expected) =>
        !json.IsWhole
        && value.ValueKind == JsonValueKind.Array
        && value.GetArrayLength() == 0
        && new ProseAnswer(expected.Tags).HasTag(text);

    // One JSON object on each line, each with the picture's number.
    private static TagMentions?[]? ReadOneByOne(EmbeddedJson json, JsonAnswer reader, int pictures)
    {
        var all = new TagMentions?[pictures];
        var seen = new HashSet<int>();
        foreach (var value in json.Values)
        {
            var one = reader.Read(value, pictures);
            for (var i = 0; i < pictures; i++)
            {
                if (one?[i] is not null)
                {
                    all[i] = seen.Add(i) ? one[i] : null;
                }
            }
        }

        return Array.TrueForAll(all, each => each is null) ? null : all;
    }

    private static TagMentions?[]? ReadPlain(string text, ReplyExpectation expected)
    {
        var reader = new PlainAnswer(expected.Tags);
        if (expected.Pictures == 1)
        {
            return ReadOnePlain(reader, text) is { } one ? [one] : null;
        }

        TagMentions?[] all =
        [
            .. PlainAnswer.Part(text, expected.Pictures).Select(part => part is null ? null : ReadOnePlain(reader, part)),
        ];
        return Array.TrueForAll(all, each => each is null) ? null : all;
    }

    // "I'm sorry, I can't tell whether this is Kissing or Hugging" names tags and is no answer.
    private static TagMentions? ReadOnePlain(PlainAnswer reader, string text) =>
        reader.Read(text) is { } read && !(ProseAnswer.IsRefusal(text) && read.Mentions.Count == 0) ? read : null;

    private static ParsedReply Succeed(TagMentions?[] read, bool repaired, ChatReply reply, ReplyExpectation expected)
    {
        if (expected.Confidence == ConfidenceKind.Reported && read.Any(mentions => mentions?.OutOfRange is not null))
        {
            var tag = read.First(mentions => mentions?.OutOfRange is not null)!.OutOfRange;
            if (Array.TrueForAll(read, mentions => mentions is null || mentions.OutOfRange is not null))
            {
                return Fail(FailureKind.Unusable, $"the confidence of {tag} is not between 0 and 1: {Excerpt(reply.Content)}");
            }

            // Of several pictures only this one is asked again.
            read = [.. read.Select(mentions => mentions?.OutOfRange is null ? mentions : null)];
        }

        var tokens = new TokenProbabilities(reply.Tokens);
        return new ParsedReply
        {
            Pictures = [.. read.Select(mentions => mentions is null ? null : Assess(mentions, tokens, expected))],
            Repaired = repaired,
        };
    }

    private static PictureReading Assess(TagMentions mentions, TokenProbabilities tokens, ReplyExpectation expected)
    {
        var isMeasured = false;
        var assessed = new List<KeyValuePair<string, double>>();
        foreach (var mention in mentions.Mentions)
        {
            if (mention.Confidence is 0 && expected.Confidence != ConfidenceKind.Reported)
            {
                // "0/10" is a no, whatever a yes counts for.
                continue;
            }

            var measured = expected.Confidence switch
            {
                ConfidenceKind.Reported => mention.Confidence,
                ConfidenceKind.Logprobs => tokens.Next(mention.Written),
                _ => null,
            };
            isMeasured |= measured is not null;
            assessed.Add(new(mention.Tag, measured ?? expected.FixedConfidence));
        }

        if (expected.Selection == TagSelection.Single)
        {
            assessed = [.. assessed.OrderByDescending(tag => tag.Value).Take(1)];
        }

        var wanted = expected.Confidence == ConfidenceKind.Logprobs && !tokens.IsKnown ? ConfidenceKind.Fixed : expected.Confidence;
        var kind = isMeasured || assessed.Count == 0 ? wanted : ConfidenceKind.Fixed;
        return new PictureReading(assessed.ToDictionary(StringComparer.Ordinal), kind, mentions.Unknown, UnknownNames(mentions, expected));
    }

    // A name without a tag may be adopted later, then with the confidence that it has here.
    private static Dictionary<string, double> UnknownNames(TagMentions mentions, ReplyExpectation expected) =>
        mentions.UnknownNames.ToDictionary(
            mention => mention.Tag,
            mention =>
                expected.Confidence == ConfidenceKind.Reported ? mention.Confidence ?? expected.FixedConfidence : expected.FixedConfidence,
            StringComparer.Ordinal
        );

    private static string LastLine(string text)
    {
        var trimmed = text.AsSpan().TrimEnd();
        return trimmed[(trimmed.LastIndexOf('\n') + 1)..].ToString();
    }

    // Fewer tokens than were allowed: what ended was not the budget.
    private static string? ContextAdvice(ChatReply reply, ReplyExpectation expected) =>
        reply.Usage?.Out is { } tokens && tokens < expected.MaxTokens
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"the model's context was full after {tokens} of {expected.MaxTokens} tokens: give the model more context, or lower vlm.maxImageSize or vlm.framesPerRequest"
            )
            : null;

    private static string Excerpt(string text) => '"' + ErrorText.Clean(text[..Math.Min(text.Length, 200)]) + '"';

    private static ParsedReply Fail(FailureKind kind, string reason) => new() { Failure = kind, Reason = reason };
}
