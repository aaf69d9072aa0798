using System.Text.Json;
using System.Text.Json.Nodes;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Stash.Filters;

/// <summary>One criterion as Stash's pages save it: a modifier and a value, whose shape has changed over the years.</summary>
internal sealed class SavedCriterion
{
    private readonly JsonElement _value;
    private readonly string? _modifier;

    public SavedCriterion(JsonElement criterion)
    {
        if (criterion.ValueKind == JsonValueKind.Object)
        {
            _ = criterion.TryGetProperty("value", out _value);
            _modifier =
                criterion.TryGetProperty("modifier", out var modifier) && modifier.ValueKind == JsonValueKind.String
                    ? modifier.GetString()
                    : null;
        }
        else
        {
            _value = criterion;
        }
    }

    /// <summary>The value as text; empty when there is none.</summary>
    public string Text => TextOf(_value);

    /// <summary>The values of a list, or the one value.</summary>
    public IEnumerable<string> Texts => _value.ValueKind == JsonValueKind.Array ? _value.EnumerateArray().Select(TextOf) : [Text];

    /// <summary>Whether a switch is on.</summary>
    public bool IsTrue => _value.ValueKind == JsonValueKind.True || Text.Equals("true", StringComparison.Ordinal);

    /// <summary>Modifier and one more field.</summary>
    public JsonObject With(string name, JsonNode value) => new() { ["modifier"] = Modifier, [name] = value };

    /// <summary>A value or a range of two.</summary>
    public JsonObject Range(Func<JsonNode, JsonNode> convert, JsonNode otherwise)
    {
        var (first, second) =
            _value.ValueKind == JsonValueKind.Object ? (Part("value"), Part("value2"))
            : _value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? (null, null)
            : (Node(_value), null);
        var range = With("value", first is null ? otherwise : convert(first));
        if (second is not null)
        {
            range["value2"] = convert(second);
        }

        return range;
    }

    /// <summary>Things chosen by id, and things excluded.</summary>
    public JsonObject Items(bool hierarchical)
    {
        var isObject = _value.ValueKind == JsonValueKind.Object;
        var items = Ids(isObject ? Property("items") : _value);
        var excluded = Ids(isObject ? Property("excluded") : default);
        var result = With("value", items);
        if (excluded.Count > 0)
        {
            result["excludes"] = excluded;
        }

        if (hierarchical)
        {
            var depth = isObject && Property("depth") is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : 0;
            // The pages do the same: equality is about the things themselves.
            result["depth"] = Modifier is "EQUALS" ? 0 : depth;
        }

        return result;
    }

    /// <summary>A perceptual hash and how far from it others may be.</summary>
    public JsonObject Hash()
    {
        var result = With("value", Part("value") ?? (_value.ValueKind == JsonValueKind.String ? Text : ""));
        if (Part("distance") is { } distance)
        {
            result["distance"] = distance;
        }

        return result;
    }

    /// <summary>An id at a stash-box; once it was saved as plain text.</summary>
    public JsonObject StashId()
    {
        var result = With("stash_id", Part("stashID") ?? Part("stash_id") ?? (_value.ValueKind == JsonValueKind.String ? Text : ""));
        if (Part("endpoint") is { } endpoint)
        {
            result["endpoint"] = endpoint;
        }

        return result;
    }

    private string Modifier => _modifier ?? "EQUALS";

    private JsonElement Property(string name) =>
        _value.ValueKind == JsonValueKind.Object && _value.TryGetProperty(name, out var property) ? property : default;

    private JsonNode? Part(string name) =>
        Property(name) is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } part ? Node(part) : null;

    private static JsonArray Ids(JsonElement list)
    {
        var ids = new JsonArray();
        if (list.ValueKind != JsonValueKind.Array)
        {
            return ids;
        }

        foreach (var item in list.EnumerateArray())
        {
            // Filters that were migrated hold numbers, newer ones text.
            var id = TextOf(item.ValueKind == JsonValueKind.Object ? item.GetProperty("id") : item);
            if (!StashText.IsId(id))
            {
                throw new FormatException("An id is missing.");
            }

            ids.Add(id);
        }

        return ids;
    }

    private static JsonNode Node(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? JsonValue.Create(element.GetString()!) : JsonNode.Parse(element.GetRawText())!;

    private static string TextOf(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.String => element.GetString()!,
            JsonValueKind.Undefined or JsonValueKind.Null => "",
            _ => element.GetRawText(),
        };
}
