using System.Globalization;
using GraphQLParser.AST;
using HavenVlm.Simulation.Stash.Schema;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>Types and values of a request as text, the way the server's messages show them.</summary>
internal static class AstText
{
    public static string Print(this GraphQLType type) =>
        type switch
        {
            GraphQLNonNullType nonNull => Print(nonNull.Type) + "!",
            GraphQLListType list => $"[{Print(list.Type)}]",
            GraphQLNamedType named => named.Name.StringValue,
            _ => throw new NotSupportedException(type.Kind.ToString()),
        };

    public static string NamedTypeName(this GraphQLType type) => type.ToReference().NamedType;

    public static TypeReference ToReference(this GraphQLType type) => SchemaReader.ReadTypeReference(type.Print());

    public static string Print(this GraphQLValue value) =>
        value switch
        {
            GraphQLVariable variable => "$" + variable.Name.StringValue,
            GraphQLIntValue number => number.Value.ToString(),
            GraphQLFloatValue number => number.Value.ToString(),
            GraphQLStringValue text => string.Create(CultureInfo.InvariantCulture, $"\"{text.Value}\""),
            GraphQLBooleanValue boolean => boolean.Value.ToString(),
            GraphQLEnumValue member => member.Name.StringValue,
            GraphQLListValue list => $"[{string.Join(',', (list.Values ?? []).Select(Print))}]",
            GraphQLObjectValue map =>
                $"{{{string.Join(',', (map.Fields ?? []).Select(field => $"{field.Name.StringValue}:{Print(field.Value)}"))}}}",
            _ => "null",
        };
}
