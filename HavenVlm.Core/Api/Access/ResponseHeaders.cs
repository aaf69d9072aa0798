using System.Collections.Frozen;

namespace HavenVlm.Core.Api.Access;

/// <summary>Headers of every response on both hosts: nothing is guessed, framed, kept or told on. There is no CORS: other sites get nothing.</summary>
public static class ResponseHeaders
{
    /// <summary>The headers; an answer may say otherwise for itself, as the page does.</summary>
    public static FrozenDictionary<string, string> Secure { get; } =
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["X-Content-Type-Options"] = "nosniff",
            ["X-Frame-Options"] = "DENY",
            ["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'",
            ["Referrer-Policy"] = "no-referrer",
            ["Cross-Origin-Resource-Policy"] = "same-origin",
            ["Cross-Origin-Opener-Policy"] = "same-origin",
            ["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()",
            ["Cache-Control"] = "no-store",
        }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
}
