using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Vlm.Endpoints;

/// <summary>Writes the body of a chat completion request for one endpoint.</summary>
internal static class RequestBody
{
    private const string SchemaName = "frame_tags";
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Ours to decide: another message or a stream could not be read as an answer.
    private static readonly string[] Fixed = ["messages", "stream", "stream_options", "n"];

    /// <summary>
    /// The body: model, messages, then parameters. Provider parameters of all endpoints, then of this one, are laid over ours; objects are
    /// merged, null removes a parameter, and <c>messages</c>, <c>stream</c> and <c>n</c> stay ours.
    /// </summary>
    public static ReadOnlyMemory<byte> Write(ChatQuestion question, EndpointOptions endpoint, RequestShape shape)
    {
        var size = question.Pictures.Sum(picture => Base64.GetMaxEncodedToUtf8Length(picture.Jpeg.Length) + 256);
        var buffer = new ArrayBufferWriter<byte>(size + (question.Instructions.Length * 2) + 4096);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("model", endpoint.Model.Length > 0 ? endpoint.Model : question.Model);
            WriteMessages(writer, question);
            foreach (var (name, value) in Parameters(question, endpoint, shape))
            {
                writer.WritePropertyName(name);
                WriteValue(writer, value);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>How a picture is announced: by number and time.</summary>
    public static string Announcement(int number, TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $@"Picture {number}, at {time:hh\:mm\:ss\.f}:");

    private static void WriteMessages(Utf8JsonWriter writer, ChatQuestion question)
    {
        writer.WriteStartArray("messages");
        writer.WriteStartObject();
        writer.WriteString("role", "user");
        writer.WriteStartArray("content");
        WriteText(writer, question.Instructions);
        for (var i = 0; i < question.Pictures.Count; i++)
        {
            WriteText(writer, Announcement(i + 1, question.Pictures[i].Time));
            WritePicture(writer, question.Pictures[i].Jpeg.Span);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter writer, string text)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "text");
        writer.WriteString("text", text);
        writer.WriteEndObject();
    }

    private static void WritePicture(Utf8JsonWriter writer, ReadOnlySpan<byte> jpeg)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "image_url");
        writer.WriteStartObject("image_url");
        writer.WritePropertyName("url");
        var start = "\"data:image/jpeg;base64,"u8;
        var rented = ArrayPool<byte>.Shared.Rent(start.Length + Base64.GetMaxEncodedToUtf8Length(jpeg.Length) + 1);
        start.CopyTo(rented);
        Base64.EncodeToUtf8(jpeg, rented.AsSpan(start.Length), out _, out var written);
        rented[start.Length + written] = (byte)'"';
        // Base64 needs no escaping, so looking at every byte of it again would be waste.
        writer.WriteRawValue(rented.AsSpan(0, start.Length + written + 1), skipInputValidation: true);
        ArrayPool<byte>.Shared.Return(rented);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static JsonObject Parameters(ChatQuestion question, EndpointOptions endpoint, RequestShape shape)
    {
        var parameters = new JsonObject { [shape.IsNewTokenField ? "max_completion_tokens" : "max_tokens"] = question.MaxTokens };
        if (shape.HasTemperature)
        {
            parameters["temperature"] = question.Temperature;
        }

        if (question.Logprobs && shape.HasLogprobs)
        {
            parameters["logprobs"] = true;
            if (shape.HasTopLogprobs)
            {
                // Without it some servers send 20 alternatives with each token.
                parameters["top_logprobs"] = 0;
            }
        }

        if (shape.Format == ReplyFormat.JsonSchema)
        {
            parameters["response_format"] = new JsonObject
            {
                ["type"] = "json_schema",
                ["json_schema"] = new JsonObject
                {
                    ["name"] = SchemaName,
                    ["strict"] = true,
                    ["schema"] = shape.HasBounds ? question.Schema.DeepClone() : WithoutBounds(question.Schema),
                },
            };
        }
        else if (shape.Format == ReplyFormat.JsonObject)
        {
            parameters["response_format"] = new JsonObject { ["type"] = "json_object" };
        }

        Merge(parameters, question.ExtraBody);
        Merge(parameters, endpoint.ExtraBody);
        foreach (var name in Fixed)
        {
            parameters.Remove(name);
        }

        return parameters;
    }

    // Names of tags are values in a schema, so no tag is lost by it.
    private static JsonNode WithoutBounds(JsonNode schema)
    {
        var copy = schema.DeepClone();
        Remove(copy);
        return copy;

        static void Remove(JsonNode? node)
        {
            if (node is JsonObject json)
            {
                json.Remove("minimum");
                json.Remove("maximum");
            }

            foreach (var child in Children(node))
            {
                Remove(child);
            }
        }

        static IEnumerable<JsonNode?> Children(JsonNode? node) =>
            node switch
            {
                JsonArray array => array,
                JsonObject json => json.Select(property => property.Value),
                _ => [],
            };
    }

    private static void Merge(JsonObject into, JsonObject from)
    {
        foreach (var (name, value) in from)
        {
            switch (value)
            {
                case null:
                    into.Remove(name);
                    break;
                case JsonObject part when into[name] is JsonObject existing:
                    Merge(existing, part);
                    break;
                default:
                    into[name] = value.DeepClone();
                    break;
            }
        }
    }

    private static void WriteValue(Utf8JsonWriter writer, JsonNode? value)
    {
        if (value is null)
        {
            writer.WriteNullValue();
            return;
        }

        value.WriteTo(writer);
    }
}
