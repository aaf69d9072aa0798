using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace HavenVlm.Simulation.Vlm;

/// <summary>Writes plain replies in the API's form.</summary>
internal static class ReplyWriter
{
    /// <summary>An error as OpenAI writes it.</summary>
    public static Task WriteErrorAsync(HttpContext context, ChatRequestException error) =>
        WriteJsonAsync(
            context,
            error.Status,
            new JsonObject
            {
                ["error"] = new JsonObject
                {
                    ["message"] = error.Message,
                    ["type"] = error.Status >= 500 ? "server_error" : "invalid_request_error",
                    ["code"] = error.Code,
                },
            }
        );

    public static async Task WriteJsonAsync(HttpContext context, int status, JsonNode body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }

    /// <summary>Tells the client when to come back.</summary>
    public static void AddRetryAfter(HttpContext context, VlmBehavior behavior) =>
        context.Response.Headers.RetryAfter = Math.Ceiling(behavior.RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
