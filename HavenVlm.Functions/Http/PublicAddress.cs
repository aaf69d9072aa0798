using Microsoft.AspNetCore.Http;

namespace HavenVlm.Functions.Http;

/// <summary>The address under which a caller reached this app, for the links in its answer.</summary>
internal static class PublicAddress
{
    private const string PlatformName = "WEBSITE_HOSTNAME";

    /// <summary>
    /// <c>server.publicUrl</c> when it is set, else what the Functions host in front of this worker says that it was called as. Hosts
    /// that say nothing leave the worker's own loopback address in the request; then it is the name that the platform gave the app.
    /// </summary>
    /// <param name="request">The call.</param>
    /// <param name="publicUrl">Value of <c>server.publicUrl</c>.</param>
    /// <returns>Scheme and host without a trailing slash.</returns>
    public static string Of(HttpRequest request, string publicUrl)
    {
        if (publicUrl.Length > 0)
        {
            return publicUrl.TrimEnd('/');
        }

        var scheme = First(request, "X-Forwarded-Proto") ?? request.Scheme;
        if (First(request, "X-Forwarded-Host") is { } forwarded)
        {
            return Valid($"{scheme}://{forwarded}") ?? Own(request);
        }

        // Put there by the middleware that has already taken the forwarded host over into the request.
        var isTakenOver = request.Headers.ContainsKey("X-Original-Host");
        var platform = Environment.GetEnvironmentVariable(PlatformName);
        return isTakenOver || string.IsNullOrEmpty(platform)
            ? Own(request)
            : Valid($"{(platform.StartsWith("localhost", StringComparison.OrdinalIgnoreCase) ? "http" : "https")}://{platform}")
                ?? Own(request);
    }

    private static string Own(HttpRequest request) => $"{request.Scheme}://{request.Host.Value}";

    private static string? Valid(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? address.GetLeftPart(UriPartial.Authority)
            : null;

    private static string? First(HttpRequest request, string header) =>
        request.Headers[header].FirstOrDefault()?.Split(',')[0].Trim() is { Length: > 0 } value ? value : null;
}
