using HavenVlm.Core;
using HavenVlm.Core.Api;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Storage;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;
using HavenVlm.Local.Engine.Journal;
using HavenVlm.Local.Engine.Running;

namespace HavenVlm.Local.Hosting;

/// <summary>Registers the product as one process on one machine runs it: files, the embedded engine, log lines.</summary>
internal static class LocalServiceCollectionExtensions
{
    /// <summary>Adds everything; the data folder is locked by the caller for as long as the services live.</summary>
    /// <param name="services">The collection.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="dataFolder">The locked data folder.</param>
    /// <param name="log">Takes log lines.</param>
    /// <param name="atLeast">No log line below this is written.</param>
    /// <param name="time">The clock.</param>
    public static IServiceCollection AddHavenLocal(
        this IServiceCollection services,
        SettingsSource settings,
        DataFolderLock dataFolder,
        Action<string> log,
        LogLevel atLeast,
        TimeProvider time
    )
    {
        services.AddSingleton(time);
        services.AddSingleton(settings);
        services.AddLogging(logging =>
            logging
                .SetMinimumLevel(LogLevel.Trace)
                // What keeps a host from starting is thrown as well, and told there in our words.
                .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None)
                // Tells addresses as they came, with the key behind the question mark.
                .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning)
                .AddProvider(new LineLoggerProvider(log, settings, atLeast, time))
        );
        services.AddSingleton<IArtifactStore>(provider => new FileArtifactStore(
            Path.Combine(dataFolder.Folder, "artifacts"),
            provider.GetRequiredService<DamageReports>()
        ));
        services.AddHavenCore();
        services.AddSingleton(provider =>
            Connect(
                provider,
                settings,
                new EmbeddedEngine(
                    provider.GetRequiredService<WorkflowCatalog>(),
                    provider,
                    dataFolder,
                    time,
                    new EngineOptions
                    {
                        EndsWaitsAtStart = true,
                        KeepHistory = () => settings.Current.Storage.KeepHistory,
                        Artifacts = provider.GetRequiredService<InstanceArtifacts>(),
                        // A scene has up to eight chunks out that wait for endpoints; the short activities must never queue behind them.
                        MaxConcurrentActivities = Math.Max(256, (settings.Current.Concurrency.Scenes * 10) + 64),
                    },
                    provider.GetRequiredService<ILogger<EmbeddedEngine>>()
                )
            )
        );
        services.AddSingleton<IOrchestrationClient>(provider => provider.GetRequiredService<EmbeddedEngine>());
        return services;
    }

    private static EmbeddedEngine Connect(IServiceProvider provider, SettingsSource settings, EmbeddedEngine engine)
    {
        // Brings the pool, which must know new settings before work asks it again.
        var changes = provider.GetRequiredService<StatusChanges>();
        engine.Changed += _ => changes.Signal();
        // What is waited for may be just what was changed: a key, an address, the name of a model.
        settings.Changed += _ => engine.EndWaits();
        return engine;
    }
}
