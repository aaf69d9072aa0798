using System.Text.Json;
using System.Text.Json.Nodes;

namespace HavenVlm.Core.Stash.Client;

/// <summary>
/// Speaks Stash's GraphQL: typed calls, batches as one request, differences between servers by introspection.
/// Every call throws <see cref="StashUnavailableException"/> where trying later helps and <see cref="StashException"/> where it does not.
/// </summary>
internal sealed partial class StashClient
{
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(60);

    // Stash runs the plugin hooks of every change before it answers, and waits for each without a limit.
    private static readonly TimeSpan TimeoutPerMutation = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SchemaLifetime = TimeSpan.FromMinutes(30);

    /// <summary>Marks a change of tags as ours: the hook of our plugin ends at once when it sees it.</summary>
    public const string OwnMutation = "havenvlm";

    private static readonly string[] FieldLists = ["fields", "inputFields"];

    private readonly StashTransport _transport;
    private readonly TimeProvider _time;
    private readonly StashRetries? _retries;
    private readonly SharedQueries _shared;
    private volatile KnownSchema? _schema;

    /// <param name="transport">Sends one request.</param>
    /// <param name="time">The clock.</param>
    /// <param name="retries">Sends requests again; null = each is sent once.</param>
    public StashClient(StashTransport transport, TimeProvider time, StashRetries? retries = null)
    {
        _transport = transport;
        _time = time;
        _retries = retries;
        _shared = new SharedQueries(SendAsync);
    }

    /// <summary>Address of the Stash in use, without a trailing slash.</summary>
    public string BaseUrl => _transport.BaseUrl;

    /// <summary>Sends calls as one request. Complaints about single calls are in the results; the rest has happened nevertheless.</summary>
    public async Task<GraphQlResults> SendAsync(IReadOnlyList<GraphQlCall> calls, CancellationToken cancellationToken)
    {
        var dependsOnSchema = calls.Any(call => call.Document.DependsOnSchema);
        try
        {
            return await SendOnceAsync(calls, dependsOnSchema ? await SchemaAsync(cancellationToken) : null, cancellationToken);
        }
        catch (StashException e) when (e.Kind == StashErrorKind.Invalid)
        {
            // The server was exchanged for another version while we ran.
            _schema = null;
            if (!dependsOnSchema || calls[0].Document.IsMutation)
            {
                throw;
            }
        }

        return await SendOnceAsync(calls, await SchemaAsync(cancellationToken), cancellationToken);
    }

    /// <summary>The same for queries, together with what others ask at the same time.</summary>
    public Task<GraphQlResults> QueryAsync(IReadOnlyList<GraphQlCall> calls, CancellationToken cancellationToken) =>
        _shared.AskAsync(calls, cancellationToken);

    /// <summary>What the server can do.</summary>
    public async Task<StashSchema> SchemaAsync(CancellationToken cancellationToken)
    {
        if (
            _schema is { } known
            && known.Url.Equals(BaseUrl, StringComparison.Ordinal)
            && _time.GetElapsedTime(known.Read) < SchemaLifetime
        )
        {
            return known.Schema;
        }

        var url = BaseUrl;
        List<GraphQlCall> calls = [GraphQlCall.Of("Version")];
        calls.AddRange(StashSchema.Types.Select(type => GraphQlCall.Of("IntrospectType", new JsonObject { ["name"] = type })));
        var results = (await SendOnceAsync(calls, schema: null, cancellationToken)).OrThrow();
        var fields =
            from index in Enumerable.Range(0, StashSchema.Types.Count)
            from part in FieldLists
            from field in results.Get<IReadOnlyList<NamedField>>(index + 1, part) ?? []
            select $"{StashSchema.Types[index]}.{field.Name}";
        var schema = new StashSchema(
            StashText.Clean(results.Get<string>(0, "version") ?? "unknown"),
            fields.ToHashSet(StringComparer.Ordinal)
        );
        _schema = new KnownSchema(url, schema, _time.GetTimestamp());
        _transport.Health.Version = schema.Version;
        return schema;
    }

    /// <summary>Whether Stash answers without any key: then it answers every stranger on its network too.</summary>
    public async Task<bool> AllowsAnonymousAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await SendOnceAsync([GraphQlCall.Of("Version")], schema: null, cancellationToken, withKey: false)).Errors.Count == 0;
        }
        catch (StashException e) when (e.Kind == StashErrorKind.Unauthorized)
        {
            return false;
        }
    }

    /// <summary>The size of the library.</summary>
    public async Task<StashStatistics> StatisticsAsync(CancellationToken cancellationToken) =>
        await SendForAsync<StashStatistics>(GraphQlCall.Of("Stats"), cancellationToken)
        ?? throw new StashUnavailableException(StashErrorKind.BrokenReply, "Stash sent no statistics.");

    private static GraphQlCall VrTagCall() => GraphQlCall.Of("InterfaceSettings");

    /// <summary>Name of the tag that VR scenes carry, as set in Stash's interface settings; null = none.</summary>
    private static string? VrTagOf(InterfaceSettings? settings) =>
        settings?.Ui is { } ui
        && ui.TryGetValue("vrTag", out var tag)
        && tag.ValueKind == JsonValueKind.String
        && tag.GetString() is { Length: > 0 } name
            ? name
            : null;

    private async Task<T?> SendForAsync<T>(GraphQlCall call, CancellationToken cancellationToken)
        where T : class => (await SendAsync([call], cancellationToken)).OrThrow().Get<T>(0);

    private async Task<GraphQlResults> SendOnceAsync(
        IReadOnlyList<GraphQlCall> calls,
        StashSchema? schema,
        CancellationToken cancellationToken,
        bool withKey = true
    )
    {
        var (query, variables) = GraphQlBatch.Compose(calls, schema);
        var timeout = calls[0].Document.IsMutation ? QueryTimeout + (TimeoutPerMutation * calls.Count) : QueryTimeout;
        return _retries is null ? await SendAsync(cancellationToken) : await _retries.RunAsync(calls, SendAsync, cancellationToken);

        async Task<GraphQlResults> SendAsync(CancellationToken token)
        {
            using var reply = await _transport.SendAsync(query, variables, timeout, withKey, token);
            return GraphQlResults.Read(reply, calls.Count, BaseUrl);
        }
    }

    private sealed record KnownSchema(string Url, StashSchema Schema, long Read);

    private sealed record NamedField(string Name);

    private sealed record InterfaceSettings(Dictionary<string, JsonElement>? Ui = null);

    private sealed record TagId(string Id);
}
