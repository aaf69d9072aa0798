using System.Text.Json;
using System.Text.Json.Serialization;
using HavenVlm.Core.Common;

namespace HavenVlm.Functions.Workflows;

/// <summary>
/// What an instance keeps over its runs beside the input: the custom status, which Durable Functions forgets when it continues as new until
/// the next run sets one, and the time of its start, for which Durable Functions takes that of the latest run.
/// </summary>
/// <param name="Status">The custom status; null in the first run.</param>
/// <param name="Created">When the instance was started; null if an older version of the app did.</param>
/// <param name="Input">The input as the orchestrator gave it.</param>
internal sealed record ContinuedRun(
    [property: JsonPropertyName(ContinuedRun.StatusName)] JsonElement? Status,
    [property: JsonPropertyName(ContinuedRun.CreatedName)] DateTimeOffset? Created,
    [property: JsonPropertyName(ContinuedRun.InputName)] JsonElement? Input
)
{
    private const string CreatedName = "$created";
    private const string StatusName = "$continuedStatus";
    private const string InputName = "$continuedInput";

    /// <summary>The run that an instance's input is; null = an older version of the app started it, with the bare input.</summary>
    public static ContinuedRun? From(JsonElement? input) =>
        input is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty(InputName, out _)
            ? value.Deserialize<ContinuedRun>(HavenJson.Options)
            : null;

    /// <summary>The input as the orchestrator knows it, from the text that the engine keeps.</summary>
    public static JsonElement? InputOf(string? serialized)
    {
        var element = DurableJson.ParseOrQuote(serialized);
        return From(element) is { } continued ? continued.Input : element;
    }

    /// <summary>When an instance was started, from the text that the engine keeps as its input; null if that does not say it.</summary>
    public static DateTimeOffset? CreatedOf(string? serialized) => From(DurableJson.ParseOrQuote(serialized))?.Created;

    /// <summary>As JSON; the input's name is always there.</summary>
    public JsonElement ToElement() => JsonSerializer.SerializeToElement(this, Options);

    private static readonly JsonSerializerOptions Options = new(HavenJson.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.Never };
}
