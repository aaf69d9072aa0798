using HavenVlm.Core.Api;
using HavenVlm.Functions.Storage;

namespace HavenVlm.Functions.Hosting;

/// <summary>The product's port for requests that wait, on the queue <c>haven-requests</c>.</summary>
internal sealed class QueuedWork(RequestQueue queue) : IPendingRequests
{
    public Task SendAsync(string json, CancellationToken cancellationToken) => queue.SendAsync(json, cancellationToken);

    public async Task<QueueStatus> StatusAsync(CancellationToken cancellationToken) =>
        new()
        {
            Name = AzureStorage.RequestQueueName,
            Waiting = await queue.WaitingAsync(cancellationToken),
            Poisoned = await queue.PoisonedAsync(cancellationToken),
            PoisonQueue = AzureStorage.RequestQueueName + "-poison",
        };
}
