using System.Text.Json.Nodes;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>An entry of the <c>errors</c> of a reply.</summary>
internal sealed record GraphQlError(
    string Message,
    IReadOnlyList<object>? Path = null,
    (int Line, int Column)? Location = null,
    string? Code = null
)
{
    public const string ValidationFailed = "GRAPHQL_VALIDATION_FAILED";
    public const string ParseFailed = "GRAPHQL_PARSE_FAILED";

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["message"] = Message };
        if (Path is { Count: > 0 })
        {
            json["path"] = new JsonArray([
                .. Path.Select(step => step is int index ? JsonValue.Create(index) : JsonValue.Create((string)step)),
            ]);
        }

        if (Location is { } at)
        {
            json["locations"] = new JsonArray(new JsonObject { ["line"] = at.Line, ["column"] = at.Column });
        }

        if (Code is not null)
        {
            json["extensions"] = new JsonObject { ["code"] = Code };
        }

        return json;
    }
}

/// <summary>What a resolver of Stash refuses: HTTP 200 with this message among the errors.</summary>
internal sealed class StashErrorException(string message) : Exception(message);

/// <summary>The whole request is refused before anything runs: HTTP 422.</summary>
internal sealed class GraphQlRefusedException(IReadOnlyList<GraphQlError> errors) : Exception(errors[0].Message)
{
    public IReadOnlyList<GraphQlError> Errors => errors;
}

/// <summary>The real server could answer this and the simulated one cannot. Never to be taken for an answer of Stash: HTTP 501.</summary>
internal sealed class NotSimulatedException(string what)
    : Exception($"The simulated Stash does not simulate {what}. The real one has it: add it to HavenVlm.Simulation/Stash.");
