using HavenVlm.Simulation.Stash.Plugins;
using Microsoft.AspNetCore.Http;

namespace HavenVlm.Simulation.Stash.Http;

/// <summary>Who is let in, and what the others are told; answers pages of other websites as freely as Stash does.</summary>
internal sealed class Gatekeeper(string apiKey, StashVersion version, PluginSessions sessions)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (AllowOrigin(context))
        {
            return;
        }

        var request = context.Request;
        var given = request.Headers["ApiKey"].ToString() is { Length: > 0 } header ? header : request.Query["apikey"].ToString();
        if (given.Length > 0 && given != apiKey)
        {
            await RefuseWrongKeyAsync(context);
        }
        else if (given.Length == 0 && apiKey.Length > 0 && !sessions.IsIssued(request.Cookies[PluginSessions.CookieName]))
        {
            Refuse(context);
        }
        else
        {
            await next(context);
        }
    }

    /// <summary>Whether the request was only a browser's question whether it may ask.</summary>
    private static bool AllowOrigin(HttpContext context)
    {
        if (!context.Request.Headers.ContainsKey("Origin"))
        {
            return false;
        }

        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers.Vary = "Origin";
        if (
            !HttpMethods.IsOptions(context.Request.Method)
            || !context.Request.Headers.TryGetValue("Access-Control-Request-Method", out var method)
        )
        {
            return false;
        }

        headers.AccessControlAllowMethods = method;
        headers.AccessControlAllowHeaders = context.Request.Headers["Access-Control-Request-Headers"];
        return true;
    }

    /// <summary>Also when no password is set at all. The older servers take the refusal for a fault of their own.</summary>
    private Task RefuseWrongKeyAsync(HttpContext context)
    {
        if (version >= StashVersion.Release26)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "FormBased";
            return Task.CompletedTask;
        }

        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync("unauthorized\n");
    }

    private static void Refuse(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        if (path == "/graphql" || Path.GetExtension(path) is not ("" or ".html"))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "FormBased";
            return;
        }

        context.Response.StatusCode = StatusCodes.Status302Found;
        context.Response.Headers.Location = "/login?returnURL=" + Uri.EscapeDataString(path + context.Request.QueryString);
    }
}
