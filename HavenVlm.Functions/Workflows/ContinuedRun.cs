using System.Text.Json;
using System.Text.Json.Serialization;
using HavenVlm.Core.Common;

namespace HavenVlm.Functions.Workflows;

/// <summary>
/// What a run hands to the next one of the same instance: its input, and the custom status, which Durable Functions would forget until
/// the next run sets one.
/// </summary>
/// <param name="Status">The custom status.</param>
/// <param name="Input">The input as the orchestrator gave it.</param>
internal sealed record ContinuedRun(
    [property: JsonPropertyName(ContinuedRun.StatusName)] JsonElement? Status,
    [property: JsonPropertyName(ContinuedRun.InputName)] JsonElement? Input
)
{
    private const string StatusName = "$continuedStatus";
    private const string InputName = "$continuedInput";

    /// <summary>The run that an instance's input is; null = it is the first one's, as it was given.</summary>
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

    /// <summary>As JSON; the input's name is always there.</summary>
    public JsonElement ToElement() => JsonSerializer.SerializeToElement(this, Options);

    private static readonly JsonSerializerOptions Options = new(HavenJson.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.Never };
}
