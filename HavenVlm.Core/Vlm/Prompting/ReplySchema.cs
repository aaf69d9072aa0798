using System.Text.Json.Nodes;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Contracts;

namespace HavenVlm.Core.Vlm.Prompting;

/// <summary>The JSON schema of the reply: what strict mode everywhere accepts, so every property required and nothing fancy.</summary>
internal static class ReplySchema
{
    /// <summary>The schema for a request with so many pictures; tag names, or the short ids of a long list, are an enum.</summary>
    public static JsonObject Build(VlmQuestion question, int pictures)
    {
        if (pictures == 1)
        {
            return Object(("tags", Tags(question)));
        }

        var picture = Object(("picture", new JsonObject { ["type"] = "integer" }), ("tags", Tags(question)));
        return Object(("pictures", Array(picture)));
    }

    private static JsonObject Tags(VlmQuestion question)
    {
        var name = new JsonObject
        {
            ["type"] = "string",
            ["enum"] = new JsonArray([.. question.Tags.Select((tag, i) => JsonValue.Create(question.HasIds ? VlmTag.Id(i) : tag.Name))]),
        };
        var entry = question.Confidence == ConfidenceKind.Reported ? Object(("tag", name), ("confidence", Confidence())) : name;
        return Array(entry);
    }

    private static JsonObject Confidence() =>
        new()
        {
            ["type"] = "number",
            ["minimum"] = 0,
            ["maximum"] = 1,
        };

    private static JsonObject Array(JsonObject items) => new() { ["type"] = "array", ["items"] = items };

    private static JsonObject Object(params (string Name, JsonObject Schema)[] properties) =>
        new()
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(
                properties.Select(property => KeyValuePair.Create<string, JsonNode?>(property.Name, property.Schema))
            ),
            ["required"] = new JsonArray([.. properties.Select(property => JsonValue.Create(property.Name))]),
            ["additionalProperties"] = false,
        };
}
