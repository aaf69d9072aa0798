using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace HavenVlm.Core.Stash.Client;

/// <summary>One call: an operation and the values of its variables.</summary>
internal sealed record GraphQlCall(GraphQlDocument Document, JsonObject? Variables = null)
{
    /// <summary>A call of the operation of that name.</summary>
    public static GraphQlCall Of(string document, JsonObject? variables = null) => new(GraphQlDocument.Get(document), variables);
}

/// <summary>
/// Many calls as one request: each root field under an alias of its own, each variable under a name of its own. The text holds nothing
/// but our resources and numbers; every value travels as a variable. Stash runs the root fields of a mutation one after the other and
/// goes on after one that failed.
/// </summary>
internal static partial class GraphQlBatch
{
    /// <summary>Alias of the call at that position.</summary>
    public static string Alias(int index) => $"o{index}";

    /// <summary>The request's text and variables.</summary>
    public static (string Query, JsonObject Variables) Compose(IReadOnlyList<GraphQlCall> calls, StashSchema? schema)
    {
        var declarations = new StringBuilder();
        var body = new StringBuilder();
        var values = new JsonObject();
        var isMutation = calls[0].Document.IsMutation;
        for (var i = 0; i < calls.Count; i++)
        {
            var operation = calls[i].Document.For(schema);
            if (operation.IsMutation != isMutation)
            {
                throw new ArgumentException("Queries and mutations do not mix in one request.", nameof(calls));
            }

            foreach (var variable in operation.Variables)
            {
                var name = $"{variable.Name}_{i}";
                _ = declarations.Append(declarations.Length == 0 ? "" : ", ").Append('$').Append(name).Append(": ").Append(variable.Type);
                if (calls[i].Variables?[variable.Name] is { } value)
                {
                    values[name] = value.DeepClone();
                }
            }

            var index = i;
            _ = body.Append(Alias(i)).Append(": ").AppendLine(Variable().Replace(operation.Body, match => $"{match.Value}_{index}"));
        }

        var parameters = declarations.Length == 0 ? "" : $"({declarations})";
        return ($"{(isMutation ? "mutation" : "query")}{parameters} {{\n{body}}}", values);
    }

    [GeneratedRegex(@"\$\w+", RegexOptions.None, 1000)]
    private static partial Regex Variable();
}

/// <summary>One error of a reply.</summary>
/// <param name="Message">What Stash said, cleaned and cut.</param>
/// <param name="Call">Position of the call that it is about; null = the whole request.</param>
internal sealed record GraphQlError(string Message, int? Call);
