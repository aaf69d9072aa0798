using System.Text.Json;
using HavenVlm.Core.Api;
using HavenVlm.Core.Common;

namespace HavenVlm.Local.Server;

/// <summary>Errors of the server itself as RFC 9457 problem details; those of calls come from the calls.</summary>
internal static class Problems
{
    /// <summary>Sends a refusal that the rules of both hosts made.</summary>
    public static async Task WriteAsync(HttpContext context, ApiResponse refusal)
    {
        context.Response.StatusCode = refusal.Status;
        context.Response.ContentType = refusal.ContentType;
        await context.Response.Body.WriteAsync(refusal.Body, context.RequestAborted);
    }

    public static async Task WriteAsync(HttpContext context, int status, string title, string detail)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json; charset=utf-8";
        var problem = new
        {
            Type = "about:blank",
            Title = title,
            Status = status,
            Detail = detail,
        };
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(problem, HavenJson.Options), context.RequestAborted);
    }
}
