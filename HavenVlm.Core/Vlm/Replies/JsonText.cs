using System.Text;
using System.Text.Json;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>JSON that was written as a text: <c>"{\"tags\": []}"</c>.</summary>
internal static class JsonText
{
    private const int MostWrappings = 3;

    /// <summary>The object or list in a text; null when there is none.</summary>
    public static JsonElement? Inside(JsonElement json) =>
        json.ValueKind == JsonValueKind.String
        && Parse(json.GetString()!) is { ValueKind: JsonValueKind.Object or JsonValueKind.Array } inside
            ? inside
            : null;

    /// <summary>A reply without the quotes that a model puts around all of it.</summary>
    public static string Unwrap(string text)
    {
        for (var i = 0; i < MostWrappings; i++)
        {
            var trimmed = text.AsSpan().Trim();
            if (
                trimmed.Length < 4
                || trimmed[0] != '"'
                || trimmed[^1] != '"'
                || trimmed[1..].TrimStart(" \\nrt").Length == 0
                || trimmed[1..].TrimStart(" \\nrt")[0] is not ('{' or '[' or '"')
                || Parse(trimmed.ToString()) is not { ValueKind: JsonValueKind.String } inner
            )
            {
                return text;
            }

            if (Text(inner) is not { } read)
            {
                return text;
            }

            text = read;
        }

        return text;
    }

    private static string? Text(JsonElement json)
    {
        try
        {
            return json.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            return null;
        }
    }

    private static JsonElement? Parse(string text)
    {
        var first = text.AsSpan().TrimStart();
        if (first.Length < 2 || first[0] is not ('{' or '[' or '"'))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(text));
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
