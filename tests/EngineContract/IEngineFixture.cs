using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.EngineContract;

/// <summary>An engine to which the contract applies. Each test has one of its own.</summary>
public interface IEngineFixture : IAsyncDisposable
{
    /// <summary>Talks to the engine, once it was started.</summary>
    IOrchestrationClient Client { get; }

    /// <summary>Starts it empty.</summary>
    Task StartAsync(WorkflowCatalog catalog, IServiceProvider services);
}
