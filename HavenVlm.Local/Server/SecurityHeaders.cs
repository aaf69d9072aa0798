namespace HavenVlm.Local.Server;

/// <summary>Headers of every response: nothing is guessed, framed, kept or told on. There is no CORS: other sites get nothing.</summary>
internal static class SecurityHeaders
{
    public static void Add(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }
}
