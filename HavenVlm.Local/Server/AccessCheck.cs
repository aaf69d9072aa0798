using System.Net;
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
internal sealed class AccessCheck(RequestDelegate next, ServerKeys keys, ListenAddress address, SettingsSource settings)
{
    private const string KeyHeader = "x-functions-key";
    private const string KeyQuery = "code";

    public Task InvokeAsync(HttpContext context)
    {
        if (address.IsLoopback && !IsOurName(context.Request.Host.Host))
        {
            // A site whose name was pointed at 127.0.0.1 (DNS rebinding) still sends its own name.
            return Problems.WriteAsync(
                context,
                StatusCodes.Status421MisdirectedRequest,
                "Not this host",
                "This server listens on loopback and answers to localhost, 127.0.0.1, [::1] and the host of server.publicUrl only."
            );
        }

        if (context.GetEndpoint()?.Metadata.GetMetadata<AnonymousCall>() is not null)
        {
            return next(context);
        }

        var key = Key(context.Request);
        if (key is not null && keys.Opens(key))
        {
            return next(context);
        }

        if (keys.IsRequired || key is not null)
        {
            return Problems.WriteAsync(
                context,
                StatusCodes.Status401Unauthorized,
                key is null ? "A key is needed" : "That is not the key",
                $"Send the key in the header {KeyHeader} or as ?{KeyQuery}=. It is server.apiKey of the configuration, or in the file "
                    + "server.key of the data folder."
            );
        }

        return IsFromAnotherSite(context.Request)
            ? Problems.WriteAsync(
                context,
                StatusCodes.Status403Forbidden,
                "From another site",
                "A page of another site made this request. Set server.apiKey and send the key to allow it."
            )
            : next(context);
    }

    private static string? Key(HttpRequest request)
    {
        var header = request.Headers[KeyHeader];
        var key = header.Count > 0 ? header[0] : request.Query[KeyQuery].FirstOrDefault();
        return string.IsNullOrEmpty(key) ? null : key;
    }

    private bool IsOurName(string host)
    {
        if (
            host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip))
        )
        {
            return true;
        }

        return Uri.TryCreate(settings.Current.Server.PublicUrl, UriKind.Absolute, out var own)
            && own.Host.Equals(host, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsFromAnotherSite(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site is "cross-site" or "same-site")
        {
            return true;
        }

        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0
            && !(
                Uri.TryCreate(origin, UriKind.Absolute, out var from)
                && from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase)
            );
    }
}
