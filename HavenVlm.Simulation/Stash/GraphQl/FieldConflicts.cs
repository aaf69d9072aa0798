using GraphQLParser.AST;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>Two fields of one selection that answer under the same name must be the same field with the same arguments.</summary>
internal static class FieldConflicts
{
    public static IEnumerable<(string Message, ASTNode At)> In(GraphQLSelectionSet selections, GraphQlDocumentSource source)
    {
        var first = new Dictionary<string, GraphQLField>(StringComparer.Ordinal);
        foreach (var field in Fields(selections, source, 0))
        {
            var name = (field.Alias?.Name ?? field.Name).StringValue;
            if (first.TryAdd(name, field))
            {
                continue;
            }

            var reason =
                first[name].Name.StringValue != field.Name.StringValue
                    ? $"\"{first[name].Name.StringValue}\" and \"{field.Name.StringValue}\" are different fields"
                : Arguments(first[name]) != Arguments(field) ? "they have differing arguments"
                : null;
            if (reason is not null)
            {
                yield return (
                    $"Fields \"{name}\" conflict because {reason}. Use different aliases on the fields to fetch both if this was intentional.",
                    field
                );
            }
        }
    }

    /// <summary>Fields behind a condition on another type are exclusive, so only unconditional fragments are looked into.</summary>
    private static IEnumerable<GraphQLField> Fields(GraphQLSelectionSet selections, GraphQlDocumentSource source, int guard) =>
        guard > 20
            ? []
            : selections.Selections.SelectMany(selection =>
                selection switch
                {
                    GraphQLField field => [field],
                    GraphQLInlineFragment { TypeCondition: null } inline => Fields(inline.SelectionSet, source, guard + 1),
                    _ => Enumerable.Empty<GraphQLField>(),
                }
            );

    private static string Arguments(GraphQLField field) =>
        string.Join(
            ',',
            ((IEnumerable<GraphQLArgument>?)field.Arguments?.Items ?? [])
                .Select(argument => $"{argument.Name.StringValue}:{argument.Value.Print()}")
                .Order(StringComparer.Ordinal)
        );
}
