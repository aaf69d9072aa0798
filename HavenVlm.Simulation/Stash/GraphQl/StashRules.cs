using GraphQL;
using GraphQL.Types;
using GraphQL.Validation;
using GraphQL.Validation.Errors;
using GraphQL.Validation.Rules;
using GraphQLParser.AST;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>The rules by which the server refuses a request before anything runs.</summary>
internal static class StashRules
{
    private const int DeepestLists = 3;

    public static IReadOnlyList<IValidationRule> For(StashVersion version) =>
        [
            new EachField(RequireSimulated),
            .. DocumentValidator.CoreRules.Where(rule => rule is not (ArgumentsOfCorrectType or VariablesInAllowedPosition)),
            new EachArgument(),
            new VariablePositions(),
            .. version >= StashVersion.Release29 ? new[] { new EachField(LimitIntrospection) } : [],
        ];

    private static void RequireSimulated(GraphQLField field, ValidationContext context)
    {
        if (context.TypeInfo.GetFieldDef() is { } definition && !StashGraph.IsSimulated(definition))
        {
            throw new NotSimulatedException($"the field {context.TypeInfo.GetParentType()?.Name}.{field.Name.StringValue}");
        }
    }

    /// <summary>The newest servers refuse three lists of fields within each other: one cannot ask for everything at once.</summary>
    private static void LimitIntrospection(GraphQLField field, ValidationContext context)
    {
        if (field.Name.StringValue is "__schema" or "__type" && Depth(field.SelectionSet, context.Document, 0) >= DeepestLists)
        {
            context.ReportError(new ValidationError(context.Document.Source, null, "Maximum introspection depth exceeded", field));
        }
    }

    private static int Depth(GraphQLSelectionSet? selections, GraphQLDocument document, int guard) =>
        selections is null || guard > 20
            ? 0
            : selections.Selections.Select(selection => DepthOf(selection, document, guard + 1)).DefaultIfEmpty().Max();

    private static int DepthOf(ASTNode selection, GraphQLDocument document, int guard) =>
        selection switch
        {
            GraphQLField field => (field.Name.StringValue is "fields" or "interfaces" or "possibleTypes" or "inputFields" ? 1 : 0)
                + Depth(field.SelectionSet, document, guard),
            GraphQLInlineFragment inline => Depth(inline.SelectionSet, document, guard),
            GraphQLFragmentSpread spread => Depth(
                document
                    .Definitions.OfType<GraphQLFragmentDefinition>()
                    .FirstOrDefault(fragment => fragment.FragmentName.Name == spread.FragmentName.Name)
                    ?.SelectionSet,
                document,
                guard
            ),
            _ => 0,
        };

    private sealed class EachField(Action<GraphQLField, ValidationContext> check) : ValidationRuleBase
    {
        private readonly INodeVisitor _visitor = new MatchingNodeVisitor<GraphQLField>(check);

        public override ValueTask<INodeVisitor?> GetPreNodeVisitorAsync(ValidationContext context) => new(_visitor);
    }

    /// <summary>The library's check of literals, with the words of the server.</summary>
    private sealed class EachArgument : ValidationRuleBase
    {
        private readonly INodeVisitor _visitor = new MatchingNodeVisitor<GraphQLArgument>(
            (argument, context) =>
            {
                if (
                    context.TypeInfo.GetArgument()?.ResolvedType is { } type
                    && context.IsValidLiteralValue(type, argument.Value) is { } problem
                )
                {
                    var message = LiteralMessages.Explain(type, argument.Value) ?? problem;
                    context.ReportError(new ValidationError(context.Document.Source, null, message, argument));
                }
            }
        );

        public override ValueTask<INodeVisitor?> GetPreNodeVisitorAsync(ValidationContext context) => new(_visitor);
    }
}
