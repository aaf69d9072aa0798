using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.EngineContract;
using HavenVlm.Functions.Workflows;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HavenVlm.Functions.Tests.Workflows;

/// <summary>The Durable Task engine in this process, with the app's own adapter on it.</summary>
public sealed class DurableFixture : IEngineFixture
{
    private readonly DurableClients _clients = new();
    private DurableTaskTestHost? _host;

    public DurableFixture() => Client = new DurableClient(() => _clients.Current, TimeProvider.System);

    public IOrchestrationClient Client { get; }

    /// <summary>The platform's own client, as triggers get it.</summary>
    public DurableTaskClient Tasks => _host!.Client;

    public async Task StartAsync(WorkflowCatalog catalog, IServiceProvider services)
    {
        var runner = new ActivityRunner(
            catalog,
            _clients,
            services.GetRequiredService<IServiceScopeFactory>(),
            services.GetService<ILogger<ActivityRunner>>() ?? NullLogger<ActivityRunner>.Instance
        );
        _host = await DurableTaskTestHost.StartAsync(
            tasks =>
            {
                foreach (var name in catalog.Orchestrators.Select(o => o.Name))
                {
                    tasks.AddOrchestratorFunc<JsonElement?, JsonElement>(
                        name,
                        (context, input) => Orchestrators.RunAsync(catalog, name, context, input)
                    );
                }

                foreach (var name in catalog.Activities.Select(a => a.Name))
                {
                    tasks.AddActivityFunc<JsonElement?, JsonElement>(
                        name,
                        (_, input) => runner.RunAsync(name, input ?? default, _clients.Current, CancellationToken.None)
                    );
                }
            },
            new DurableTaskTestHostOptions { Port = FreePort(), LoggerFactory = NullLoggerFactory.Instance }
        );
        _clients.Use(_host.Client);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
