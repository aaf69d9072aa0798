using System.Text.Json;
using System.Text.Json.Nodes;

namespace HavenVlm.Core.Vlm.Endpoints;

/// <summary>
/// Makes one chat completion of what a server sent: some send an event stream although none was requested, comment lines that keep a
/// connection alive, or a byte order mark.
/// </summary>
internal static class ReplyBody
{
    private static readonly string[] TextNames = ["content", "reasoning_content", "reasoning", "thinking", "refusal"];

    /// <summary>The JSON of the completion.</summary>
    /// <exception cref="JsonException">It is none, or a stream that ended in the middle.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        var rest = WithoutComments(body);
        var start = rest.Span;
        return start.StartsWith("data:"u8) || start.StartsWith("event:"u8) || start.StartsWith("id:"u8)
            ? JsonSerializer.SerializeToDocument(Merge(rest.Span))
            : JsonDocument.Parse(rest);
    }

    // "\uFEFF", ": OPENROUTER PROCESSING"
    private static ReadOnlyMemory<byte> WithoutComments(ReadOnlyMemory<byte> body)
    {
        var rest = body;
        while (true)
        {
            var start = rest.Span;
            var blank = start.Length - start.TrimStart(" \t\r\n"u8).Length;
            if (blank > 0)
            {
                rest = rest[blank..];
            }
            else if (start.StartsWith("\uFEFF"u8))
            {
                rest = rest[3..];
            }
            else if (start.StartsWith(":"u8))
            {
                var end = start.IndexOf((byte)'\n');
                rest = end < 0 ? default : rest[(end + 1)..];
            }
            else
            {
                return rest;
            }
        }
    }

    private static JsonObject Merge(ReadOnlySpan<byte> stream)
    {
        var merged = new MergedStream();
        var rest = stream;
        while (rest.Length > 0)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = (end < 0 ? rest : rest[..end]).Trim(" \t\r"u8);
            rest = end < 0 ? [] : rest[(end + 1)..];
            if (!line.StartsWith("data:"u8))
            {
                continue;
            }

            var data = line["data:"u8.Length..].Trim(" \t"u8);
            if (data.SequenceEqual("[DONE]"u8))
            {
                merged.IsDone = true;
            }
            else if (data.Length > 0)
            {
                merged.Add(JsonNode.Parse(data) as JsonObject ?? throw new JsonException("an event holds no object"));
            }
        }

        return merged.ToCompletion();
    }

    private sealed class MergedStream
    {
        private readonly JsonObject _root = [];
        private readonly JsonObject _message = [];
        private readonly JsonArray _tokens = [];
        private string _arguments = "";
        private string? _finish;
        private JsonNode? _error;
        private bool _hasChoice;

        public bool IsDone { get; set; }

        public void Add(JsonObject chunk)
        {
            foreach (var (name, value) in chunk)
            {
                if (name is not "choices" && value is not null)
                {
                    _root[name] = value.DeepClone();
                }
            }

            if (chunk["choices"] is not JsonArray { Count: > 0 } choices || choices[0] is not JsonObject choice)
            {
                return;
            }

            _hasChoice = true;
            _finish = Text(choice["finish_reason"]) ?? _finish;
            _error ??= choice["error"]?.DeepClone();
            if (choice["logprobs"]?["content"] is JsonArray tokens)
            {
                foreach (var token in tokens)
                {
                    _tokens.Add(token?.DeepClone());
                }
            }

            if ((choice["delta"] ?? choice["message"]) is JsonObject delta)
            {
                foreach (var name in TextNames)
                {
                    if (Text(delta[name]) is { } text)
                    {
                        _message[name] = Text(_message[name]) + text;
                    }
                }

                _arguments += Text((delta["tool_calls"] as JsonArray)?.FirstOrDefault()?["function"]?["arguments"]);
            }
        }

        public JsonObject ToCompletion()
        {
            if (_hasChoice && _error is null && _finish is null && !IsDone && _root["error"] is null)
            {
                throw new JsonException("the event stream ended in the middle");
            }

            if (_arguments.Length > 0)
            {
                _message["tool_calls"] = new JsonArray(new JsonObject { ["function"] = new JsonObject { ["arguments"] = _arguments } });
            }

            var choice = new JsonObject { ["message"] = _message, ["finish_reason"] = _finish };
            if (_error is not null)
            {
                choice["error"] = _error;
            }

            if (_tokens.Count > 0)
            {
                choice["logprobs"] = new JsonObject { ["content"] = _tokens };
            }

            if (_hasChoice)
            {
                _root["choices"] = new JsonArray(choice);
            }

            return _root;
        }

        private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
    }
}
