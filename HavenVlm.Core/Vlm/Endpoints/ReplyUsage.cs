using System.Text.Json;
using HavenVlm.Core.Vlm.Contracts;

namespace HavenVlm.Core.Vlm.Endpoints;

/// <summary>Reads how many tokens a request took, in the forms that servers have for it.</summary>
internal static class ReplyUsage
{
    /// <summary>The tokens; null when the server does not say.</summary>
    public static TokenUsage? Read(JsonElement root)
    {
        var usage = Object(root, "usage");
        var timings = Object(root, "timings");
        // llama.cpp counts the prompt's tokens without those from the cache in its timings.
        var timed = Number(timings, "prompt_n") is { } processed ? processed + (Number(timings, "cache_n") ?? 0) : (double?)null;
        var input =
            Number(usage, "prompt_tokens")
            ?? Number(usage, "input_tokens")
            ?? timed
            ?? Number(root, "tokens_evaluated")
            ?? Number(root, "prompt_eval_count");
        var output =
            Number(usage, "completion_tokens")
            ?? Number(usage, "output_tokens")
            ?? Number(timings, "predicted_n")
            ?? Number(root, "tokens_predicted")
            ?? Number(root, "eval_count");
        if (input is null && output is null)
        {
            return null;
        }

        var cached =
            Number(Object(usage, "prompt_tokens_details"), "cached_tokens")
            ?? Number(Object(usage, "input_tokens_details"), "cached_tokens")
            ?? Number(usage, "prompt_cache_hit_tokens")
            ?? Number(timings, "cache_n")
            ?? Number(root, "tokens_cached");
        return new TokenUsage(input, cached > input ? input : cached, output);
    }

    private static JsonElement Object(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    private static double? Number(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out var number)
        && number is >= 0 and < 1e9
            ? number
            : null;
}
