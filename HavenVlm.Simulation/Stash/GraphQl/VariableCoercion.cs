using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GraphQLParser.AST;
using HavenVlm.Simulation.Stash.Schema;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>Checks the variables sent beside a request, as the server does before anything runs.</summary>
internal sealed class VariableCoercion(StashSchema schema)
{
    /// <exception cref="GraphQlRefusedException">With the first variable that does not fit.</exception>
    public JsonObject Coerce(GraphQLOperationDefinition operation, JsonObject? given)
    {
        var result = new JsonObject();
        foreach (var definition in (IEnumerable<GraphQLVariableDefinition>?)operation.Variables?.Items ?? [])
        {
            var name = definition.Variable.Name.StringValue;
            var type = definition.Type.ToReference();
            List<object> path = ["variable", name];
            if (given is null || !given.TryGetPropertyValue(name, out var value))
            {
                if (definition.DefaultValue is { } standard)
                {
                    result[name] = AstValues.ToJson(standard, null);
                    continue;
                }

                if (type.NonNull)
                {
                    throw Refused("must be defined", path);
                }

                continue;
            }

            Check(value, type, path);
            result[name] = value?.DeepClone();
        }

        return result;
    }

    private void Check(JsonNode? value, TypeReference type, List<object> path)
    {
        if (value is null)
        {
            if (type.NonNull)
            {
                throw Refused("cannot be null", path);
            }

            return;
        }

        if (type.Element is not null)
        {
            var items = value is JsonArray array ? [.. array] : new List<JsonNode?> { value };
            for (var i = 0; i < items.Count; i++)
            {
                Check(items[i], type.Element, [.. path, i]);
            }

            return;
        }

        var definition = schema.Get(type.NamedType);
        switch (definition.Kind)
        {
            case SchemaKind.Enum:
                CheckEnum(value, definition, path);
                break;
            case SchemaKind.InputObject:
                CheckObject(value, definition, path);
                break;
            default:
                CheckScalar(value, definition.Name, path);
                break;
        }
    }

    private static void CheckEnum(JsonNode value, SchemaType type, List<object> path)
    {
        if (value.GetValueKind() is not (JsonValueKind.String or JsonValueKind.Number))
        {
            throw Refused("enums must be ints or strings", path);
        }

        // Case is not checked here; a value in the wrong case fails only when the field is resolved.
        if (!type.Members.Contains(value.ToString(), StringComparer.OrdinalIgnoreCase))
        {
            throw Refused($"{value} is not a valid {type.Name}", path);
        }
    }

    private void CheckObject(JsonNode value, SchemaType type, List<object> path)
    {
        if (value is not JsonObject map)
        {
            throw Refused($"must be a {type.Name}", path);
        }

        foreach (var (name, _) in map)
        {
            if (!type.Fields.ContainsKey(name))
            {
                throw Refused("unknown field", [.. path, name]);
            }
        }

        foreach (var field in type.Fields.Values)
        {
            List<object> inner = [.. path, field.Name];
            if (!map.TryGetPropertyValue(field.Name, out var child))
            {
                if (field.Type is { NonNull: true })
                {
                    throw Refused("must be defined", inner);
                }

                continue;
            }

            Check(child, field.Type ?? throw new NotSimulatedException($"the input field {type.Name}.{field.Name}"), inner);
        }
    }

    /// <summary>Numbers arrive in the server as texts of digits, so a number passes for a string and digits pass for a number.</summary>
    private static void CheckScalar(JsonNode value, string type, List<object> path)
    {
        var kind = value.GetValueKind();
        var fits = type switch
        {
            "Int" => kind is JsonValueKind.Number or JsonValueKind.String
                && long.TryParse(value.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            "Float" => kind is JsonValueKind.Number or JsonValueKind.String
                && double.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out _),
            "String" or "ID" => kind is JsonValueKind.String or JsonValueKind.Number,
            "Boolean" => kind is JsonValueKind.True or JsonValueKind.False,
            _ => true,
        };
        if (!fits)
        {
            var found = kind switch
            {
                JsonValueKind.True or JsonValueKind.False => "bool",
                JsonValueKind.Array => "slice",
                JsonValueKind.Object => "map",
                _ => "string",
            };
            throw Refused($"cannot use {found} as {type}", path);
        }
    }

    private static GraphQlRefusedException Refused(string message, List<object> path) =>
        new([new GraphQlError(message, path, Code: GraphQlError.ValidationFailed)]);
}
