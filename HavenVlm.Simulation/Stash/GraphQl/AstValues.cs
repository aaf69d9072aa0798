using System.Globalization;
using System.Text.Json.Nodes;
using GraphQLParser.AST;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>Values of a request as JSON, with its variables put in. What names an absent variable is absent.</summary>
internal static class AstValues
{
    public static JsonObject Arguments(GraphQLField field, JsonObject variables)
    {
        var result = new JsonObject();
        foreach (var argument in (IEnumerable<GraphQLArgument>?)field.Arguments?.Items ?? [])
        {
            if (!IsAbsent(argument.Value, variables))
            {
                result[argument.Name.StringValue] = ToJson(argument.Value, variables);
            }
        }

        return result;
    }

    public static JsonNode? ToJson(GraphQLValue value, JsonObject? variables) =>
        value switch
        {
            GraphQLVariable variable => variables?[variable.Name.StringValue]?.DeepClone(),
            GraphQLIntValue number => JsonValue.Create(
                long.Parse(number.Value.Span, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
            ),
            GraphQLFloatValue number => JsonValue.Create(double.Parse(number.Value.Span, NumberStyles.Float, CultureInfo.InvariantCulture)),
            GraphQLStringValue text => JsonValue.Create(text.Value.ToString()),
            GraphQLBooleanValue boolean => JsonValue.Create(boolean.BoolValue),
            GraphQLEnumValue member => JsonValue.Create(member.Name.StringValue),
            GraphQLListValue list => new JsonArray([.. (list.Values ?? []).Select(item => ToJson(item, variables))]),
            GraphQLObjectValue map => Map(map, variables),
            _ => null,
        };

    private static JsonObject Map(GraphQLObjectValue map, JsonObject? variables)
    {
        var result = new JsonObject();
        foreach (var field in map.Fields ?? [])
        {
            if (!IsAbsent(field.Value, variables))
            {
                result[field.Name.StringValue] = ToJson(field.Value, variables);
            }
        }

        return result;
    }

    private static bool IsAbsent(GraphQLValue value, JsonObject? variables) =>
        value is GraphQLVariable variable && (variables is null || !variables.ContainsKey(variable.Name.StringValue));
}
