using DurableTask.AzureStorage;
using DurableTask.Core;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.DurableEngine;
using HavenVlm.Functions.Workflows;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing.Sidecar.Grpc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace HavenVlm.StorageHost;

/// <summary>
/// Durable Functions as the app meets it, without a Functions host: the framework's worker on the storage that runs in production, and the
/// framework's client. What the host's extension does between the two and the app is in <see cref="AppInvocations"/>.
/// </summary>
internal sealed class AppTaskHub : IAsyncDisposable
{
    // As in host.json, but for the times.
    private const int Partitions = 4;
    private const int ActivitiesAtOnce = 64;
    private const int OrchestratorsAtOnce = 32;

    private readonly DurableClients _clients;
    private AzureStorageOrchestrationService? _hub;
    private TaskHubWorker? _worker;
    private TaskHubServer? _server;

    public AppTaskHub(DurableClients? clients = null)
    {
        _clients = clients ?? new DurableClients();
        Client = new DurableClient(() => _clients.Current, TimeProvider.System);
    }

    /// <summary>Whether the hub's tables, queues and containers go with this.</summary>
    public bool DeletesAtEnd { get; init; }

    /// <summary>The app's own client.</summary>
    public IOrchestrationClient Client { get; }

    /// <summary>The framework's client.</summary>
    public DurableTaskClient Tasks => _clients.Current;

    /// <summary>Works on a hub, which is made if there is none.</summary>
    public async Task StartAsync(
        string connectionString,
        string name,
        TaskHubTimes times,
        WorkflowCatalog catalog,
        IServiceProvider services
    )
    {
        _hub = new AzureStorageOrchestrationService(Settings(connectionString, name, times));
        await _hub.CreateIfNotExistsAsync();
        _server = await TaskHubServer.StartAsync(_hub, _hub, TaskHubGrpcServerMode.ApiServerOnly);
        _clients.Use(_server.Client);

        var runner = new ActivityRunner(
            catalog,
            _clients,
            services.GetRequiredService<IServiceScopeFactory>(),
            NullLogger<ActivityRunner>.Instance
        );
        var app = new AppInvocations(catalog, runner, _clients);
        _worker = new TaskHubWorker(_hub, NullLoggerFactory.Instance) { ErrorPropagationMode = ErrorPropagationMode.UseFailureDetails };
        _worker.AddOrchestrationDispatcherMiddleware((context, _) => app.RunOrchestratorAsync(context));
        _worker.AddActivityDispatcherMiddleware((context, _) => app.RunActivityAsync(context));
        await _worker.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_worker is not null)
        {
            await _worker.StopAsync(isForced: true);
            _worker.Dispose();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        if (_hub is not null)
        {
            if (DeletesAtEnd)
            {
                await _hub.DeleteAsync();
            }

            _hub.Dispose();
        }
    }

    private static AzureStorageOrchestrationServiceSettings Settings(string connectionString, string name, TaskHubTimes times) =>
        new()
        {
            TaskHubName = name,
            StorageAccountClientProvider = new StorageAccountClientProvider(connectionString),
            PartitionCount = Partitions,
            MaxConcurrentTaskActivityWorkItems = ActivitiesAtOnce,
            MaxConcurrentTaskOrchestrationWorkItems = OrchestratorsAtOnce,
            MaxQueuePollingInterval = times.Polling,
            ControlQueueVisibilityTimeout = times.Visibility,
            WorkItemQueueVisibilityTimeout = times.Visibility,
            LeaseInterval = times.Lease,
            LeaseRenewInterval = times.Lease / 3,
            LeaseAcquireInterval = times.Lease / 3,
            WorkerId = Guid.NewGuid().ToString("N"),
            AppName = name,
            UseAppLease = false,
        };
}

/// <summary>The times of a task hub.</summary>
/// <param name="Polling">How far apart queues are polled at most.</param>
/// <param name="Visibility">After how long a message that a killed process had in hand is taken up again.</param>
/// <param name="Lease">After how long the partitions of a killed process are free.</param>
internal sealed record TaskHubTimes(TimeSpan Polling, TimeSpan Visibility, TimeSpan Lease)
{
    /// <summary>Short ones, so that tests need not wait.</summary>
    public static TaskHubTimes Short { get; } = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(15));
}
