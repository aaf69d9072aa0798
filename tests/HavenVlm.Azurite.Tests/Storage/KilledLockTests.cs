using System.Diagnostics;

namespace HavenVlm.Azurite.Tests.Storage;

/// <summary>Apart from the other tests of locks because it takes as long as a lease.</summary>
public sealed class KilledLockTests(AzuriteServer azurite)
{
    [Fact]
    public async Task The_lock_of_a_killed_process_is_free_within_a_minute()
    {
        var storage = await azurite.NewStorageAsync();
        await using var killed = StorageHostProcess.Start(azurite, storage.Container.Name, "lock", "tags");
        await killed.UntilAsync(lines => lines.Contains("locked"), TimeSpan.FromSeconds(60));
        await killed.KillAsync();
        var watch = Stopwatch.StartNew();
        await using var held = await AzuriteServer
            .Store(storage)
            .LockAsync("tags", CancellationToken.None)
            .WaitAsync(TimeSpan.FromSeconds(60));
        TestContext.Current.TestOutputHelper?.WriteLine($"free after {watch.Elapsed.TotalSeconds:0.0} s");
    }
}
