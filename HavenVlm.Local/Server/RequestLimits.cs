using HavenVlm.Core.Api;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace HavenVlm.Local.Server;

/// <summary>How much and how slowly a caller may send, so that nobody keeps the server from answering others.</summary>
internal static class RequestLimits
{
    /// <summary>Connections of one address beyond this machine: many pages and scripts behind one proxy.</summary>
    public const int MaxConnectionsPerAddress = 256;

    /// <summary>Connections of all addresses beyond this machine.</summary>
    public const int MaxRemoteConnections = 1024;

    /// <summary>Connections of this machine: commands, the health check of a container and a proxy get through whatever others do.</summary>
    public const int MaxLoopbackConnections = 1024;

    /// <summary>The longest that a body may take to arrive.</summary>
    public static readonly TimeSpan BodyTime = TimeSpan.FromSeconds(20);

    private const int MaxHeaderBytes = 16 * 1024;
    private static readonly TimeSpan HeadersTime = TimeSpan.FromSeconds(10);

    // Also how long a connection may say nothing before its first request.
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(30);

    /// <summary>Sets those that Kestrel keeps; connections are counted by <see cref="ConnectionLimits"/>.</summary>
    public static void Apply(KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = ApiRoutes.MaxBodyBytes;
        limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        limits.RequestHeadersTimeout = HeadersTime;
        limits.KeepAliveTimeout = IdleTime;
    }
}
