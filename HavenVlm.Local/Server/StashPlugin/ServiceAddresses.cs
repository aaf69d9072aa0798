using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Local.Server.StashPlugin;

/// <summary>An address of this service and when it is the right one.</summary>
internal sealed record ServiceAddress(string Url, string When);

/// <summary>The addresses under which a Stash may reach this service.</summary>
/// <param name="Best">The likeliest.</param>
/// <param name="Others">Others, for other places of Stash.</param>
/// <param name="Notes">What keeps a Stash elsewhere from reaching it.</param>
internal sealed record ServiceAddresses(string Best, IReadOnlyList<ServiceAddress> Others, IReadOnlyList<string> Notes)
{
    private const string ComposeService = "haven";

    /// <summary>Addresses from the configuration and this machine.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="port">The port that is listened on.</param>
    /// <param name="isInContainer">Whether this process is in a container.</param>
    public static ServiceAddresses Of(HavenOptions options, int port, bool isInContainer)
    {
        var stash = StashHost(options.Stash.Url);
        var stashIsHere = stash is "localhost" || (IPAddress.TryParse(stash, out var ip) && IPAddress.IsLoopback(ip));
        List<ServiceAddress> all = [];
        List<string> notes = [];
        if (options.Server.PublicUrl.Length > 0)
        {
            all.Add(new ServiceAddress(options.Server.PublicUrl.TrimEnd('/'), "from wherever server.publicUrl leads here"));
        }

        var compose = new ServiceAddress(
            $"http://{ComposeService}:{port}",
            "Stash is in the same compose file as Haven VLM (its service name)"
        );
        var host = new ServiceAddress(
            $"http://host.docker.internal:{port}",
            "Stash is in a container on the machine on which Haven VLM runs"
        );
        if (ListenAddress.Parse(options.Server.Listen).IsLoopback)
        {
            all.Add(new ServiceAddress($"http://127.0.0.1:{port}", "Stash runs on this machine and not in a container"));
            notes.Add(
                $"Haven VLM listens on {options.Server.Listen}, which only programs on this machine reach. For a Stash in a container or on another "
                    + "machine set server.listen to http://0.0.0.0:7071 in haven.yaml, start Haven VLM again and run this command again."
            );
        }
        else if (isInContainer)
        {
            // A name without dots is one that compose gave.
            all.AddRange(stash.Contains('.', StringComparison.Ordinal) ? [host, compose] : [compose, host]);
            all.Add(new ServiceAddress($"http://<address of the machine>:{port}", "Stash is elsewhere in the network"));
        }
        else
        {
            var own = OwnAddress(stashIsHere ? "" : stash);
            var here = new ServiceAddress($"http://127.0.0.1:{port}", "Stash runs on this machine and not in a container");
            ServiceAddress[] elsewhere = own is null
                ? []
                : [new ServiceAddress($"http://{own}:{port}", "Stash is in a container or on another machine of this network")];
            all.AddRange(stashIsHere ? [here, .. elsewhere, host] : [.. elsewhere, host, here]);
        }

        return new ServiceAddresses(all[0].Url, all, notes);
    }

    private static string StashHost(string url) => Uri.TryCreate(url, UriKind.Absolute, out var address) ? address.Host : "";

    /// <summary>The address of this machine on the way to Stash, else that of its first network; null = it has none.</summary>
    private static string? OwnAddress(string toward)
    {
        if (IPAddress.TryParse(toward, out var target))
        {
            try
            {
                // Connecting a datagram socket sends nothing; it only chooses the way.
                using var socket = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                socket.Connect(target, 9);
                return Text(((IPEndPoint)socket.LocalEndPoint!).Address);
            }
            catch (SocketException)
            {
                // No way there now.
            }
        }

        var found = NetworkInterface
            .GetAllNetworkInterfaces()
            .Where(network =>
                network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback
            )
            .OrderByDescending(network => network.GetIPProperties().GatewayAddresses.Count > 0)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork);
        return found is null ? null : Text(found);
    }

    private static string Text(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
}
