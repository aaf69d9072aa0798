using System.Text.Json;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>Finds properties under the names that models give them.</summary>
internal static class JsonLookup
{
    /// <summary>The property of the first of these names that the object has; the case of letters does not matter.</summary>
    public static JsonElement? First(JsonElement json, string[] names)
    {
        foreach (var name in names)
        {
            if (json.TryGetProperty(name, out var exact))
            {
                return exact;
            }
        }

        foreach (var property in json.EnumerateObject())
        {
            if (Array.Exists(names, name => name.Equals(property.Name, StringComparison.OrdinalIgnoreCase)))
            {
                return property.Value;
            }
        }

        return null;
    }
}
