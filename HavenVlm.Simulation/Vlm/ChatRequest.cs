using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HavenVlm.Simulation.Vlm;

/// <summary>A request that a real server would refuse.</summary>
internal sealed class ChatRequestException(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;
}

/// <summary>What matters of a chat completion request.</summary>
internal sealed record ChatRequest
{
    public string Model { get; private init; } = "";

    /// <summary>All text of all messages.</summary>
    public string Text { get; private init; } = "";

    public IReadOnlyList<byte[]> Pictures { get; private init; } = [];

    /// <summary><c>response_format.type</c>; empty = none.</summary>
    public string ResponseFormat { get; private init; } = "";

    /// <summary>The JSON schema of the reply, if one was sent.</summary>
    public JsonObject? Schema { get; private init; }

    /// <summary>Names of all fields of the body.</summary>
    public IReadOnlySet<string> Parameters { get; private init; } = new HashSet<string>(StringComparer.Ordinal);

    public bool WantsLogprobs { get; private init; }

    public int MaxTokens { get; private init; } = int.MaxValue;

    /// <summary>Whether the client switched a model's thinking off, in one of the ways that servers with this API know.</summary>
    public bool ThinkingOff { get; private init; }

    /// <summary>Reads and checks a body.</summary>
    /// <exception cref="ChatRequestException">It is not what the API takes.</exception>
    public static ChatRequest Parse(ReadOnlySpan<byte> body)
    {
        JsonObject json;
        try
        {
            json = JsonNode.Parse(body) as JsonObject ?? throw Bad("the body must be a JSON object");
        }
        catch (JsonException e)
        {
            throw Bad($"the body is not JSON: {e.Message}");
        }

        try
        {
            return Read(json);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            throw Bad($"a field has the wrong type: {e.Message}");
        }
    }

    private static ChatRequest Read(JsonObject json)
    {
        if (json["messages"] is not JsonArray { Count: > 0 } messages)
        {
            throw Bad("'messages' must be a list with at least one message");
        }

        if (json["stream"]?.GetValue<bool>() == true)
        {
            throw Bad("'stream' is not served here");
        }

        var contents = messages.Select(message => ReadContent(message?["content"])).ToList();
        var format = json["response_format"];
        var schema = format?["json_schema"]?["schema"] as JsonObject;
        if (schema is not null && format?["json_schema"]?["strict"]?.GetValue<bool>() == true)
        {
            StrictSchema.Check(schema);
        }

        return new ChatRequest
        {
            Model = json["model"]?.GetValue<string>() ?? "",
            Text = string.Concat(contents.Select(content => content.Text)),
            Pictures = [.. contents.SelectMany(content => content.Pictures)],
            ResponseFormat = format?["type"]?.GetValue<string>() ?? "",
            Schema = schema,
            Parameters = json.Select(p => p.Key).ToHashSet(StringComparer.Ordinal),
            WantsLogprobs = json["logprobs"]?.GetValue<bool>() == true,
            MaxTokens = (json["max_tokens"] ?? json["max_completion_tokens"])?.GetValue<int>() ?? int.MaxValue,
            ThinkingOff =
                string.Equals(json["reasoning_effort"]?.GetValue<string>(), "none", StringComparison.Ordinal)
                || json["chat_template_kwargs"]?["enable_thinking"]?.GetValue<bool>() == false,
        };
    }

    private static (string Text, IReadOnlyList<byte[]> Pictures) ReadContent(JsonNode? content)
    {
        var text = new StringBuilder();
        if (content is JsonValue)
        {
            return (text.AppendLine(content.GetValue<string>()).ToString(), []);
        }

        List<byte[]> pictures = [];
        foreach (var part in content as JsonArray ?? throw Bad("'content' must be text or a list of parts"))
        {
            switch (part?["type"]?.GetValue<string>())
            {
                case "text":
                    text.AppendLine(part["text"]?.GetValue<string>());
                    break;
                case "image_url":
                    pictures.Add(DecodeDataUrl(part["image_url"]?["url"]?.GetValue<string>() ?? ""));
                    break;
                case var other:
                    throw Bad($"content part of type '{other}' is not known");
            }
        }

        return (text.ToString(), pictures);
    }

    private static byte[] DecodeDataUrl(string url)
    {
        const string prefix = "data:image/jpeg;base64,";
        if (!url.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        {
            throw Bad("'image_url' must be a data URL of a base64 JPEG");
        }

        try
        {
            return Convert.FromBase64String(url[prefix.Length..]);
        }
        catch (FormatException)
        {
            throw Bad("'image_url' is not valid base64");
        }
    }

    private static ChatRequestException Bad(string message) => new(400, "invalid_request_error", message);
}
