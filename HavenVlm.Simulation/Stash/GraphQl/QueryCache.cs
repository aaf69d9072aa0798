using System.Collections.Concurrent;
using GraphQLParser.AST;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>Keeps the requests that passed validation. The server does the same: a text that it knows is parsed and validated once.</summary>
internal sealed class QueryCache
{
    private const int MaxQueries = 1000;
    private readonly ConcurrentDictionary<string, GraphQLDocument> _documents = new(StringComparer.Ordinal);

    public GraphQLDocument? Find(string query) => _documents.GetValueOrDefault(query);

    public void Keep(string query, GraphQLDocument document)
    {
        if (_documents.Count >= MaxQueries)
        {
            _documents.Clear();
        }

        _documents.TryAdd(query, document);
    }
}
