using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using HavenVlm.Simulation.Stash.State;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>The arguments of a field, or an input object within them, as resolvers read them.</summary>
internal sealed class InputObject(JsonObject json)
{
    public JsonObject Json => json;

    public bool Has(string name) => json.ContainsKey(name);

    public bool IsNull(string name) => json.TryGetPropertyValue(name, out var value) && value is null;

    public IEnumerable<string> Names => json.Select(pair => pair.Key);

    public InputObject? Object(string name) => json[name] is JsonObject child ? new InputObject(child) : null;

    public InputObject Required(string name) => Object(name)!;

    public IEnumerable<InputObject> Objects(string name) => List(name).OfType<JsonObject>().Select(child => new InputObject(child));

    public string? Text(string name) => json[name]?.ToString();

    public bool? Flag(string name) => json[name]?.GetValue<bool>();

    public int? Int(string name) => json[name] is { } value ? (int)Number(value) : null;

    public double? Float(string name) => json[name] is { } value ? Number(value) : null;

    public IReadOnlyList<string>? Texts(string name) => json[name] is null ? null : [.. List(name).Select(item => item!.ToString())];

    /// <summary>A single id; what is not a number is refused in the server's words.</summary>
    public int? Id(string name) =>
        Text(name) is { } text
            ? ParseId(
                text,
                name == "id" ? "converting id" : $"converting {name.Replace("_id", " id", StringComparison.Ordinal).Replace('_', ' ')}"
            )
            : null;

    public IReadOnlyList<int>? Ids(string name) =>
        Texts(name)
            ?.Select(text => ParseId(text, $"converting {name.Replace("_ids", " ids", StringComparison.Ordinal).Replace('_', ' ')}"))
            .ToList();

    public IdChange? BulkIds(string name) =>
        Object(name) is { } change
            ? new IdChange(
                change.Text("mode") switch
                {
                    "ADD" => IdChangeMode.Add,
                    "REMOVE" => IdChangeMode.Remove,
                    _ => IdChangeMode.Set,
                },
                change.Ids("ids") ?? []
            )
            : null;

    public IdChange? SetIds(string name) => Has(name) ? new IdChange(IdChangeMode.Set, Ids(name) ?? []) : null;

    private IEnumerable<JsonNode?> List(string name) =>
        json[name] switch
        {
            null => [],
            JsonArray array => array,
            var single => [single],
        };

    private static double Number(JsonNode value) => double.Parse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static int ParseId(string text, string doing) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw new StashErrorException($"{doing}: strconv.Atoi: parsing {JsonSerializer.Serialize(text)}: invalid syntax");
}
