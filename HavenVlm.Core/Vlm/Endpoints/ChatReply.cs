using System.Text;
using System.Text.Json;
using HavenVlm.Core.Vlm.Contracts;

namespace HavenVlm.Core.Vlm.Endpoints;

/// <summary>A token of a reply and how sure the model was of it.</summary>
/// <param name="Utf8">The token's bytes; a character may be spread over two tokens.</param>
/// <param name="Logprob">Natural logarithm of its probability.</param>
internal readonly record struct ReplyToken(byte[] Utf8, double Logprob);

/// <summary>What a server replied, as far as an answer can be in it.</summary>
internal sealed record ChatReply
{
    /// <summary>The message's text.</summary>
    public string Content { get; init; } = "";

    /// <summary>What a reasoning model thought; some servers put the answer there.</summary>
    public string Reasoning { get; init; } = "";

    /// <summary>OpenAI's separate field for refusals.</summary>
    public string Refusal { get; init; } = "";

    /// <summary>Why the reply ended: <c>stop</c>, <c>length</c>, <c>content_filter</c>…</summary>
    public string FinishReason { get; init; } = "";

    /// <summary>The model that answered, as the server names it.</summary>
    public string Model { get; init; } = "";

    /// <summary>Tokens that the request took; null when the server does not say.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>The tokens of <see cref="Content"/>; empty when the server does not tell them.</summary>
    public IReadOnlyList<ReplyToken> Tokens { get; init; } = [];

    /// <summary>Reads a chat completion; null when it is none.</summary>
    /// <exception cref="InvalidOperationException">Text in it is no text (half of a surrogate pair).</exception>
    public static ChatReply? Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var model = Text(root, "model");
        if (!root.TryGetProperty("choices", out var choices) || choices.ValueKind != JsonValueKind.Array)
        {
            // Ollama's own form.
            return
                root.TryGetProperty("message", out var own) && own.ValueKind == JsonValueKind.Object && root.TryGetProperty("done", out _)
                ? ReadMessage(
                    new ChatReply
                    {
                        Model = model,
                        FinishReason = Text(root, "done_reason"),
                        Usage = ReplyUsage.Read(root),
                    },
                    own
                )
                : null;
        }

        if (choices.GetArrayLength() == 0 || choices[0] is not { ValueKind: JsonValueKind.Object } choice)
        {
            return new ChatReply { Model = model, Usage = ReplyUsage.Read(root) };
        }

        var reply = new ChatReply
        {
            Model = model,
            Usage = ReplyUsage.Read(root),
            FinishReason = Text(choice, "finish_reason"),
            Tokens = ReadTokens(choice),
        };
        return choice.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.Object
            ? ReadMessage(reply, message)
            : reply with
            {
                Content = Text(choice, "text"),
            };
    }

    private static ChatReply ReadMessage(ChatReply reply, JsonElement message)
    {
        var content = Text(message, "content");
        return reply with
        {
            Content = string.IsNullOrWhiteSpace(content) ? Arguments(message) : content,
            Reasoning = FirstText(message, "reasoning_content", "reasoning", "thinking"),
            Refusal = Text(message, "refusal"),
        };
    }

    private static string FirstText(JsonElement element, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Text(element, name) is { Length: > 0 } text)
            {
                return text;
            }
        }

        return "";
    }

    // Some models answer by a call of a function that nobody offered.
    private static string Arguments(JsonElement message)
    {
        var call =
            message.TryGetProperty("tool_calls", out var calls) && calls.ValueKind == JsonValueKind.Array && calls.GetArrayLength() > 0
                ? calls[0]
                : default;
        var isCall = call.ValueKind == JsonValueKind.Object && call.TryGetProperty("function", out _);
        var function =
            isCall ? call.GetProperty("function")
            : message.TryGetProperty("function_call", out var older) ? older
            : default;
        if (function.ValueKind != JsonValueKind.Object || !function.TryGetProperty("arguments", out var arguments))
        {
            return "";
        }

        return arguments.ValueKind switch
        {
            JsonValueKind.String => arguments.GetString()!,
            JsonValueKind.Object or JsonValueKind.Array => arguments.GetRawText(),
            _ => "",
        };
    }

    // Content is text, or a list of parts of which the text ones count.
    private static string Text(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value))
        {
            return "";
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString()!;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            // An answer that was parsed on the way.
            return value.GetRawText();
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            return "";
        }

        var text = new StringBuilder();
        foreach (var part in value.EnumerateArray())
        {
            if (part.ValueKind == JsonValueKind.Object)
            {
                text.Append(Text(part, "text"));
            }
        }

        return text.ToString();
    }

    private static List<ReplyToken> ReadTokens(JsonElement choice)
    {
        var tokens = new List<ReplyToken>();
        if (
            !choice.TryGetProperty("logprobs", out var logprobs)
            || logprobs.ValueKind != JsonValueKind.Object
            || !logprobs.TryGetProperty("content", out var content)
            || content.ValueKind != JsonValueKind.Array
        )
        {
            return tokens;
        }

        foreach (var item in content.EnumerateArray())
        {
            if (
                item.ValueKind == JsonValueKind.Object
                && item.TryGetProperty("logprob", out var logprob)
                && logprob.ValueKind == JsonValueKind.Number
                && logprob.TryGetDouble(out var value)
            )
            {
                tokens.Add(new ReplyToken(Bytes(item), value));
            }
        }

        return tokens;
    }

    private static byte[] Bytes(JsonElement token)
    {
        if (token.TryGetProperty("bytes", out var bytes) && bytes.ValueKind == JsonValueKind.Array)
        {
            return
            [
                .. bytes
                    .EnumerateArray()
                    .Select(each => each.ValueKind == JsonValueKind.Number && each.TryGetByte(out var b) ? b : (byte)'?'),
            ];
        }

        return Encoding.UTF8.GetBytes(Text(token, "token"));
    }
}
