using System.Net;

namespace HavenVlm.Local.Server;

/// <summary>The address that <c>server.listen</c> names, which was checked when the configuration was read.</summary>
internal sealed class ListenAddress
{
    private ListenAddress(IReadOnlyList<IPEndPoint> endPoints) => EndPoints = endPoints;

    /// <summary>What to listen on; never empty.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints { get; }

    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopback => EndPoints.All(endPoint => IPAddress.IsLoopback(endPoint.Address));

    public static ListenAddress Parse(string listen)
    {
        var rest = listen["http://".Length..];
        var colon = rest.LastIndexOf(':');
        var host = rest[..colon];
        var port = int.Parse(rest[(colon + 1)..]);
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            // Two sockets cannot share a port that is not known yet.
            return port == 0
                ? new ListenAddress([new IPEndPoint(IPAddress.Loopback, 0)])
                : new ListenAddress([new IPEndPoint(IPAddress.Loopback, port), new IPEndPoint(IPAddress.IPv6Loopback, port)]);
        }

        return new ListenAddress([new IPEndPoint(host is "*" ? IPAddress.IPv6Any : IPAddress.Parse(host), port)]);
    }

    /// <summary>How a process on this machine reaches an address that is being listened on.</summary>
    public static Uri Reachable(IPEndPoint bound)
    {
        var address =
            bound.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : bound.Address.Equals(IPAddress.IPv6Any) ? IPAddress.Loopback
            : bound.Address;
        return new Uri($"http://{new IPEndPoint(address, bound.Port)}");
    }
}
