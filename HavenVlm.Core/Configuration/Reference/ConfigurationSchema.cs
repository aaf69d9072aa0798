using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using HavenVlm.Core.Configuration.Binding;

namespace HavenVlm.Core.Configuration.Reference;

/// <summary>The JSON schema of the configuration, for editors: <c>haven.schema.json</c>.</summary>
public static class ConfigurationSchema
{
    private const string Resource = "HavenVlm.Core.haven.schema.json";

    // The file is read by people, so apostrophes and the like stay as they are; it is never put into a page.
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The schema as it is shipped.</summary>
    public static string Read()
    {
        using var stream = typeof(ConfigurationSchema).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>The schema as the options records have it.</summary>
    internal static string Generate(XmlDescriptions descriptions)
    {
        var schema = new JsonObject { ["$schema"] = "http://json-schema.org/draft-07/schema#", ["title"] = "Haven VLM configuration" };
        foreach (var (key, value) in Group(SettingTree.Root, new HavenOptions(), descriptions))
        {
            schema[key] = value?.DeepClone();
        }

        return schema.ToJsonString(Readable) + "\n";
    }

    private static JsonObject Group(GroupShape group, object? defaults, XmlDescriptions descriptions)
    {
        JsonObject properties = [];
        foreach (var setting in group.Settings)
        {
            properties[setting.Key] = Property(group, setting, defaults, descriptions);
        }

        var schema = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["additionalProperties"] = false,
        };
        var mandatory = group.Settings.Where(setting => setting.IsMandatory).Select(setting => (JsonNode)setting.Key).ToArray();
        if (mandatory.Length > 0)
        {
            schema["required"] = new JsonArray(mandatory);
        }

        return schema;
    }

    private static JsonObject Property(GroupShape group, Setting setting, object? defaults, XmlDescriptions descriptions)
    {
        var schema = new JsonObject { ["description"] = descriptions.OfProperty(setting.Property) };
        foreach (var (key, value) in Shape(setting, defaults, descriptions))
        {
            schema[key] = value?.DeepClone();
        }

        var given = defaults is null ? null : setting.Property.GetValue(defaults);
        if (setting is { Shape: ValueShape shape, IsMandatory: false } && given is not null)
        {
            schema["default"] = shape.Format.WriteJson(given);
        }

        return schema;
    }

    private static JsonObject Shape(Setting setting, object? defaults, XmlDescriptions descriptions) =>
        setting.Shape switch
        {
            GroupShape group => Group(group, defaults is null ? null : setting.Property.GetValue(defaults), descriptions),
            ValuesShape values => new JsonObject
            {
                ["type"] = "array",
                ["items"] = values.Item.Schema(),
                ["default"] = new JsonArray(),
            },
            ListShape list => new JsonObject
            {
                ["type"] = "array",
                ["items"] = Group(list.Item, Activator.CreateInstance(list.Item.Type), descriptions),
            },
            NamedShape named => new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = OrNothing(Group(named.Item, Activator.CreateInstance(named.Item.Type), descriptions)),
            },
            ValueShape value when setting.IsOptional => new JsonObject
            {
                ["anyOf"] = new JsonArray(value.Format.Schema(), new JsonObject { ["enum"] = new JsonArray("", null) }),
            },
            ValueShape value => value.Format.Schema(),
            _ => new JsonObject { ["type"] = "object" },
        };

    // `Kissing:` alone is a tag with nothing to say about it.
    private static JsonObject OrNothing(JsonObject schema)
    {
        schema["type"] = new JsonArray("object", "null");
        return schema;
    }
}
