using Azure;
using Azure.Storage.Queues;

namespace HavenVlm.Functions.Storage;

/// <summary>The queue <c>haven-requests</c>: what the hook, or any program, wants done, for the queue trigger.</summary>
internal sealed class RequestQueue(AzureStorage storage)
{
    /// <summary>Puts a request there; it is stored when this returns.</summary>
    /// <param name="json">The request as JSON, such as <c>{"sceneIds":["1"]}</c>; at most 48 KB.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task SendAsync(string json, CancellationToken cancellationToken)
    {
        try
        {
            await storage.Requests.SendMessageAsync(json, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            // Somebody removed the queue while we run.
            await storage.Requests.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            await storage.Requests.SendMessageAsync(json, cancellationToken);
        }
    }

    /// <summary>Requests that wait, about.</summary>
    public Task<int> WaitingAsync(CancellationToken cancellationToken) => CountAsync(storage.Requests, cancellationToken);

    /// <summary>Requests that failed too often and lie aside, about.</summary>
    public Task<int> PoisonedAsync(CancellationToken cancellationToken) => CountAsync(storage.PoisonRequests, cancellationToken);

    private static async Task<int> CountAsync(QueueClient queue, CancellationToken cancellationToken)
    {
        try
        {
            var properties = await queue.GetPropertiesAsync(cancellationToken);
            return properties.Value.ApproximateMessagesCount;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            // The host makes the poison queue with the first message in it.
            return 0;
        }
    }
}
