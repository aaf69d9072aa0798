using GraphQLParser.AST;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>Which variables an operation declares, and which of them it uses.</summary>
internal sealed class VariableUse
{
    private readonly HashSet<string> used = new(StringComparer.Ordinal);

    public string OperationName { get; private set; } = "";

    public Dictionary<string, GraphQLVariableDefinition> Defined { get; } = new(StringComparer.Ordinal);

    public IEnumerable<GraphQLVariableDefinition> Unused =>
        Defined.Where(variable => !used.Contains(variable.Key)).Select(variable => variable.Value);

    public void Begin(GraphQLOperationDefinition operation)
    {
        OperationName = GraphQlDocumentSource.NameOf(operation);
        used.Clear();
        Defined.Clear();
        foreach (var definition in (IEnumerable<GraphQLVariableDefinition>?)operation.Variables?.Items ?? [])
        {
            Defined[definition.Variable.Name.StringValue] = definition;
        }
    }

    public GraphQLVariableDefinition? Use(string name)
    {
        used.Add(name);
        return Defined.GetValueOrDefault(name);
    }
}
