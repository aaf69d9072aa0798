using System.Globalization;
using System.Net;
using HavenVlm.Core.Api.Access;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Local.Server;

/// <summary>An endpoint that answers without a key.</summary>
internal sealed class AnonymousCall
{
    public static AnonymousCall Instance { get; } = new();
}

/// <summary>
/// Who may call: with the key, as Azure Functions takes it. A server on loopback without a key is open to this machine's programs, so
/// it has to keep out what a browser on this machine is made to send by other sites.
/// </summary>
internal sealed class AccessCheck(
    RequestDelegate next,
    ServerKeys keys,
    ListenAddress address,
    SettingsSource settings,
    FailedKeys failedKeys
)
{
    private const string KeyHeader = "x-functions-key";
    private const string KeyQuery = "code";

    public async Task InvokeAsync(HttpContext context)
    {
        var server = settings.Current.Server;
        if (address.IsLoopback && !IsOurName(context.Request.Host.Host, server))
        {
            await Problems.WriteAsync(
                context,
                StatusCodes.Status421MisdirectedRequest,
                "Not this host",
                "This server listens on loopback and answers to localhost, 127.0.0.1, [::1] and the host of server.publicUrl only. Add the "
                    + "name that was called to server.allowedHosts, as for a reverse proxy."
            );
            return;
        }

        var isAnonymous = context.GetEndpoint()?.Metadata.GetMetadata<AnonymousCall>() is not null;
        var key = Key(context.Request);
        if (!isAnonymous && !await HasRightKeyAsync(context, key))
        {
            return;
        }

        var isOpen = !isAnonymous && key is null;
        if (CallGuard.Refusal(Source(context.Request), [server.PublicUrl], isOpen) is { } refusal)
        {
            await Problems.WriteAsync(context, refusal);
            return;
        }

        await next(context);
    }

    // False = the call was refused.
    private async Task<bool> HasRightKeyAsync(HttpContext context, string? key)
    {
        if (key is null ? !keys.IsRequired : keys.AcceptsAsGenerated(key))
        {
            return true;
        }

        if (key is null)
        {
            await RefuseAsync(context, "A key is needed");
            return false;
        }

        var caller = context.Connection.RemoteIpAddress;
        if (failedKeys.Wait(caller) is { Ticks: > 0 } wait)
        {
            await RefuseForAWhileAsync(context, wait);
            return false;
        }

        if (keys.Accepts(key))
        {
            return true;
        }

        failedKeys.Add(caller);
        await RefuseAsync(context, "That is not the key");
        return false;
    }

    private static Task RefuseAsync(HttpContext context, string title) =>
        Problems.WriteAsync(
            context,
            StatusCodes.Status401Unauthorized,
            title,
            $"Send the key in the header {KeyHeader} or as ?{KeyQuery}=. It is server.apiKey of the configuration, or in the file "
                + "server.key of the data folder."
        );

    private static Task RefuseForAWhileAsync(HttpContext context, TimeSpan wait)
    {
        var seconds = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.RetryAfter = seconds;
        return Problems.WriteAsync(
            context,
            StatusCodes.Status429TooManyRequests,
            "Too many wrong keys",
            $"Too many wrong keys from this address: none is accepted for {seconds} s. Check the key of the caller."
        );
    }

    private static string? Key(HttpRequest request)
    {
        var header = request.Headers[KeyHeader];
        var key = header.Count > 0 ? header[0] : request.Query[KeyQuery].FirstOrDefault();
        return string.IsNullOrEmpty(key) ? null : key;
    }

    private bool IsOurName(string host, ServerOptions server) =>
        HostNames.IsLoopback(host)
        || (IPAddress.TryParse(host, out var ip) && address.EndPoints.Any(endPoint => endPoint.Address.Equals(ip)))
        || HostNames.IsConfigured(host, server.PublicUrl, server.AllowedHosts);

    private static CallSource Source(HttpRequest request) =>
        new()
        {
            Method = request.Method,
            Host = request.Host.Value ?? "",
            Origin = request.Headers.Origin.ToString(),
            FetchSite = request.Headers["Sec-Fetch-Site"].ToString(),
            ContentType = request.ContentType ?? "",
            HasBody = request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0,
        };
}
