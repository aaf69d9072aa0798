using System.Globalization;
using System.Text.Json.Nodes;

namespace HavenVlm.Core.Configuration.Binding;

/// <summary>Makes JSON of free-form YAML, with the types of YAML's core schema.</summary>
internal sealed class JsonBinder(BindingReport report)
{
    public JsonObject Object(MapNode map, string path)
    {
        JsonObject json = [];
        foreach (var entry in map.Entries)
        {
            var at = KeyPath.Child(path, entry.Key);
            if (json.ContainsKey(entry.Key))
            {
                report.Add(entry.Mark, at, "given twice (remove one)");
                continue;
            }

            report.Written(at, entry.Mark);
            json.Add(entry.Key, Node(entry.Value, at));
        }

        return json;
    }

    private JsonNode? Node(ConfigNode node, string path) =>
        node switch
        {
            MapNode map => Object(map, path),
            ListNode list => new JsonArray([.. list.Items.Select((item, i) => Node(item, KeyPath.Item(path, i)))]),
            ScalarNode { IsNull: true } => null,
            ScalarNode { IsPlain: true } scalar => Plain(scalar.Text),
            ScalarNode scalar => JsonValue.Create(scalar.Text),
            _ => throw new InvalidOperationException($"{node.GetType().Name} has no JSON."),
        };

    private static JsonValue Plain(string text)
    {
        const NumberStyles Real = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return text switch
        {
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(
                whole
            ),
            _ when double.TryParse(text, Real, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) => JsonValue.Create(
                real
            ),
            _ => JsonValue.Create(text),
        };
    }
}
