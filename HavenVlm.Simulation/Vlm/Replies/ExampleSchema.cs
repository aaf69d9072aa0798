using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace HavenVlm.Simulation.Vlm.Replies;

/// <summary>What a model gathers from a JSON example in the prompt when no schema comes with the request.</summary>
internal static partial class ExampleSchema
{
    /// <summary>A schema after the first JSON object in the prompt, else a plain list of tags per picture.</summary>
    public static JsonObject From(string prompt, IReadOnlyList<string> asked)
    {
        // People write examples that are not quite JSON, and models read them all the same.
        prompt = Ellipsis().Replace(NumberRange().Replace(prompt, "${from}"), "");
        for (var at = prompt.IndexOf('{', StringComparison.Ordinal); at >= 0; at = prompt.IndexOf('{', at + 1))
        {
            if (ParseAt(prompt, at) is JsonObject { Count: > 0 } example)
            {
                return SchemaOf(example, asked, "");
            }
        }

        return SchemaOf(
            new JsonObject { ["frames"] = new JsonArray(new JsonObject { ["frame"] = 1, ["tags"] = new JsonArray("tag") }) },
            asked,
            ""
        );
    }

    private static JsonNode? ParseAt(string prompt, int at)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(prompt[at..]));
            return JsonNode.Parse(ref reader);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonObject SchemaOf(JsonNode? example, IReadOnlyList<string> asked, string name)
    {
        switch (example)
        {
            case JsonObject fields:
                var properties = new JsonObject();
                foreach (var (field, value) in fields)
                {
                    properties[field] = SchemaOf(value, asked, field);
                }

                return new JsonObject { ["type"] = "object", ["properties"] = properties };
            case JsonArray items:
                return new JsonObject { ["type"] = "array", ["items"] = SchemaOf(items.FirstOrDefault() ?? "tag", asked, name) };
            case JsonValue value when value.TryGetValue(out string? text):
                return IsTag(text, name, asked)
                    ? new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. asked.Select(tag => (JsonNode)tag)]) }
                    : new JsonObject { ["type"] = "string" };
            case JsonValue value:
                return new JsonObject
                {
                    ["type"] = value.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? "boolean" : "number",
                };
            default:
                return new JsonObject { ["type"] = "null" };
        }
    }

    private static bool IsTag(string text, string name, IReadOnlyList<string> asked) =>
        asked.Contains(text, StringComparer.Ordinal)
        || name.Contains("tag", StringComparison.OrdinalIgnoreCase)
        || text.Contains("tag", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"(?<from>\d+(\.\d+)?)\s*(to|-|–|\.\.)\s*\d+(\.\d+)?", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex NumberRange();

    [GeneratedRegex(@",?\s*(\.\.\.|…)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Ellipsis();
}
