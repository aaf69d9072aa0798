using GraphQLParser;
using GraphQLParser.AST;
using GraphQLParser.Exceptions;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>A parsed request: the operation that was asked for and the fragments it may use.</summary>
internal sealed class GraphQlDocumentSource
{
    private GraphQlDocumentSource(string text, GraphQLDocument document)
    {
        Text = text;
        Operations = [.. document.Definitions.OfType<GraphQLOperationDefinition>()];
        Fragments = document
            .Definitions.OfType<GraphQLFragmentDefinition>()
            .ToDictionary(fragment => fragment.FragmentName.Name.StringValue, StringComparer.Ordinal);
    }

    public string Text { get; }

    public IReadOnlyList<GraphQLOperationDefinition> Operations { get; }

    public IReadOnlyDictionary<string, GraphQLFragmentDefinition> Fragments { get; }

    public static GraphQlDocumentSource Parse(string text)
    {
        try
        {
            var document = new GraphQlDocumentSource(text, Parser.Parse(text));
            return document.Operations.Count > 0 ? document : throw Refused("no operation provided", GraphQlError.ValidationFailed, null);
        }
        catch (GraphQLSyntaxErrorException problem)
        {
            throw Refused(problem.Description, GraphQlError.ParseFailed, (problem.Location.Line, problem.Location.Column));
        }
    }

    /// <summary>The operation of that name; without a name the only one (the server takes the first of a single one).</summary>
    public GraphQLOperationDefinition Operation(string? name)
    {
        var found =
            string.IsNullOrEmpty(name) && Operations.Count == 1
                ? Operations[0]
                : Operations.FirstOrDefault(operation => NameOf(operation) == (name ?? ""));
        return found ?? throw Refused($"operation {name} not found", GraphQlError.ValidationFailed, null);
    }

    public static string NameOf(GraphQLOperationDefinition operation) => operation.Name?.StringValue ?? "";

    public (int Line, int Column) Locate(ASTNode node)
    {
        var before = Text.AsSpan(0, Math.Min(node.Location.Start, Text.Length));
        return (before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'));
    }

    private static GraphQlRefusedException Refused(string message, string code, (int, int)? location) =>
        new([new GraphQlError(message, Location: location, Code: code)]);
}
