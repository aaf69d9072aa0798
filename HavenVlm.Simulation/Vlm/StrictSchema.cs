using System.Text.Json.Nodes;

namespace HavenVlm.Simulation.Vlm;

/// <summary>What OpenAI asks of a schema with <c>strict: true</c>: every property required, no others allowed.</summary>
internal static class StrictSchema
{
    /// <summary>Checks a schema and everything below it.</summary>
    /// <exception cref="ChatRequestException">It is not strict.</exception>
    public static void Check(JsonNode schema) => Check(schema, "schema");

    private static void Check(JsonNode? node, string path)
    {
        switch (node)
        {
            case JsonObject { } @object:
                CheckObject(@object, path);
                foreach (var (name, child) in @object)
                {
                    Check(child, $"{path}.{name}");
                }

                break;
            case JsonArray array:
                for (var i = 0; i < array.Count; i++)
                {
                    Check(array[i], $"{path}[{i}]");
                }

                break;
        }
    }

    private static void CheckObject(JsonObject schema, string path)
    {
        if (schema["properties"] is not JsonObject properties || schema["type"] is not JsonValue)
        {
            return;
        }

        if (schema["additionalProperties"] is not JsonValue additional || !additional.TryGetValue(out bool allowed) || allowed)
        {
            throw Invalid($"{path}: 'additionalProperties' is required to be supplied and to be false");
        }

        var required = (schema["required"] as JsonArray ?? []).Select(n => n?.GetValue<string>()).ToHashSet(StringComparer.Ordinal);
        if (properties.Select(p => p.Key).FirstOrDefault(name => !required.Contains(name)) is { } missing)
        {
            throw Invalid($"{path}: 'required' must name every property; '{missing}' is missing");
        }
    }

    private static ChatRequestException Invalid(string message) =>
        new(400, "invalid_json_schema", $"Invalid schema for response_format: {message}");
}
