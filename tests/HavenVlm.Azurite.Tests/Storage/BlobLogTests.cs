using System.Text;
using HavenVlm.Functions.Storage;
using HavenVlm.Functions.Storage.Artifacts;

namespace HavenVlm.Azurite.Tests.Storage;

/// <summary>What only logs in blobs have: parts, limits, and other processes that write to the same one.</summary>
public sealed class BlobLogTests(AzuriteServer azurite)
{
    private static readonly BlobStoreLimits SmallParts = new() { BlocksPerPart = 40 };

    [Fact]
    public async Task A_log_goes_on_in_its_next_part_before_a_blob_is_full()
    {
        var storage = await azurite.NewStorageAsync();
        var store = AzuriteServer.Store(storage, SmallParts);
        await AppendAsync(store, "log", "a", 100);
        Assert.Equal(["log", "log~1", "log~2"], await BlobsAsync(storage));
        Assert.Equal(Lines("a", 100), await ReadAsync(store, "log"));

        await store.SealAsync("log", CancellationToken.None);
        Assert.Equal(Lines("a", 100), await ReadAsync(store, "log"));
        Assert.Equal(6, (await BlobsAsync(storage)).Count);
        await AppendAsync(AzuriteServer.Store(storage, SmallParts), "log", "b", 50);
        await store.SealAsync("log", CancellationToken.None);
        Assert.Equal(Lines("a", 100) + Lines("b", 50), await ReadAsync(store, "log"));

        await store.DeleteAsync("log", CancellationToken.None);
        Assert.Empty(await BlobsAsync(storage));
    }

    [Fact]
    public async Task Several_writers_lose_nothing_double_nothing_and_keep_their_order_over_parts_and_sealing()
    {
        var storage = await azurite.NewStorageAsync();
        var stores = Enumerable.Range(0, 3).Select(_ => AzuriteServer.Store(azurite.Open(storage.Container.Name), SmallParts)).ToArray();
        using var done = new CancellationTokenSource();
        var sealing = SealOnAsync();
        await Task.WhenAll(stores.Select((store, i) => AppendAsync(store, "log", $"writer{i}", 60)));
        await done.CancelAsync();
        await sealing;

        await AssertEachOnceInOrderAsync(AzuriteServer.Store(storage), "log", 60, "writer0", "writer1", "writer2");

        async Task SealOnAsync()
        {
            var sealer = AzuriteServer.Store(azurite.Open(storage.Container.Name), SmallParts);
            while (!done.IsCancellationRequested)
            {
                await sealer.SealAsync("log", CancellationToken.None);
                await Task.Delay(20);
            }
        }
    }

    [Fact]
    public async Task A_reader_sees_a_growing_beginning_of_the_log_while_it_is_written_and_sealed()
    {
        var storage = await azurite.NewStorageAsync();
        var writer = AzuriteServer.Store(storage, SmallParts);
        var reader = AzuriteServer.Store(azurite.Open(storage.Container.Name));
        var writing = WriteAsync();
        var whole = Lines("x", 120);
        var length = 0;
        while (!writing.IsCompleted)
        {
            var seen = await ReadAsync(reader, "log") ?? "";
            Assert.StartsWith(seen, whole, StringComparison.Ordinal);
            Assert.True(seen.Length == 0 || seen[^1] == '\n');
            Assert.True(seen.Length >= length, $"{seen.Length} characters after {length}");
            length = seen.Length;
        }

        await writing;
        Assert.Equal(whole, await ReadAsync(reader, "log"));

        async Task WriteAsync()
        {
            for (var i = 0; i < 120; i++)
            {
                await writer.AppendAsync("log", Encoding.UTF8.GetBytes($"x {i}\n"), CancellationToken.None);
                if (i % 15 == 14)
                {
                    await writer.SealAsync("log", CancellationToken.None);
                }
            }
        }
    }

    [Fact]
    public async Task A_group_larger_than_a_block_is_split_at_lines()
    {
        var storage = await azurite.NewStorageAsync();
        var store = AzuriteServer.Store(storage, new BlobStoreLimits { BytesPerBlock = 100 });
        var lines = Lines("line", 50) + new string('y', 250) + "\nend\n";
        await store.AppendAsync("log", Encoding.UTF8.GetBytes(lines), CancellationToken.None);
        Assert.Equal(lines, await ReadAsync(store, "log"));
        var part = await LogBlobs.FindPartAsync(storage.Container, "log", 0, CancellationToken.None);
        Assert.InRange(part!.Blocks, 6, 9);
    }

    [Fact]
    public async Task What_a_crash_left_while_sealing_is_not_read_and_goes_when_it_is_old()
    {
        var storage = await azurite.NewStorageAsync();
        var store = AzuriteServer.Store(storage, new BlobStoreLimits { OrphanAge = TimeSpan.Zero });
        await store.AppendAsync("log", "1\n"u8.ToArray(), CancellationToken.None);
        await store.SealAsync("log", CancellationToken.None);
        await storage.Container.GetBlobClient(LogBlobs.NewSealed("log", 0)).UploadAsync(BinaryData.FromString("left"));
        Assert.Equal("1\n", await ReadAsync(store, "log"));
        await AzuriteServer.Store(storage).SealAsync("log", CancellationToken.None);
        Assert.Equal(3, (await BlobsAsync(storage)).Count);
        await store.SealAsync("log", CancellationToken.None);
        Assert.Equal(2, (await BlobsAsync(storage)).Count);
        Assert.Equal("1\n", await ReadAsync(store, "log"));
    }

    [Fact]
    public async Task Two_processes_write_to_one_log_and_one_is_killed()
    {
        var storage = await azurite.NewStorageAsync();
        await using var killed = StorageHostProcess.Start(azurite, storage.Container.Name, "append", "log", "killed", 100_000);
        await using var other = StorageHostProcess.Start(azurite, storage.Container.Name, "append", "log", "other", 300);
        await killed.UntilAsync(lines => lines.Count >= 100, TimeSpan.FromSeconds(60));
        await killed.KillAsync();
        await other.UntilAsync(lines => lines.Count >= 300, TimeSpan.FromSeconds(60));

        var lines = (await ReadAsync(AzuriteServer.Store(storage), "log"))!.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var stored = lines.Where(line => line.StartsWith("killed", StringComparison.Ordinal)).ToArray();
        Assert.InRange(stored.Length, killed.Lines.Count, killed.Lines.Count + 1);
        Assert.Equal(Enumerable.Range(0, stored.Length).Select(i => $"killed {i}"), stored);
        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"other {i}"), lines.Except(stored));
    }

    [Fact]
    public async Task Nothing_is_appended_to_what_was_written_whole_and_no_log_is_replaced()
    {
        var store = AzuriteServer.Store(await azurite.NewStorageAsync());
        await store.WriteOnceAsync("whole", "x"u8.ToArray(), CancellationToken.None);
        await Assert.ThrowsAsync<InvalidOperationException>(() => store.AppendAsync("whole", "1\n"u8.ToArray(), CancellationToken.None));
        await store.AppendAsync("log", "1\n"u8.ToArray(), CancellationToken.None);
        var log = (await store.ReadAsync("log", CancellationToken.None))!;
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            store.ReplaceAsync("log", "x"u8.ToArray(), log.Version, CancellationToken.None)
        );
        Assert.Equal("1\n", await ReadAsync(store, "log"));
    }

    internal static async Task AppendAsync(BlobArtifactStore store, string name, string word, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await store.AppendAsync(name, Encoding.UTF8.GetBytes($"{word} {i}\n"), CancellationToken.None);
        }
    }

    internal static string Lines(string word, int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"{word} {i}\n"));

    internal static async Task<string?> ReadAsync(BlobArtifactStore store, string name)
    {
        if (await store.OpenReadAsync(name, CancellationToken.None) is not { } stream)
        {
            return null;
        }

        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    internal static async Task AssertEachOnceInOrderAsync(BlobArtifactStore store, string name, int count, params string[] words)
    {
        var lines = (await ReadAsync(store, name))!.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var word in words)
        {
            Assert.Equal(
                Enumerable.Range(0, count).Select(i => $"{word} {i}"),
                lines.Where(line => line.StartsWith(word + " ", StringComparison.Ordinal))
            );
        }

        Assert.Equal(count * words.Length, lines.Length);
    }

    private static async Task<List<string>> BlobsAsync(AzureStorage storage)
    {
        var names = new List<string>();
        await foreach (var blob in storage.Container.GetBlobsAsync())
        {
            names.Add(blob.Name);
        }

        return names;
    }
}
