using HavenVlm.Core.Api;
using HavenVlm.Functions.Storage;
using HavenVlm.Functions.Workflows;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Functions.Triggers;

/// <summary>Takes requests from the queue: from the hook, and from any program that puts <c>{"sceneIds":["1"]}</c> there.</summary>
/// <param name="services">Has what takes requests, which is internal to the product: the host creates public classes only.</param>
/// <param name="clients">Takes the client of the task hub.</param>
public sealed class RequestTrigger(IServiceProvider services, DurableClients clients)
{
    /// <summary>
    /// Starts what a message asks for. One that cannot be understood fails; after five times the host puts it into the poison queue,
    /// which the status shows.
    /// </summary>
    [Function(nameof(RequestTrigger))]
    public Task RunAsync(
        [QueueTrigger(AzureStorage.RequestQueueName)] string message,
        [DurableClient] DurableTaskClient client,
        FunctionContext context,
        CancellationToken cancellationToken
    )
    {
        clients.Use(client);
        var id = context.BindingContext.BindingData.TryGetValue("Id", out var value) ? value?.ToString()?.Trim('"') : null;
        return services.GetRequiredService<QueuedRequests>().TakeAsync(message, id, cancellationToken);
    }
}
