using GraphQL;
using GraphQL.Resolvers;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>Passes a field on to the resolver that the server of the request has for it: the schema of a version is shared by its servers.</summary>
internal sealed class StashField(string type, string field) : IFieldResolver
{
    private readonly bool _mutation = type == "Mutation";

    /// <inheritdoc />
    public ValueTask<object?> ResolveAsync(IResolveFieldContext context)
    {
        var server = (ServedBy)context.UserContext;
        var resolve = server.Resolvers.Find(type, field) ?? throw new NotSimulatedException($"the field {type}.{field}");
        var call = new FieldCall(new InputObject(ArgumentJson.Of(context)), server.Request, context.CancellationToken);
        var source = context.Source!;
        return _mutation ? server.AroundChange(field, () => resolve(source, call)) : resolve(source, call);
    }
}

/// <summary>The server that carries out a request.</summary>
internal sealed class ServedBy(
    ResolverMap resolvers,
    RequestContext request,
    Func<string, Func<ValueTask<object?>>, ValueTask<object?>> aroundChange
) : Dictionary<string, object?>(StringComparer.Ordinal)
{
    public ResolverMap Resolvers => resolvers;

    public RequestContext Request => request;

    public Func<string, Func<ValueTask<object?>>, ValueTask<object?>> AroundChange => aroundChange;
}
