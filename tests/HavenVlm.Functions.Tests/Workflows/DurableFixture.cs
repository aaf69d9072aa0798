using System.Text.Json;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.DurableEngine;
using HavenVlm.EngineContract;
using HavenVlm.Functions.Workflows;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing.Sidecar;
using Microsoft.DurableTask.Testing.Sidecar.Grpc;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HavenVlm.Functions.Tests.Workflows;

/// <summary>The Durable Task engine on a task hub in memory, with the app's own adapter on it.</summary>
public sealed class DurableFixture : IEngineFixture
{
    private readonly DurableClients _clients = new();
    private TaskHubServer? _server;
    private IHost? _worker;

    public DurableFixture() => Client = new DurableClient(() => _clients.Current, TimeProvider.System);

    public IOrchestrationClient Client { get; }

    /// <summary>The platform's own client, as triggers get it.</summary>
    public DurableTaskClient Tasks => _clients.Current;

    public async Task StartAsync(WorkflowCatalog catalog, IServiceProvider services)
    {
        var runner = new ActivityRunner(
            catalog,
            _clients,
            services.GetRequiredService<IServiceScopeFactory>(),
            services.GetService<ILogger<ActivityRunner>>() ?? NullLogger<ActivityRunner>.Instance
        );
        var hub = new InMemoryOrchestrationService(NullLoggerFactory.Instance);
        _server = await TaskHubServer.StartAsync(ManyAtOnce.Over(hub), hub, TaskHubGrpcServerMode.ApiServerAndDispatcher);
        _clients.Use(_server.Client);

        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddDurableTaskWorker(worker =>
        {
            worker.UseGrpc(_server.Channel);
            worker.AddTasks(tasks => Register(tasks, catalog, runner));
        });
        _worker = builder.Build();
        await _worker.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_worker is not null)
        {
            await _worker.StopAsync();
            _worker.Dispose();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    private void Register(DurableTaskRegistry tasks, WorkflowCatalog catalog, ActivityRunner runner)
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
    }
}
