using System.Net;

namespace HavenVlm.Core.Api.Access;

/// <summary>
/// The names under which a service is called. A site whose name was pointed at this machine (DNS rebinding) still sends its own name.
/// </summary>
public static class HostNames
{
    /// <summary>Whether a host, without its port, names this machine to itself.</summary>
    /// <param name="host">Name or address; IPv6 with or without brackets.</param>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip));

    /// <summary>Whether a host, without its port, is one that the settings name: <c>server.publicUrl</c> or <c>server.allowedHosts</c>.</summary>
    /// <param name="host">Name or address.</param>
    /// <param name="publicUrl">Value of <c>server.publicUrl</c>.</param>
    /// <param name="allowedHosts">Value of <c>server.allowedHosts</c>.</param>
    public static bool IsConfigured(string host, string publicUrl, string allowedHosts) =>
        (Uri.TryCreate(publicUrl, UriKind.Absolute, out var own) && own.Host.Equals(host, StringComparison.OrdinalIgnoreCase))
        || Split(allowedHosts).Any(name => name.Trim('[', ']').Equals(host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase));

    /// <summary>The names of a list that is separated by commas.</summary>
    internal static string[] Split(string names) =>
        names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
