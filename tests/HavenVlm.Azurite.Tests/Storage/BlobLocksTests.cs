using Azure.Storage.Blobs.Specialized;
using HavenVlm.Functions.Storage;
using HavenVlm.Functions.Storage.Leases;

namespace HavenVlm.Azurite.Tests.Storage;

public sealed class BlobLocksTests(AzuriteServer azurite)
{
    private static readonly LeaseTimes Quick = new() { Duration = TimeSpan.FromSeconds(15), RenewEvery = TimeSpan.FromMilliseconds(300) };

    [Fact]
    public async Task Other_processes_wait()
    {
        var storage = await azurite.NewStorageAsync();
        var (one, two) = (Locks(storage), Locks(azurite.Open(storage.Container.Name)));
        var held = await one.TakeAsync("tags", CancellationToken.None);
        var waiting = two.TakeAsync("tags", CancellationToken.None);
        await Task.Delay(500);
        Assert.False(waiting.IsCompleted);
        await held.DisposeAsync();
        await (await waiting.WaitAsync(TimeSpan.FromSeconds(30))).DisposeAsync();
    }

    [Fact]
    public async Task Reports_a_lost_lock_on_release_and_grants_it_again()
    {
        var storage = await azurite.NewStorageAsync();
        var locks = Locks(storage);
        var held = await locks.TakeAsync("tags", CancellationToken.None);
        await storage.Container.GetBlobClient("~locks/tags").GetBlobLeaseClient().BreakAsync(TimeSpan.Zero);
        await Task.Delay(Quick.RenewEvery * 4);
        var e = await Assert.ThrowsAsync<IOException>(() => held.DisposeAsync().AsTask());
        Assert.Contains("\"tags\" was lost", e.Message, StringComparison.Ordinal);
        await using var again = await locks.TakeAsync("tags", CancellationToken.None);
    }

    [Fact]
    public async Task A_lock_that_is_held_longer_than_a_lease_lasts_is_kept()
    {
        var storage = await azurite.NewStorageAsync();
        var held = await Locks(storage).TakeAsync("tags", CancellationToken.None);
        var waiting = Locks(azurite.Open(storage.Container.Name)).TakeAsync("tags", CancellationToken.None);
        await Task.Delay(Quick.Duration + TimeSpan.FromSeconds(2));
        Assert.False(waiting.IsCompleted);
        await held.DisposeAsync();
        await (await waiting.WaitAsync(TimeSpan.FromSeconds(30))).DisposeAsync();
    }

    private static BlobLocks Locks(AzureStorage storage) => new(storage, Quick, TimeProvider.System, Random.Shared);
}
