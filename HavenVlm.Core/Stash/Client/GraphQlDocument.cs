using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace HavenVlm.Core.Stash.Client;

/// <summary>
/// One GraphQL operation with one root field, from <c>Queries/*.graphql</c>. A line that ends in <c># needs Type.field</c> or
/// <c># lacks Type.field</c> is left out where the server's schema says so.
/// </summary>
internal sealed partial class GraphQlDocument
{
    private static readonly ConcurrentDictionary<string, GraphQlDocument> Loaded = new(StringComparer.Ordinal);

    private readonly string _text;

    private GraphQlDocument(string name, string text)
    {
        Name = name;
        _text = text;
        DependsOnSchema = Condition().IsMatch(text);
        IsMutation = text.TrimStart().StartsWith("mutation", StringComparison.Ordinal);
    }

    /// <summary>The resource's name without extension.</summary>
    public string Name { get; }

    /// <summary>Whether it changes anything.</summary>
    public bool IsMutation { get; }

    /// <summary>Whether its text differs between servers.</summary>
    public bool DependsOnSchema { get; }

    /// <summary>The operation of that name.</summary>
    public static GraphQlDocument Get(string name) => Loaded.GetOrAdd(name, Load);

    /// <summary>The operation's parts for a server.</summary>
    public GraphQlOperation For(StashSchema? schema)
    {
        var lines = _text
            .Split('\n')
            .Where(line =>
            {
                var condition = Condition().Match(line);
                return !condition.Success
                    || (schema ?? throw new InvalidOperationException($"{Name} needs the server's schema.")).Has(
                        condition.Groups["field"].Value
                    ) == (condition.Groups["word"].ValueSpan is "needs");
            })
            .Select(line => Comment().Replace(line, ""));
        var match = Operation().Match(string.Join('\n', lines));
        if (!match.Success)
        {
            throw new InvalidOperationException($"{Name}.graphql is not one operation.");
        }

        var variables = Variable()
            .Matches(match.Groups["variables"].Value)
            .Select(variable => new GraphQlVariable(variable.Groups["name"].Value, variable.Groups["type"].Value));
        return new GraphQlOperation(IsMutation, [.. variables], match.Groups["body"].Value.Trim());
    }

    private static GraphQlDocument Load(string name)
    {
        var assembly = typeof(GraphQlDocument).Assembly;
        using var stream =
            assembly.GetManifestResourceStream($"HavenVlm.Core.Stash.Client.Queries.{name}.graphql")
            ?? throw new MissingManifestResourceException($"There is no query {name}.");
        using var reader = new StreamReader(stream);
        return new GraphQlDocument(name, reader.ReadToEnd());
    }

    [GeneratedRegex(@"#\s*(?<word>needs|lacks)\s+(?<field>\w+\.\w+)\s*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Condition();

    [GeneratedRegex("#.*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Comment();

    [GeneratedRegex(
        @"^\s*(query|mutation)\s*(\((?<variables>[^)]*)\))?\s*\{(?<body>.*)\}\s*$",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Operation();

    [GeneratedRegex(@"\$(?<name>\w+)\s*:\s*(?<type>[\w\[\]!]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();

    private sealed class MissingManifestResourceException(string message) : Exception(message);
}

/// <summary>A declared variable.</summary>
internal sealed record GraphQlVariable(string Name, string Type);

/// <summary>The parts of an operation: its variables and its one root field.</summary>
internal sealed record GraphQlOperation(bool IsMutation, IReadOnlyList<GraphQlVariable> Variables, string Body);
