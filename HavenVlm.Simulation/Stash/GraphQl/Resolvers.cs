using System.Text.Json.Nodes;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>One call of a field: its arguments and who asks.</summary>
internal sealed record FieldCall(InputObject Arguments, RequestContext Request, CancellationToken Cancellation);

/// <summary>What resolvers need to know of the HTTP request.</summary>
internal sealed record RequestContext(string BaseUrl);

internal delegate ValueTask<object?> FieldResolver(object source, FieldCall call);

/// <summary>How each described field gets its value.</summary>
internal sealed class ResolverMap
{
    private readonly Dictionary<(string Type, string Field), FieldResolver> _resolvers = [];

    public void Add<T>(string type, string field, Func<T, FieldCall, object?> resolve) =>
        _resolvers.Add((type, field), (source, call) => ValueTask.FromResult(resolve((T)source, call)));

    public void Add<T>(string type, string field, Func<T, object?> resolve) => Add<T>(type, field, (source, _) => resolve(source));

    public void AddAsync(string type, string field, FieldResolver resolve) => _resolvers.Add((type, field), resolve);

    public FieldResolver? Find(string type, string field) => _resolvers.GetValueOrDefault((type, field));

    /// <summary>Values of the scalars <c>Map</c> and <c>Any</c> are given as text.</summary>
    public static JsonNode? ParseJson(string? text) => text is null ? null : JsonNode.Parse(text);
}
