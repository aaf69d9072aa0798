using System.Collections.Concurrent;
using GraphQLParser.AST;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>Keeps the requests that passed validation. The server does the same: a text that it knows is parsed and validated once.</summary>
internal sealed class QueryCache
{
    private const int Most = 1000;
    private readonly ConcurrentDictionary<string, GraphQLDocument> documents = new(StringComparer.Ordinal);

    public GraphQLDocument? Find(string query) => documents.GetValueOrDefault(query);

    public void Keep(string query, GraphQLDocument document)
    {
        if (documents.Count >= Most)
        {
            documents.Clear();
        }

        documents.TryAdd(query, document);
    }
}
