using HavenVlm.Core;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Functions.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.StorageHost;

/// <summary>The product at work on a task hub.</summary>
internal static class DurableWork
{
    /// <summary>Works until it is asked to end; says when it has begun.</summary>
    public static async Task RunAsync(
        AzureStorageConnection connection,
        string container,
        string hubName,
        string configuration,
        CancellationToken cancellationToken
    )
    {
        await using var hub = new AppTaskHub();
        await using var services = Services(connection, container, configuration, hub.Client);
        await hub.StartAsync(
            Environment.GetEnvironmentVariable("AzureWebJobsStorage")!,
            hubName,
            TaskHubTimes.Short,
            services.GetRequiredService<WorkflowCatalog>(),
            services
        );
        Console.WriteLine("working");
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    /// <summary>The product with the app's storage.</summary>
    public static ServiceProvider Services(
        AzureStorageConnection connection,
        string container,
        string configuration,
        IOrchestrationClient client
    )
    {
        var options = ConfigurationLoader.Load(configuration, new Dictionary<string, string>(StringComparer.Ordinal)).Options;
        return new ServiceCollection()
            .AddLogging()
            .AddSingleton(new SettingsSource(options))
            .AddHavenCore()
            .AddHavenAzureStorage(connection, container)
            .AddSingleton(client)
            .BuildServiceProvider();
    }
}
