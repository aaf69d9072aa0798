using System.Text;
using Azure.Storage.Queues;
using HavenVlm.Functions.Storage;

namespace HavenVlm.Azurite.Tests.Storage;

/// <summary>The queue of the account; its name is fixed, so everything about it is one test.</summary>
public sealed class RequestQueueTests(AzuriteServer azurite)
{
    [Fact]
    public async Task Requests_lie_there_as_the_trigger_reads_them_and_the_failed_ones_are_counted()
    {
        var storage = await azurite.NewStorageAsync();
        var queue = new RequestQueue(storage);
        await storage.Requests.DeleteAsync();
        await storage.PoisonRequests.DeleteIfExistsAsync();
        Assert.Equal(0, await queue.WaitingAsync(CancellationToken.None));
        Assert.Equal(0, await queue.PoisonedAsync(CancellationToken.None));

        // The queue is made again when somebody removed it.
        await queue.SendAsync("""{"sceneIds":["1"]}""", CancellationToken.None);
        Assert.Equal(1, await queue.WaitingAsync(CancellationToken.None));
        var raw = new QueueClient(azurite.ConnectionString, "haven-requests");
        var message = Assert.Single((await raw.ReceiveMessagesAsync()).Value);
        Assert.Equal("""{"sceneIds":["1"]}""", Encoding.UTF8.GetString(Convert.FromBase64String(message.MessageText)));

        await storage.PoisonRequests.CreateAsync();
        await storage.PoisonRequests.SendMessageAsync("x");
        await storage.PoisonRequests.SendMessageAsync("y");
        Assert.Equal(2, await queue.PoisonedAsync(CancellationToken.None));
    }
}
