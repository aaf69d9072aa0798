using System.Text.Json;
using System.Text.Json.Serialization;

namespace HavenVlm.Core.Stash.Client;

/// <summary>What came back for each call of a batch.</summary>
internal sealed class GraphQlResults
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private static readonly string[] Passing =
    [
        "database is locked",
        "SQLITE_BUSY",
        "database is not initiali",
        "context deadline exceeded",
    ];

    private readonly JsonElement?[] _results;

    private GraphQlResults(JsonElement?[] results, IReadOnlyList<GraphQlError> errors)
    {
        _results = results;
        Errors = errors;
    }

    /// <summary>The results of no calls.</summary>
    public static GraphQlResults Empty { get; } = new([], []);

    /// <summary>What Stash complained about.</summary>
    public IReadOnlyList<GraphQlError> Errors { get; }

    /// <summary>Reads a reply to that many calls.</summary>
    /// <exception cref="StashUnavailableException">The reply holds neither data nor errors for a call, or trouble that passes.</exception>
    public static GraphQlResults Read(JsonDocument reply, int calls, string url)
    {
        var errors = ReadErrors(reply.RootElement, calls);
        if (
            errors.FirstOrDefault(error => Passing.Any(text => error.Message.Contains(text, StringComparison.OrdinalIgnoreCase))) is
            { } passing
        )
        {
            throw new StashUnavailableException(StashErrorKind.ServerError, $"Stash at {url} has trouble: {passing.Message}");
        }

        var results = new JsonElement?[calls];
        if (reply.RootElement.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object)
        {
            for (var i = 0; i < calls; i++)
            {
                if (data.TryGetProperty(GraphQlBatch.Alias(i), out var value))
                {
                    results[i] = value.Clone();
                }
            }
        }
        else if (errors.Count == 0)
        {
            throw new StashUnavailableException(StashErrorKind.BrokenReply, $"Stash at {url} sent a reply without data.");
        }

        return new GraphQlResults(results, errors);
    }

    /// <summary>Whether a complaint about one call took the results of all with it, as GraphQL has it where a call must not give null.</summary>
    public bool IsVoid => Errors.Count > 0 && _results.All(result => result is null or { ValueKind: JsonValueKind.Null });

    /// <summary>The results of some of the calls, in the given order, with the complaints about these.</summary>
    public GraphQlResults Only(IReadOnlyList<int> calls)
    {
        var errors =
            from position in Enumerable.Range(0, calls.Count)
            from error in Errors
            where error.Call == calls[position]
            select error with
            {
                Call = position,
            };
        return new GraphQlResults([.. calls.Select(call => _results[call])], [.. errors]);
    }

    /// <summary>Fails with the first complaint, if there is any.</summary>
    public GraphQlResults OrThrow()
    {
        return Errors.Count == 0 ? this : throw new StashException(StashErrorKind.Refused, $"Stash refused: {Errors[0].Message}");
    }

    /// <summary>The result of a call, or null when Stash gave null or the call failed.</summary>
    public T? Get<T>(int call)
        where T : class
    {
        try
        {
            return _results[call] is { ValueKind: not JsonValueKind.Null } value ? value.Deserialize<T>(Json) : null;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new StashUnavailableException(StashErrorKind.BrokenReply, "Stash sent a reply of an unexpected shape.", e);
        }
    }

    /// <summary>Id of what a call made or changed; null when the result has none.</summary>
    public string? ReadId(int call) =>
        _results[call] is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty("id", out var id) ? id.GetString() : null;

    /// <summary>When Stash says that each thing was changed which a call changed, by id; empty when it does not say.</summary>
    public IReadOnlyDictionary<string, string> ReadUpdates(int call)
    {
        var updates = new Dictionary<string, string>(StringComparer.Ordinal);
        if (_results[call] is { ValueKind: JsonValueKind.Array } changed)
        {
            foreach (var item in changed.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object))
            {
                if (
                    item.TryGetProperty("id", out var id)
                    && item.TryGetProperty("updated_at", out var at)
                    && (id.ValueKind, at.ValueKind) == (JsonValueKind.String, JsonValueKind.String)
                )
                {
                    updates[id.GetString()!] = at.GetString()!;
                }
            }
        }

        return updates;
    }

    /// <summary>A named part of a call's result.</summary>
    public T? Get<T>(int call, string part)
        where T : class
    {
        try
        {
            return
                _results[call] is { ValueKind: JsonValueKind.Object } value
                && value.TryGetProperty(part, out var inner)
                && inner.ValueKind != JsonValueKind.Null
                ? inner.Deserialize<T>(Json)
                : null;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new StashUnavailableException(StashErrorKind.BrokenReply, "Stash sent a reply of an unexpected shape.", e);
        }
    }

    /// <summary>The complaints in a reply to that many calls.</summary>
    public static List<GraphQlError> ReadErrors(JsonElement root, int calls)
    {
        var errors = new List<GraphQlError>();
        if (!root.TryGetProperty("errors", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            return errors;
        }

        foreach (var error in list.EnumerateArray())
        {
            var message =
                error.ValueKind == JsonValueKind.Object
                && error.TryGetProperty("message", out var text)
                && text.ValueKind == JsonValueKind.String
                    ? StashText.Clean(text.GetString()!)
                    : "an error without a message";
            errors.Add(new GraphQlError(message, CallOf(error, calls)));
        }

        return errors;
    }

    private static int? CallOf(JsonElement error, int calls) =>
        error.ValueKind == JsonValueKind.Object
        && error.TryGetProperty("path", out var path)
        && path.ValueKind == JsonValueKind.Array
        && path.GetArrayLength() > 0
        && path[0].ValueKind == JsonValueKind.String
        && path[0].GetString() is ['o', .. var number]
        && int.TryParse(number, out var call)
        && call < calls
            ? call
            : null;
}
