using System.Text.Json;
using HavenVlm.Core.Workflows.Ports;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Functions.Workflows;

/// <summary>Runs the activities of the product and hands their failures over in full.</summary>
/// <param name="catalog">The activities.</param>
/// <param name="clients">Takes the client of the task hub.</param>
/// <param name="scopes">Makes the services of one call.</param>
/// <param name="logger">Where failures are told.</param>
public sealed class ActivityRunner(
    WorkflowCatalog catalog,
    DurableClients clients,
    IServiceScopeFactory scopes,
    ILogger<ActivityRunner> logger
)
{
    /// <summary>Runs one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="input">Its input as JSON.</param>
    /// <param name="client">The client of the task hub, for activities that start and watch instances.</param>
    /// <param name="cancellationToken">Fires when this worker is asked to end.</param>
    public async Task<JsonElement> RunAsync(string name, JsonElement input, DurableTaskClient client, CancellationToken cancellationToken)
    {
        clients.Use(client);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var activity = catalog.FindActivity(name)!;
            return DurableJson.Parse(await activity.RunJsonAsync(scope.ServiceProvider, DurableJson.TextOf(input), cancellationToken));
        }
        catch (Exception e)
        {
            var failure = ActivityFailure.From(e);
            logger.LogWarning("{Activity} failed: {Reason}", name, failure.Message);
            throw new ActivityFault(failure, e);
        }
    }
}
