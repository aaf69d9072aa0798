using System.Text.Json;
using HavenVlm.Core.Common;

namespace HavenVlm.Functions.Workflows;

/// <summary>Messages as JSON elements: written with our own options, and left alone by whatever Durable Functions serializes with.</summary>
internal static class DurableJson
{
    /// <summary>A value as JSON; null stays null.</summary>
    public static JsonElement? ToElement(object? value) =>
        value is null ? null : JsonSerializer.SerializeToElement(value, value.GetType(), HavenJson.Options);

    /// <summary>A value from JSON; nothing and <c>null</c> are the default.</summary>
    public static T To<T>(JsonElement? element) =>
        element is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } value
            ? value.Deserialize<T>(HavenJson.Options)!
            : default!;

    /// <summary>The text of a message for <c>RunJsonAsync</c>.</summary>
    public static string? TextOf(JsonElement? element) =>
        element is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } value ? value.GetRawText() : null;

    /// <summary>JSON text as an element.</summary>
    public static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    /// <summary>What the engine keeps as text: JSON as it is, anything else (a reason that somebody else wrote) as a JSON string.</summary>
    public static JsonElement? ParseOrQuote(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        try
        {
            var element = Parse(text);
            return element.ValueKind == JsonValueKind.Null ? null : element;
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(text, HavenJson.Options);
        }
    }
}
