using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Simulation.Vlm;

/// <summary>
/// An OpenAI-compatible model server on loopback that really decodes the pictures and recognizes the tags of <see cref="Media.TagLegend"/> in them.
/// It behaves as <see cref="Behavior"/> says, also badly, and keeps a log of everything it was asked.
/// </summary>
public sealed class SimulatedVlm : IAsyncDisposable
{
    private readonly SemaphoreSlim _switching = new(1, 1);
    private readonly ChatService _service;
    private readonly int _port;
    private volatile VlmBehavior _behavior;
    private WebApplication? _server;
    private Socket? _placeholder;

    private SimulatedVlm(VlmBehavior behavior, int port, TimeProvider time)
    {
        _behavior = behavior;
        _port = port;
        _service = new ChatService(() => _behavior, Log, new FaultDice(behavior.Seed), time);
        BaseUrl = "";
    }

    /// <summary>Address for clients, up to and including <c>/v1</c>; stays the same when the server is switched off and on.</summary>
    public string BaseUrl { get; private set; }

    /// <summary>How it behaves; a new value holds from the next request on.</summary>
    public VlmBehavior Behavior
    {
        get => _behavior;
        set => _behavior = value;
    }

    /// <summary>What it was asked and what became of it; kept while it is off.</summary>
    public VlmLog Log { get; } = new();

    /// <summary>Whether it listens.</summary>
    public bool IsOn => _server is not null;

    /// <summary>Starts a server.</summary>
    /// <param name="behavior">How it behaves.</param>
    /// <param name="port">Port on loopback; 0 = any free one.</param>
    /// <param name="time">Clock for latency and the log.</param>
    public static async Task<SimulatedVlm> StartAsync(VlmBehavior? behavior = null, int port = 0, TimeProvider? time = null)
    {
        var vlm = new SimulatedVlm(behavior ?? new VlmBehavior(), port, time ?? TimeProvider.System);
        await vlm.SwitchOnAsync();
        return vlm;
    }

    /// <summary>These befall the next requests, one each, whatever the rates say.</summary>
    public void Inject(params IEnumerable<VlmFault> faults) => _service.Inject(faults);

    /// <summary>Stops listening at once and breaks every connection, as a machine that is switched off. Nothing happens when it is off.</summary>
    public async Task SwitchOffAsync()
    {
        await _switching.WaitAsync();
        try
        {
            if (_server is { } server)
            {
                _server = null;
                using var now = new CancellationTokenSource();
                await now.CancelAsync();
                await server.StopAsync(now.Token);
                await server.DisposeAsync();
                ReservePort();
            }
        }
        finally
        {
            _switching.Release();
        }
    }

    /// <summary>Listens again, on the same port. Nothing happens when it is on.</summary>
    public async Task SwitchOnAsync()
    {
        await _switching.WaitAsync();
        try
        {
            if (_server is null)
            {
                _placeholder?.Dispose();
                _placeholder = null;
                _server = await ListenAsync();
            }
        }
        finally
        {
            _switching.Release();
        }
    }

    /// <summary>Stops for good.</summary>
    public async ValueTask DisposeAsync()
    {
        await SwitchOffAsync();
        _placeholder?.Dispose();
        _switching.Dispose();
    }

    private async Task<WebApplication> ListenAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(Configure);
        var app = builder.Build();
        app.MapGet("/v1/models", _service.ListModelsAsync);
        app.MapPost("/v1/chat/completions", _service.CompleteAsync);
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        if (BaseUrl.Length == 0)
        {
            BaseUrl = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/v1";
        }

        return app;
    }

    private void Configure(KestrelServerOptions options)
    {
        options.Listen(IPAddress.Loopback, BaseUrl.Length == 0 ? _port : new Uri(BaseUrl).Port);
        // Sizes are judged by the service, which answers like a model server.
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
    }

    // Bound but not listening: connections are refused, and nobody else is given the port meanwhile.
    private void ReservePort()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, new Uri(BaseUrl).Port));
            _placeholder = socket;
        }
        catch (SocketException)
        {
            // Only a precaution; without it the port is still very likely free later.
            socket.Dispose();
        }
    }
}
