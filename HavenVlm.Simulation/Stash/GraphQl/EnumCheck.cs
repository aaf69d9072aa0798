using System.Text.Json.Nodes;
using HavenVlm.Simulation.Stash.Schema;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>Enum values from variables pass the first check whatever their case; here, where the field is resolved, the case counts.</summary>
internal static class EnumCheck
{
    public static void Require(StashSchema schema, JsonNode? value, TypeReference type)
    {
        var definition = schema.Get(type.NamedType);
        switch (value)
        {
            case JsonArray array:
                foreach (var item in array)
                {
                    Require(schema, item, type.Element ?? type);
                }

                break;
            case JsonObject map when definition.Kind == SchemaKind.InputObject:
                foreach (var (name, child) in map)
                {
                    if (definition.Fields.GetValueOrDefault(name) is { Type: { } inner })
                    {
                        Require(schema, child, inner);
                    }
                }

                break;
            case JsonValue
                when definition.Kind == SchemaKind.Enum && !definition.Members.Contains(value.ToString(), StringComparer.Ordinal):
                throw new StashErrorException($"{value} is not a valid {definition.Name}");
        }
    }
}
