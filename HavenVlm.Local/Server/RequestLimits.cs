using HavenVlm.Core.Api;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace HavenVlm.Local.Server;

/// <summary>How much and how slowly a caller may send, so that nobody keeps the server from answering others.</summary>
internal static class RequestLimits
{
    /// <summary>The longest that a body may take to arrive.</summary>
    public static readonly TimeSpan BodyTime = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan HeadersTime = TimeSpan.FromSeconds(10);
    private const int MaxConnections = 1024;
    private const int MaxHeaderBytes = 16 * 1024;

    public static void Apply(KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = ApiRoutes.MaxBodyBytes;
        limits.MaxConcurrentConnections = MaxConnections;
        limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        limits.RequestHeadersTimeout = HeadersTime;
    }
}
