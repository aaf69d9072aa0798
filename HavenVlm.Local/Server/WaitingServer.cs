using System.Net;
using System.Security.Cryptography;
using HavenVlm.Core.Api;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace HavenVlm.Local.Server;

/// <summary>
/// Answers in place of the real server while there is no valid configuration: <c>GET /api/health</c> with 200, so that a container counts as
/// started and is not restarted in a loop, <c>GET /</c> with a page that lists the errors and what to do, everything else with 503. It
/// holds no data, asks for no key and changes nothing.
/// </summary>
internal sealed class WaitingServer : IAsyncDisposable
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;
    private volatile WaitingReason _reason;

    private WaitingServer(WebApplication app, WaitingReason reason)
    {
        _app = app;
        _reason = reason;
    }

    /// <summary>The first address that it listens on.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Starts to listen.</summary>
    /// <param name="address">Where.</param>
    /// <param name="reason">What the page shows.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="IOException">The address is in use or is none of this machine's.</exception>
    public static async Task<WaitingServer> StartAsync(ListenAddress address, WaitingReason reason, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.ListenOn(address);
        builder.Services.AddSingleton<IHostLifetime, CommandLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTime);
        var app = builder.Build();
        var server = new WaitingServer(app, reason);
        app.Run(server.AnswerAsync);
        await app.StartAsync(cancellationToken);
        var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        server.Address = ListenAddress.Reachable(IPEndPoint.Parse(new Uri(bound).Authority)).GetLeftPart(UriPartial.Authority);
        return server;
    }

    /// <summary>From now on the page shows other errors.</summary>
    public void Show(WaitingReason reason) => _reason = reason;

    /// <summary>Stops listening; the port is free on return.</summary>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(StopTime);
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context)
    {
        SecurityHeaders.Add(context.Response.Headers);
        var isRead = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        return context.Request.Path.Value switch
        {
            "/api/health" when isRead => Results.Json(new { status = "waiting for a configuration" }).ExecuteAsync(context),
            "/" when isRead => ShowPageAsync(context),
            _ => Problems.WriteAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                "Waiting for a configuration",
                string.Join(' ', [.. _reason.Errors, _reason.NextStep])
            ),
        };
    }

    private Task ShowPageAsync(HttpContext context)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
        context.Response.Headers.ContentSecurityPolicy = $"default-src 'none'; style-src 'nonce-{nonce}'; frame-ancestors 'none'";
        context.Response.Headers["Retry-After"] = "5";
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(WaitingPage.Write(_reason, nonce), context.RequestAborted);
    }
}
