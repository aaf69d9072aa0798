namespace HavenVlm.Core.Api.Access;

/// <summary>
/// Refuses what a browser is made to send by a page of another site (CSRF). Whoever sends the key may read from anywhere, but nothing
/// is changed on behalf of a foreign page, whatever it sends along.
/// </summary>
public static class CallGuard
{
    /// <summary>Why a call is refused, as the answer to send; null = it is not.</summary>
    /// <param name="call">The call.</param>
    /// <param name="ownAddresses">Addresses under which this service is known: scheme, host and port, such as <c>server.publicUrl</c>.</param>
    /// <param name="isOpen">Whether the call was let in without a key and gives data, so that reading is guarded, too.</param>
    public static ApiResponse? Refusal(CallSource call, IEnumerable<string> ownAddresses, bool isOpen)
    {
        if ((call.Changes || isOpen) && IsFromAnotherSite(call, ownAddresses))
        {
            return ApiResponse.Problem(
                403,
                "From another site",
                call.Changes
                    ? "A page of another site made this request; such pages may change nothing here. Behind a reverse proxy, set "
                        + "server.publicUrl to the address in the browser."
                    : "A page of another site made this request. Set server.apiKey and send the key to allow it."
            );
        }

        // The kinds that a form of any page can send are not JSON.
        return call.Changes && (call.HasBody || call.ContentType.Length > 0) && !IsJson(call.ContentType)
            ? ApiResponse.Problem(
                415,
                "Not said to be JSON",
                "Send the body as JSON with the header Content-Type: application/json (curl: -H 'Content-Type: application/json')."
            )
            : null;
    }

    private static bool IsFromAnotherSite(CallSource call, IEnumerable<string> ownAddresses)
    {
        // The browser knows best: it sees the address as the user does, whatever a proxy makes of it.
        if (call.FetchSite.Length > 0)
        {
            return call.FetchSite is not ("same-origin" or "none");
        }

        return call.Origin.Length > 0
            && !(
                Uri.TryCreate(call.Origin, UriKind.Absolute, out var origin)
                && (
                    origin.Authority.Equals(call.Host, StringComparison.OrdinalIgnoreCase)
                    || ownAddresses.Any(address => IsSame(origin, address))
                )
            );
    }

    private static bool IsSame(Uri origin, string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var own)
        && own.GetLeftPart(UriPartial.Authority).Equals(origin.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase);

    private static bool IsJson(string contentType)
    {
        var type = contentType.Split(';')[0].Trim();
        return type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (
                type.StartsWith("application/", StringComparison.OrdinalIgnoreCase)
                && type.EndsWith("+json", StringComparison.OrdinalIgnoreCase)
            );
    }
}
