using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace HavenVlm.Simulation.Vlm.Replies;

/// <summary>What a model says: its message and why it stopped.</summary>
internal sealed record Completion
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Content; null as JSON null.</summary>
    public string? Content { get; init; } = "";

    /// <summary>Reasoning in a field of its own; empty = the field is left out.</summary>
    public string Reasoning { get; init; } = "";

    /// <summary>Name of the field for <see cref="Reasoning"/>.</summary>
    public string ReasoningField { get; init; } = "reasoning_content";

    /// <summary>OpenAI's field for a refusal; empty = left out.</summary>
    public string Refusal { get; init; } = "";

    /// <summary>Why it stopped.</summary>
    public string FinishReason { get; init; } = "stop";

    /// <summary>The completion in a reply style.</summary>
    public static Completion Of(
        VlmBehavior behavior,
        ChatRequest request,
        IReadOnlyList<string> asked,
        IReadOnlyList<Observation> observations
    )
    {
        if (behavior.Replies == ReplyStyle.PlainText)
        {
            return new Completion { Content = Plain(observations) };
        }

        var schema = request.Schema ?? ExampleSchema.From(request.Text, asked);
        var json = new SchemaWriter(schema, observations, asked).Write()?.ToJsonString(Readable) ?? "null";
        var thoughts =
            $"Let me look. Could this be {string.Join(" or ", asked.Take(3))}? I compare the colours. {{\"draft\": true}} is not final.";
        return behavior.Replies switch
        {
            ReplyStyle.ReasoningContent => new Completion { Reasoning = json },
            ReplyStyle.Thinking when request.ThinkingOff => new Completion { Content = json },
            ReplyStyle.Thinking when request.MaxTokens <= behavior.ThinkingTokens => new Completion
            {
                Reasoning = thoughts,
                ReasoningField = "reasoning",
                FinishReason = "length",
            },
            ReplyStyle.Thinking => new Completion
            {
                Content = json,
                Reasoning = thoughts,
                ReasoningField = "reasoning",
            },
            ReplyStyle.ThinkTags => new Completion { Content = $"<think>\n{thoughts}\n</think>\n\n{json}" },
            ReplyStyle.BoxTokens => new Completion { Content = $"<|begin_of_box|>{json}<|end_of_box|>" },
            ReplyStyle.Fences => new Completion
            {
                Content = $"Here is what I see:\n\n```json\n{json}\n```\n\nLet me know if you need more.",
            },
            _ => new Completion { Content = json },
        };
    }

    /// <summary>The response body of <c>/v1/chat/completions</c>.</summary>
    public JsonObject ToBody(long number, string model, DateTimeOffset now, int promptTokens, TokenProbabilities? probabilities)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = Content };
        if (Reasoning.Length > 0)
        {
            message[ReasoningField] = Reasoning;
        }

        if (Refusal.Length > 0)
        {
            message["refusal"] = Refusal;
        }

        var completionTokens = ((Content?.Length ?? 0) + Reasoning.Length + Refusal.Length + 3) / 4;
        return new JsonObject
        {
            ["id"] = $"chatcmpl-{number}",
            ["object"] = "chat.completion",
            ["created"] = now.ToUnixTimeSeconds(),
            ["model"] = model,
            ["choices"] = new JsonArray(
                new JsonObject
                {
                    ["index"] = 0,
                    ["message"] = message,
                    ["logprobs"] = probabilities?.Of(Content ?? ""),
                    ["finish_reason"] = FinishReason,
                }
            ),
            ["usage"] = new JsonObject
            {
                ["prompt_tokens"] = promptTokens,
                ["completion_tokens"] = completionTokens,
                ["total_tokens"] = promptTokens + completionTokens,
            },
        };
    }

    private static string Plain(IReadOnlyList<Observation> observations)
    {
        var text = new StringBuilder();
        for (var i = 0; i < observations.Count; i++)
        {
            var number = observations.Count > 1 ? $"{i + 1}. " : "";
            var tags = observations[i].Tags.Count == 0 ? "none" : string.Join(", ", observations[i].Tags.Select(t => t.Name));
            text.Append(i > 0 ? "\n" : "").Append(number).Append(observations[i].Description).Append(" | ").Append(tags);
        }

        return text.ToString();
    }
}

/// <summary>Probabilities of a reply's tokens: those of a tag's name multiply to the tag's confidence, all others are near certain.</summary>
internal sealed partial class TokenProbabilities(IReadOnlyList<Observation> observations)
{
    private readonly Dictionary<string, double> _confidence = observations
        .SelectMany(o => o.Tags)
        .GroupBy(t => t.Name, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => g.Max(t => t.Confidence), StringComparer.Ordinal);

    /// <summary>The <c>logprobs</c> object for a content.</summary>
    public JsonObject Of(string content)
    {
        var tokens = new JsonArray();
        foreach (var word in Word().EnumerateMatches(content))
        {
            var text = content.Substring(word.Index, word.Length);
            // Two tokens for a longer word, as real tokenizers cut names.
            string[] pieces = text.Length > 4 ? [text[..4], text[4..]] : [text];
            var logprob = _confidence.TryGetValue(text, out var confidence) ? Math.Log(confidence) / pieces.Length : -0.0001;
            foreach (var piece in pieces)
            {
                tokens.Add(Token(piece, logprob));
            }
        }

        return new JsonObject { ["content"] = tokens };
    }

    private static JsonObject Token(string text, double logprob) =>
        new()
        {
            ["token"] = text,
            ["logprob"] = logprob,
            ["bytes"] = new JsonArray([.. Encoding.UTF8.GetBytes(text).Select(b => (JsonNode)(int)b)]),
            ["top_logprobs"] = new JsonArray(),
        };

    [GeneratedRegex(@"[\p{L}\p{N}]+|\s+|[^\p{L}\p{N}\s]", RegexOptions.None, 5000)]
    private static partial Regex Word();
}
