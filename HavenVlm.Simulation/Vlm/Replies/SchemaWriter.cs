using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace HavenVlm.Simulation.Vlm.Replies;

/// <summary>
/// Writes what was seen as JSON of any sensible schema: lists of pictures, lists of tags or of objects with a tag, an object with a property
/// per tag, a single tag. As with a real model, a field's name says what belongs into it.
/// </summary>
internal sealed partial class SchemaWriter(JsonObject schema, IReadOnlyList<Observation> observations, IReadOnlyList<string> asked)
{
    private readonly HashSet<string> _asked = new(asked, StringComparer.Ordinal);

    /// <summary>What a part of the reply is about: a picture, a tag in it, both or neither.</summary>
    private readonly record struct Topic(int? Picture, SeenTag? Tag);

    /// <summary>The reply.</summary>
    public JsonNode? Write() => Write(schema, new Topic(observations.Count == 1 ? 0 : null, null), "");

    private JsonNode? Write(JsonObject node, Topic topic, string name)
    {
        node = Resolve(node);
        if (node["const"] is { } constant)
        {
            return constant.DeepClone();
        }

        if (node["enum"] is JsonArray values)
        {
            return WriteEnum(node, values, topic);
        }

        return TypeOf(node) switch
        {
            "object" => WriteObject(node, topic),
            "array" => WriteArray(node, topic),
            "boolean" => topic.Tag is null || topic.Tag.Confidence > 0,
            "integer" or "number" => WriteNumber(topic, name),
            "null" => null,
            _ => topic.Tag is { } tag && TagField().IsMatch(name) ? tag.Name : SeenIn(topic).Description,
        };
    }

    private JsonObject WriteObject(JsonObject node, Topic topic)
    {
        var result = new JsonObject();
        foreach (var (name, child) in node["properties"] as JsonObject ?? [])
        {
            var about = _asked.Contains(name)
                ? topic with
                {
                    Tag = SeenIn(topic).Tags.FirstOrDefault(t => t.Name.Equals(name, StringComparison.Ordinal)) ?? new SeenTag(name, 0),
                }
                : topic;
            result[name] = Write((JsonObject)child!, about, name);
        }

        return result;
    }

    private JsonArray WriteArray(JsonObject node, Topic topic)
    {
        var items = Resolve(node["items"] as JsonObject ?? []);
        IEnumerable<Topic> topics;
        if (topic.Picture is null && (!IsAboutTag(items) || HasPictureField(items)))
        {
            topics = Enumerable.Range(0, observations.Count).Select(i => new Topic(i, null));
            topics = IsAboutTag(items) ? topics.SelectMany(TagsOf) : topics;
        }
        else if (IsAboutTag(items))
        {
            topics = TagsOf(topic);
        }
        else
        {
            topics = [topic];
        }

        return [.. topics.Select(t => Write(items, t, ""))];
    }

    private IEnumerable<Topic> TagsOf(Topic topic) => SeenIn(topic).Tags.Select(tag => topic with { Tag = tag });

    private JsonNode? WriteEnum(JsonObject node, JsonArray values, Topic topic)
    {
        string[] names = [.. values.Select(v => v is JsonValue text && text.TryGetValue(out string? s) ? s : null).OfType<string>()];
        var tag = topic.Tag ?? Surest(topic);
        if (tag is not null && names.Contains(tag.Name, StringComparer.Ordinal))
        {
            return tag.Name;
        }

        var nothing = names.FirstOrDefault(n => n.Length == 0 || n.Equals("none", StringComparison.OrdinalIgnoreCase));
        return nothing is not null || values.Contains(null) || IsNullable(node) ? nothing : values.FirstOrDefault()?.DeepClone();
    }

    private JsonNode WriteNumber(Topic topic, string name)
    {
        if (PictureField().IsMatch(name))
        {
            return (topic.Picture ?? 0) + 1;
        }

        return topic.Tag?.Confidence ?? Surest(topic)?.Confidence ?? 0;
    }

    private SeenTag? Surest(Topic topic) => SeenIn(topic).Tags is [var first, ..] ? first : null;

    // About several pictures at once: whatever is seen in any of them.
    private Observation SeenIn(Topic topic) =>
        topic.Picture is { } picture
            ? observations[picture]
            : new Observation([
                .. observations
                    .SelectMany(o => o.Tags)
                    .GroupBy(t => t.Name, StringComparer.Ordinal)
                    .Select(g => g.MaxBy(t => t.Confidence)!),
            ]);

    private bool IsAboutTag(JsonObject items) =>
        IsTag(items)
        || (items["properties"] is JsonObject properties && properties.Any(p => p.Value is JsonObject child && IsTag(Resolve(child))));

    private bool IsTag(JsonObject node) =>
        node["enum"] is JsonArray values && values.OfType<JsonValue>().Any(v => v.TryGetValue(out string? s) && _asked.Contains(s));

    private static bool HasPictureField(JsonObject items) =>
        items["properties"] is JsonObject properties && properties.Any(p => PictureField().IsMatch(p.Key));

    private static bool IsNullable(JsonObject node) =>
        node["type"] is JsonArray types && types.Any(t => string.Equals(t?.GetValue<string>(), "null", StringComparison.Ordinal));

    private static string? TypeOf(JsonObject node) =>
        node["type"] switch
        {
            JsonArray types => types
                .Select(t => t?.GetValue<string>())
                .FirstOrDefault(t => !string.Equals(t, "null", StringComparison.Ordinal)),
            JsonValue type => type.GetValue<string>(),
            _ => node.ContainsKey("properties") ? "object" : null,
        };

    private JsonObject Resolve(JsonObject node)
    {
        while (true)
        {
            if (node["$ref"]?.GetValue<string>() is ['#', '/', .. var path])
            {
                JsonNode? target = schema;
                foreach (var step in path.Split('/'))
                {
                    target = target?[step];
                }

                node = target as JsonObject ?? [];
            }
            else if ((node["anyOf"] ?? node["oneOf"]) is JsonArray choices)
            {
                node = choices.OfType<JsonObject>().FirstOrDefault(c => !string.Equals(TypeOf(c), "null", StringComparison.Ordinal)) ?? [];
            }
            else
            {
                return node;
            }
        }
    }

    [GeneratedRegex(
        "^(frame|picture|image|index|number|no|id|n|i)(_?(number|index|no|id))?$",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        5000
    )]
    private static partial Regex PictureField();

    [GeneratedRegex("^(tag|name|label|action)s?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex TagField();
}
