using HavenVlm.Core.Workflows.Ports;
using HavenVlm.EngineContract;
using HavenVlm.StorageHost;

namespace HavenVlm.Azurite.Tests.Durable;

/// <summary>The durable backend of production on a task hub of its own.</summary>
public sealed class TaskHubFixture : IEngineFixture
{
    private readonly AppTaskHub _hub = new() { DeletesAtEnd = true };

    public IOrchestrationClient Client => _hub.Client;

    public Task StartAsync(WorkflowCatalog catalog, IServiceProvider services) =>
        _hub.StartAsync(AzuriteServer.Current.ConnectionString, NewName(), TaskHubTimes.Short, catalog, services);

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    /// <summary>A name that no other hub has.</summary>
    internal static string NewName() => "test" + Guid.NewGuid().ToString("N")[..16];
}
