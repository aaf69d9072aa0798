using HavenVlm.Core;
using HavenVlm.Core.Api;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Workflows.Collecting.Exports;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Functions.Http;
using HavenVlm.Functions.Storage;
using HavenVlm.Functions.Workflows;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Functions.Hosting;

/// <summary>Registers the product in a Functions worker.</summary>
internal static class HavenHosting
{
    private const string ContainerVariable = "HAVEN_CONTAINER";

    /// <summary>Reads and checks the settings, then adds everything.</summary>
    /// <exception cref="ConfigurationException">The settings cannot be used; all mistakes are named.</exception>
    /// <exception cref="InvalidOperationException">The storage account cannot be used.</exception>
    public static async Task AddHavenAsync(this FunctionsApplicationBuilder builder, CancellationToken cancellationToken)
    {
        var connection = AzureStorageConnection.From(key => builder.Configuration[key]);
        var container = builder.Configuration[ContainerVariable] is { Length: > 0 } named ? named : AzureStorage.DefaultContainer;
        var storage = new AzureStorage(connection, container);
        await storage.PrepareAsync(cancellationToken);
        var file = new SettingsFile(AppSettings.Read(), AppContext.BaseDirectory, new ConfigurationBlob(storage));
        var settings = new SettingsSource(await file.LoadAsync(cancellationToken));
        var services = builder.Services;
        services.AddSingleton(file);
        services.AddSingleton(settings);
        ScheduledFunctions.AddTo(services);
        services.AddHavenAzureStorage(connection, container);
        services.AddSingleton<IPendingRequests>(provider => new QueuedWork(provider.GetRequiredService<RequestQueue>()));
        services.AddSingleton(new ExportRule { PassingFolder = AppContext.BaseDirectory });
        services.AddHavenCore();
        services.AddDurable();
        services.AddHostedService<SettingsRefresh>();
        services.AddTelemetry(builder.Configuration);
    }

    private static void AddDurable(this IServiceCollection services)
    {
        services.AddSingleton<DurableClients>();
        services.AddSingleton<IOrchestrationClient>(provider =>
        {
            var clients = provider.GetRequiredService<DurableClients>();
            return new DurableClient(() => clients.Current, provider.GetRequiredService<TimeProvider>());
        });
        services.AddSingleton<ActivityRunner>();
        services.AddSingleton<ApiCalls>();
    }
}
