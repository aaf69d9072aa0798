using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Api;

/// <summary>Reads the body of a request and explains what is wrong with it.</summary>
internal static class ApiBody
{
    private const string Help = "GET /api/openapi.json describes the calls.";

    /// <summary>The body as a request.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="allowsUnknown">Whether keys that the request does not have are passed over.</param>
    /// <exception cref="ApiException">It is no JSON of that shape.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> json, bool allowsUnknown)
    {
        try
        {
            return Read<T>(json, allowsUnknown);
        }
        catch (InvalidOperationException)
        {
            // Grammatical JSON, of which no text can be made; it comes to light only when the text is used.
            throw new ApiException(
                400,
                "The body is not text",
                $"A text in it holds half a character (a lone surrogate such as \\ud83d). {Help}"
            );
        }
    }

    private static T Read<T>(ReadOnlySpan<byte> json, bool allowsUnknown)
    {
        var node = ParseObject(json);
        if (!allowsUnknown)
        {
            RefuseUnknown(node, InfoOf(typeof(T)), "");
        }

        try
        {
            return node.Deserialize<T>(HavenJson.Options)!;
        }
        catch (JsonException e)
        {
            // The message of the exception names our types, which says nothing to the caller.
            throw new ApiException(400, "A value of the wrong type", $"{e.Path} does not have the type that belongs there. {Help}");
        }
    }

    private static JsonObject ParseObject(ReadOnlySpan<byte> json)
    {
        try
        {
            if (JsonNode.Parse(json, new JsonNodeOptions { PropertyNameCaseInsensitive = true }) is JsonObject node)
            {
                // Names given twice come to light only when they are looked up.
                _ = node.Count;
                return node;
            }
        }
        catch (JsonException e)
        {
            throw new ApiException(400, "The body is not JSON", $"{e.Message} {Help}");
        }
        catch (ArgumentException)
        {
            throw new ApiException(400, "A key twice", $"A key is given twice. {Help}");
        }

        throw new ApiException(400, "The body is not an object", $"Send a JSON object, {{}} for all defaults. {Help}");
    }

    // Walks the body beside the types that it is read into, down to the objects inside lists and maps.
    private static void RefuseUnknown(JsonNode? node, JsonTypeInfo type, string path)
    {
        switch (type.Kind, node)
        {
            case (JsonTypeInfoKind.Object, JsonObject body):
                foreach (var (name, value) in body)
                {
                    var property = type.Properties.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
                    RefuseUnknown(value, InfoOf((property ?? throw Unknown(name, type, path)).PropertyType), $"{path}{name}.");
                }

                break;
            case (JsonTypeInfoKind.Dictionary, JsonObject map):
                foreach (var (name, value) in map)
                {
                    RefuseUnknown(value, InfoOf(type.ElementType!), $"{path}{name}.");
                }

                break;
            case (JsonTypeInfoKind.Enumerable, JsonArray list):
                for (var i = 0; i < list.Count; i++)
                {
                    RefuseUnknown(list[i], InfoOf(type.ElementType!), $"{path.TrimEnd('.')}[{i}].");
                }

                break;
            default:
                // What is of another kind is refused when it is read, or is a value.
                break;
        }
    }

    private static JsonTypeInfo InfoOf(Type type) => HavenJson.Options.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);

    private static ApiException Unknown(string name, JsonTypeInfo type, string path)
    {
        var known = type.Properties.Select(property => property.Name).ToList();
        var hint = NearestName.Of(name, known) is { } near ? $"did you mean {near}?" : $"allowed are {string.Join(", ", known)}.";
        return new ApiException(400, "Unknown key", $"The body holds \"{path}{name}\"; {hint}");
    }
}
