using GraphQL.Types;
using GraphQL.Validation;
using GraphQLParser.AST;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>A variable may stand only where its type fits. The library's own rule takes any type that is not null for any other.</summary>
internal sealed class VariablePositions : ValidationRuleBase
{
    private static readonly INodeVisitor Visitor = new MatchingNodeVisitor<GraphQLOperationDefinition>(leave: Check);

    public override ValueTask<INodeVisitor?> GetPreNodeVisitorAsync(ValidationContext context) => new(Visitor);

    private static void Check(GraphQLOperationDefinition operation, ValidationContext context)
    {
        var definitions = (operation.Variables?.Items ?? []).ToLookup(each => each.Variable.Name.StringValue, StringComparer.Ordinal);
        foreach (var usage in context.GetRecursiveVariables(operation) ?? [])
        {
            var definition = definitions[usage.Node.Name.StringValue].FirstOrDefault();
            if (definition is null || usage.Type is null || IsUnknown(definition.Type, context.Schema))
            {
                continue;
            }

            var given = Print(definition.Type);
            var hasDefault = usage.HasDefault || definition.DefaultValue is not (null or GraphQLNullValue);
            if (!Fits(given, hasDefault ? usage.Type.ToString()!.TrimEnd('!') : usage.Type.ToString()!))
            {
                var message =
                    $"Variable \"${usage.Node.Name.StringValue}\" of type \"{given}\" used in position expecting type \"{usage.Type}\".";
                context.ReportError(new ValidationError(context.Document.Source, null, message, usage.Node));
            }
        }
    }

    /// <summary>Compares types as they are written: <c>[ID!]!</c> fits where <c>[ID]</c> is expected.</summary>
    private static bool Fits(string given, string expected)
    {
        if (expected.EndsWith('!'))
        {
            return given.EndsWith('!') && Fits(given[..^1], expected[..^1]);
        }

        given = given.TrimEnd('!');
        return given[0] == '[' && expected[0] == '[' ? Fits(given[1..^1], expected[1..^1]) : given == expected;
    }

    private static bool IsUnknown(GraphQLType type, ISchema schema) =>
        type switch
        {
            GraphQLNonNullType nonNull => IsUnknown(nonNull.Type, schema),
            GraphQLListType list => IsUnknown(list.Type, schema),
            GraphQLNamedType named => schema.AllTypes[named.Name] is null,
            _ => true,
        };

    private static string Print(GraphQLType type) =>
        type switch
        {
            GraphQLNonNullType nonNull => Print(nonNull.Type) + "!",
            GraphQLListType list => $"[{Print(list.Type)}]",
            _ => ((GraphQLNamedType)type).Name.StringValue,
        };
}
