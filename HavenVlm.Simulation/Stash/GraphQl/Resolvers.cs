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
    private readonly Dictionary<(string Type, string Field), FieldResolver> resolvers = [];
    private readonly Dictionary<Type, Func<object, string>> typeNames = [];

    public void Add<T>(string type, string field, Func<T, FieldCall, object?> resolve) =>
        resolvers.Add((type, field), (source, call) => ValueTask.FromResult(resolve((T)source, call)));

    public void Add<T>(string type, string field, Func<T, object?> resolve) => Add<T>(type, field, (source, _) => resolve(source));

    public void AddAsync(string type, string field, FieldResolver resolve) => resolvers.Add((type, field), resolve);

    /// <summary>Says of which object type a value is where the schema offers several.</summary>
    public void Name<T>(Func<T, string> typeName) => typeNames.Add(typeof(T), value => typeName((T)value));

    public FieldResolver? Find(string type, string field) => resolvers.GetValueOrDefault((type, field));

    public string TypeOf(object value) => typeNames[value.GetType()](value);

    /// <summary>Values of the scalars <c>Map</c> and <c>Any</c> are given as text.</summary>
    public static JsonNode? ParseJson(string? text) => text is null ? null : JsonNode.Parse(text);
}
