using GraphQL;
using GraphQL.Types;
using GraphQL.Utilities;
using GraphQLParser.AST;
using GraphQLParser.Visitors;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>Says what is wrong with a value in a request, with the words of the server's library (gqlparser).</summary>
internal static class LiteralMessages
{
    /// <summary>The first problem; null when there is none.</summary>
    public static string? Explain(IGraphType type, GraphQLValue value)
    {
        var inner = type is NonNullGraphType { ResolvedType: { } nullable } ? nullable : type;
        return value switch
        {
            GraphQLVariable => null,
            GraphQLNullValue => type is NonNullGraphType ? $"Expected value of type \"{type}\", found null." : null,
            GraphQLListValue list when inner is ListGraphType { ResolvedType: { } element } => FirstOf(list, element),
            _ => inner switch
            {
                ListGraphType { ResolvedType: { } element } => Explain(element, value),
                IInputObjectGraphType input => value is GraphQLObjectValue map ? InObject(input, map) : Unexpected(type, value),
                EnumerationGraphType members => InEnum(type, members, value),
                ScalarGraphType scalar => scalar.CanParseLiteral(value) ? null : Unexpected(type, value),
                _ => null,
            },
        };
    }

    private static string? FirstOf(GraphQLListValue list, IGraphType element) =>
        (list.Values ?? []).Select(item => Explain(element, item)).FirstOrDefault(problem => problem is not null);

    private static string? InObject(IInputObjectGraphType type, GraphQLObjectValue map)
    {
        var given = map.Fields ?? [];
        foreach (var required in type.Fields.Where(field => field.ResolvedType is NonNullGraphType))
        {
            if (!given.Exists(field => field.Name.Value == required.Name))
            {
                return $"Field \"{type.Name}.{required.Name}\" of required type \"{required.ResolvedType}\" was not provided.";
            }
        }

        foreach (var field in given)
        {
            var name = field.Name.StringValue;
            var problem = type.GetField(name) is { ResolvedType: { } expected }
                ? Explain(expected, field.Value)
                : $"Field \"{name}\" is not defined by type \"{type.Name}\".{Suggest(name, type.Fields.Select(each => each.Name))}";
            if (problem is not null)
            {
                return problem;
            }
        }

        return null;
    }

    private static string? InEnum(IGraphType expected, EnumerationGraphType type, GraphQLValue value) =>
        value is not GraphQLEnumValue member ? $"Enum \"{expected}\" cannot represent non-enum value: {Print(value)}."
        : type.Values.FindByName(member.Name.Value) is null
            ? $"Value \"{member.Name.StringValue}\" does not exist in \"{expected}\" enum."
                + Suggest(member.Name.StringValue, type.Values.Select(each => each.Name))
                    .Replace("Did you mean", "Did you mean the enum value", StringComparison.Ordinal)
        : null;

    private static string Suggest(string typed, IEnumerable<string> options) =>
        StringUtils.SuggestionList(typed, options) is { Length: > 0 } near
            ? $" Did you mean {StringUtils.QuotedOrList(near).Replace('\'', '"')}?"
            : "";

    private static string Print(GraphQLValue value) => new SDLPrinter().Print(value);

    private static string Unexpected(IGraphType expected, GraphQLValue value)
    {
        var text = Print(value);
        return expected.ToString()!.TrimEnd('!') switch
        {
            "Int" when value is GraphQLIntValue => $"Int cannot represent non 32-bit signed integer value: {text}",
            "Int" => $"Int cannot represent non-integer value: {text}",
            "String" => $"String cannot represent a non string value: {text}",
            "Boolean" => $"Boolean cannot represent a non boolean value: {text}",
            "Float" => $"Float cannot represent non numeric value: {text}",
            "ID" => $"ID cannot represent a non-string and non-integer value: {text}",
            _ => $"Expected value of type \"{expected}\", found {text}.",
        };
    }
}
