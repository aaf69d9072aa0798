using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace HavenVlm.Azurite.Tests;

/// <summary>What befalls a call on its way to the emulator.</summary>
internal enum Fault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The emulator never sees it; the connection breaks.</summary>
    CutBefore,

    /// <summary>The emulator does it, then the connection breaks before the answer.</summary>
    CutAfter,

    /// <summary>503, as a service that is busy answers.</summary>
    Busy,

    /// <summary>No answer until the client gives up.</summary>
    Hang,
}

/// <summary>A real HTTP server between the code and the emulator's blob service that lets calls fail.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly HttpClient _emulator = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
        }
    );
    private readonly int _emulatorPort;
    private readonly ConcurrentQueue<(Func<HttpRequest, bool> Which, Fault Fault)> _next = new();
    private int _calls;

    private FaultProxy(WebApplication server, int emulatorPort)
    {
        _server = server;
        _emulatorPort = emulatorPort;
    }

    /// <summary>Its port.</summary>
    public int Port { get; private set; }

    /// <summary>Calls so far.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Decides for every call that <see cref="Once"/> has nothing for.</summary>
    public Func<HttpRequest, Fault> Rule { get; set; } = _ => Fault.None;

    public static async Task<FaultProxy> StartAsync(AzuriteServer azurite)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            options.Limits.MaxRequestBodySize = null;
        });
        var app = builder.Build();
        var proxy = new FaultProxy(app, azurite.BlobPort);
        app.Run(proxy.HandleAsync);
        await app.StartAsync();
        proxy.Port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        return proxy;
    }

    /// <summary>Whether a call appends a group.</summary>
    public static bool IsAppend(HttpRequest request) => request.Query["comp"] == "appendblock";

    /// <summary>Whether a call writes a blob whole, or empties it.</summary>
    public static bool IsPut(HttpRequest request) => request.Method == "PUT" && request.Headers.ContainsKey("x-ms-blob-type");

    /// <summary>This befalls the next call of a kind, once.</summary>
    public void Once(Func<HttpRequest, bool> which, Fault fault) => _next.Enqueue((which, fault));

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _server.StopAsync(now.Token);
        await _server.DisposeAsync();
        _emulator.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        Interlocked.Increment(ref _calls);
        var fault = Rule(context.Request);
        if (_next.TryPeek(out var next) && next.Which(context.Request) && _next.TryDequeue(out next))
        {
            fault = next.Fault;
        }

        switch (fault)
        {
            case Fault.CutBefore:
                context.Abort();
                return;
            case Fault.Busy:
                context.Response.StatusCode = 503;
                context.Response.Headers["x-ms-error-code"] = "ServerBusy";
                return;
            case Fault.Hang:
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return;
            default:
                await ForwardAsync(context, thenCut: fault == Fault.CutAfter);
                return;
        }
    }

    private async Task ForwardAsync(HttpContext context, bool thenCut)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        using var request = new HttpRequestMessage(
            new HttpMethod(context.Request.Method),
            $"http://127.0.0.1:{_emulatorPort}{context.Request.Path.ToUriComponent()}{context.Request.QueryString}"
        );
        request.Content = new ByteArrayContent(body.ToArray());
        foreach (var (name, values) in context.Request.Headers)
        {
            if (name is not ("Host" or "Connection") && !request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        using var answer = await _emulator.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (thenCut)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (name is not ("Transfer-Encoding" or "Connection" or "Keep-Alive"))
            {
                context.Response.Headers[name] = new StringValues([.. values]);
            }
        }

        if (context.Request.Method != "HEAD")
        {
            await answer.Content.CopyToAsync(context.Response.Body);
        }
    }
}
