using HavenVlm.Core.Workflows.Ports;
using HavenVlm.EngineContract;
using HavenVlm.Local.Engine.Journal;
using HavenVlm.Local.Engine.Running;
using HavenVlm.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Local.Tests.Engine.Running;

/// <summary>The embedded engine on a folder of its own.</summary>
public class EmbeddedEngineFixture : IEngineFixture
{
    private readonly TempFolder _folder = new();
    private DataFolderLock? _lock;
    private EmbeddedEngine? _engine;

    public IOrchestrationClient Client => _engine!;

    protected virtual EngineOptions Options => new();

    public async Task StartAsync(WorkflowCatalog catalog, IServiceProvider services)
    {
        _lock = await DataFolderLock.AcquireAsync(_folder.Path, TimeProvider.System, CancellationToken.None);
        var logger = services.GetRequiredService<ILogger<EmbeddedEngine>>();
        _engine = new EmbeddedEngine(catalog, services, _lock, TimeProvider.System, Options, logger);
        await _engine.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }

        _lock?.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>The embedded engine that keeps no instance in memory between events.</summary>
public sealed class ReplayingEngineFixture : EmbeddedEngineFixture
{
    protected override EngineOptions Options => new() { MaxLiveInstances = 0 };
}
