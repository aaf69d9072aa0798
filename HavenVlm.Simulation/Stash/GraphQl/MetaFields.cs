using GraphQLParser.AST;
using HavenVlm.Simulation.Stash.Schema;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>The two fields through which a client asks what the schema offers.</summary>
internal static class MetaFields
{
    private const int DeepestLists = 3;

    private static readonly SchemaField SchemaField = new("__schema", new TypeReference("__Schema", null, true), [], false);
    private static readonly SchemaField TypeField = new(
        "__type",
        new TypeReference("__Type", null, false),
        [new SchemaArgument("name", new TypeReference("String", null, true), false)],
        false
    );

    public static SchemaField? Find(SchemaType parent, string name) =>
        (parent.Name, name) switch
        {
            ("Query", "__schema") => SchemaField,
            ("Query", "__type") => TypeField,
            _ => null,
        };

    /// <summary>The newest servers refuse three lists of fields within each other: one cannot ask for everything at once.</summary>
    public static bool IsTooDeep(GraphQLField field, GraphQlDocumentSource source) => Depth(field.SelectionSet, source, 0) >= DeepestLists;

    private static int Depth(GraphQLSelectionSet? selections, GraphQlDocumentSource source, int guard)
    {
        if (selections is null || guard > 20)
        {
            return 0;
        }

        return selections.Selections.Select(selection => DepthOf(selection, source, guard + 1)).DefaultIfEmpty().Max();
    }

    private static int DepthOf(ASTNode selection, GraphQlDocumentSource source, int guard) =>
        selection switch
        {
            GraphQLField field => (field.Name.StringValue is "fields" or "interfaces" or "possibleTypes" or "inputFields" ? 1 : 0)
                + Depth(field.SelectionSet, source, guard),
            GraphQLInlineFragment inline => Depth(inline.SelectionSet, source, guard),
            GraphQLFragmentSpread spread when source.Fragments.TryGetValue(spread.FragmentName.Name.StringValue, out var fragment) => Depth(
                fragment.SelectionSet,
                source,
                guard
            ),
            _ => 0,
        };
}
