using System.Net;
using DurableTask.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing.Sidecar.Grpc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HavenVlm.DurableEngine;

/// <summary>The gRPC service through which workers and clients reach a task hub, in this process, as the Functions host has it.</summary>
internal sealed class TaskHubServer : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly ServiceProvider _clients;

    private TaskHubServer(WebApplication web)
    {
        _web = web;
        var addresses = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Channel = GrpcChannel.ForAddress(addresses.Addresses.Single());
        var services = new ServiceCollection().AddLogging();
        services.AddDurableTaskClient(builder =>
        {
            builder.UseGrpc(Channel);
            builder.RegisterDirectly();
        });
        _clients = services.BuildServiceProvider();
        Client = _clients.GetRequiredService<DurableTaskClient>();
    }

    /// <summary>The way to it.</summary>
    public GrpcChannel Channel { get; }

    /// <summary>The framework's client.</summary>
    public DurableTaskClient Client { get; }

    /// <summary>Starts it on a free port.</summary>
    /// <param name="service">The task hub.</param>
    /// <param name="client">The same for clients.</param>
    /// <param name="mode">Whether it hands out work itself, or only answers clients.</param>
    public static async Task<TaskHubServer> StartAsync(
        IOrchestrationService service,
        IOrchestrationServiceClient client,
        TaskHubGrpcServerMode mode
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)
        );
        builder.Services.AddGrpc();
        builder.Services.Configure<TaskHubGrpcServerOptions>(options => options.Mode = mode);
        builder.Services.AddSingleton(service).AddSingleton(client).AddSingleton<TaskHubGrpcServer>();
        var web = builder.Build();
        web.MapGrpcService<TaskHubGrpcServer>();
        await web.StartAsync();
        return new TaskHubServer(web);
    }

    public async ValueTask DisposeAsync()
    {
        await _clients.DisposeAsync();
        Channel.Dispose();
        await _web.StopAsync();
        await _web.DisposeAsync();
    }
}
