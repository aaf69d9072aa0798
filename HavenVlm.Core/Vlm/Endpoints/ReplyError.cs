using System.Text.Json;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Vlm.Endpoints;

/// <summary>Finds the error in a reply with status 200: gateways send the status before they know how the model fares.</summary>
internal static class ReplyError
{
    /// <summary>The error of a reply; null = it has none.</summary>
    /// <param name="root">The body.</param>
    /// <param name="mask">What was sent in secret.</param>
    public static ServerError? Find(JsonElement root, SecretMask mask)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var hasChoice =
            root.TryGetProperty("choices", out var choices) && choices.ValueKind == JsonValueKind.Array && choices.GetArrayLength() > 0;
        if (!hasChoice)
        {
            return HasError(root) ? Read(root, mask) : null;
        }

        var choice = choices[0];
        if (choice.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var isBroken =
            choice.TryGetProperty("finish_reason", out var reason)
            && reason.ValueKind == JsonValueKind.String
            && reason.ValueEquals("error");
        return HasError(choice) ? Read(choice, mask)
            : isBroken
                ? HasError(root) ? Read(root, mask)
                    : new ServerError(500, "the model's work ended with an error").InsideReply(hasCode: false)
            : null;
    }

    private static bool HasError(JsonElement json) =>
        json.TryGetProperty("error", out var error) && error.ValueKind is JsonValueKind.Object or JsonValueKind.String;

    private static ServerError Read(JsonElement json, SecretMask mask)
    {
        var error = json.GetProperty("error");
        var code = 0;
        var hasCode =
            error.ValueKind == JsonValueKind.Object
            && error.TryGetProperty("code", out var number)
            && (
                (number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out code))
                || (number.ValueKind == JsonValueKind.String && int.TryParse(number.GetString(), out code))
            )
            && code is >= 400 and < 600;
        // The error alone: beside it there may be half a reply.
        return ServerError.Read(hasCode ? code : 500, JsonSerializer.SerializeToUtf8Bytes(new { error }), mask).InsideReply(hasCode);
    }
}
