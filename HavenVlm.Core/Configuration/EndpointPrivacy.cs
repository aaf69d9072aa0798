using System.Net;
using System.Net.Sockets;

namespace HavenVlm.Core.Configuration;

/// <summary>Tells whether what is sent to an address stays on this machine or its private network.</summary>
public static class EndpointPrivacy
{
    // Names that are never looked up on the internet: RFC 6761, RFC 6762, RFC 8375, ICANN's reservation of .internal, and routers' habit.
    private static readonly string[] LocalSuffixes = [".localhost", ".local", ".home.arpa", ".internal", ".lan"];

    /// <summary>
    /// Whether pictures sent to this address stay within loopback or private networks. Names are resolved;
    /// a name of several parts that cannot be resolved counts as outside.
    /// </summary>
    /// <param name="address">An http or https address.</param>
    /// <param name="cancellationToken">Stops the look-up.</param>
    public static Task<bool> StaysLocalAsync(string address, CancellationToken cancellationToken) =>
        StaysLocalAsync(address, Dns.GetHostAddressesAsync, cancellationToken);

    internal static async Task<bool> StaysLocalAsync(
        string address,
        Func<string, CancellationToken, Task<IPAddress[]>> resolve,
        CancellationToken cancellationToken
    )
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri))
        {
            return false;
        }

        var host = uri.IdnHost.TrimEnd('.');
        if (IPAddress.TryParse(host, out var ip))
        {
            return IsPrivate(ip);
        }

        if (
            host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || LocalSuffixes.Any(suffix => host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
        )
        {
            return true;
        }

        try
        {
            var addresses = await resolve(host, cancellationToken);
            return addresses.Length > 0 && addresses.All(IsPrivate);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // A single word is a container or a machine of this network that is off right now.
            return !host.Contains('.', StringComparison.Ordinal);
        }
    }

    /// <summary>Loopback, link-local, RFC 1918, RFC 4193, and the carrier-grade range (RFC 6598) that overlay networks use.</summary>
    public static bool IsPrivate(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IPAddress.IsLoopback(plain))
        {
            return true;
        }

        if (plain.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return plain.IsIPv6LinkLocal || plain.IsIPv6UniqueLocal;
        }

        var bytes = plain.GetAddressBytes();
        return (bytes[0], bytes[1]) switch
        {
            (10, _) => true,
            (172, >= 16 and <= 31) => true,
            (192, 168) => true,
            (169, 254) => true,
            (100, >= 64 and <= 127) => true,
            _ => false,
        };
    }
}
