using System.Net;

namespace HavenVlm.Core.Configuration.Formats;

/// <summary>Reads addresses of servers.</summary>
internal static class AddressTexts
{
    /// <summary>An http or https address; without the slash at its end.</summary>
    public static Reading ReadAddress(string text)
    {
        if (text.Length == 0)
        {
            return Reading.Invalid("is empty");
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
        {
            return Reading.Invalid("is not an address");
        }

        if (uri.Scheme is not ("http" or "https"))
        {
            return Reading.Invalid("begins with neither http:// nor https://");
        }

        // What stands before an @ is a password: it would be printed wherever the address is.
        return uri.UserInfo.Length > 0 ? Reading.Invalid("holds a user name or password, which belongs into apiKey")
            : uri.Query.Length > 0 || uri.Fragment.Length > 0 ? Reading.Invalid("holds more than a path after the host")
            : Reading.Of(text.TrimEnd('/'));
    }

    public static Reading ReadListenAddress(string text)
    {
        const string Scheme = "http://";
        if (text.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            return Reading.Invalid("asks for https, which a reverse proxy in front has to offer");
        }

        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return Reading.Invalid("does not begin with http://");
        }

        var rest = text[Scheme.Length..].TrimEnd('/');
        var colon = rest.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(rest[(colon + 1)..], System.Globalization.NumberStyles.None, null, out var port))
        {
            return Reading.Invalid("has no port");
        }

        if (port > IPEndPoint.MaxPort)
        {
            return Reading.Invalid($"has a port above {IPEndPoint.MaxPort}");
        }

        // Any other name would make the server listen on every address, so it must be an address itself.
        var host = rest[..colon];
        var isAddress = host is "*" || host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IsIp(host);
        return isAddress ? Reading.Of($"{Scheme}{host}:{port}") : Reading.Invalid("names no address of this machine");
    }

    /// <summary>Names or addresses of hosts, separated by commas.</summary>
    public static Reading ReadHostNames(string text)
    {
        string[] names = [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        return Array.Find(names, name => Uri.CheckHostName(name) == UriHostNameType.Unknown) is { } bad
            ? Reading.Invalid(
                bad.Contains('*', StringComparison.Ordinal) ? "holds a *, but every name has to be given"
                : bad.Contains(':', StringComparison.Ordinal) ? "holds more than a name"
                : "is not the name of a host"
            )
            : Reading.Of(string.Join(", ", names));
    }

    // An IPv6 address stands in brackets, and nothing else does; short forms such as 127.1 are refused.
    private static bool IsIp(string host) =>
        host is ['[', .. var inner, ']']
            ? IPAddress.TryParse(inner, out var six) && six.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
            : IPAddress.TryParse(host, out var four)
                && four.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
                && host.Count(c => c == '.') == 3;
}
