using System.Diagnostics;
using System.Text;
using HavenVlm.Functions.Storage.Artifacts;

namespace HavenVlm.Azurite.Tests.Storage;

/// <summary>Logs as large as they get. <c>HAVEN_AZURITE_FULL=1</c> makes the 50,000 appends that a blob really takes.</summary>
public sealed class LargeLogTests(AzuriteServer azurite)
{
    [Fact]
    public async Task A_log_of_100_MB_is_written_read_and_sealed_in_little_memory()
    {
        var storage = await azurite.NewStorageAsync();
        var store = AzuriteServer.Store(storage);
        var random = new Random(1);
        var line = new byte[1024];
        var group = new MemoryStream();
        long sum = 0;
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 100 * 1024; i++)
        {
            for (var j = 0; j < line.Length - 1; j++)
            {
                line[j] = (byte)random.Next('a', 'z');
                sum += line[j];
            }

            line[^1] = (byte)'\n';
            group.Write(line);
            if (group.Length == 4 * 1024 * 1024)
            {
                await store.AppendAsync("log", group.ToArray(), CancellationToken.None);
                group.SetLength(0);
            }
        }

        Report($"100 MB written in {watch.Elapsed.TotalSeconds:0.0} s");
        watch.Restart();
        await using var process = StorageHostProcess.Start(azurite, storage.Container.Name, "seal", "log");
        await process.UntilAsync(lines => lines.Count == 3, TimeSpan.FromSeconds(120));
        Report($"read, sealed and read again in {watch.Elapsed.TotalSeconds:0.0} s, {process.Lines[2]} bytes of memory");
        Assert.Equal([$"{100 * 1024 * 1024}", $"{100 * 1024 * 1024}"], process.Lines.Take(2));
        Assert.InRange(long.Parse(process.Lines[2]), 1, 200 * 1024 * 1024);
        Assert.Equal((100 * 1024L, sum), await SumAsync(store));
        await storage.Container.DeleteAsync();
    }

    [Fact]
    public async Task Appends_past_the_number_that_a_blob_takes_go_on_in_the_next_part()
    {
        var (limits, count) = AzuriteServer.IsFullRun
            ? (BlobStoreLimits.Default, 50_000)
            : (new BlobStoreLimits { BlocksPerPart = 490 }, 500);
        var storage = await azurite.NewStorageAsync();
        var watch = Stopwatch.StartNew();
        await BlobLogTests.AppendAsync(AzuriteServer.Store(storage, limits), "log", "line", count);
        Report($"{count} appends in {watch.Elapsed.TotalSeconds:0.0} s");
        watch.Restart();
        var store = AzuriteServer.Store(storage, limits);
        Assert.Equal(BlobLogTests.Lines("line", count), await BlobLogTests.ReadAsync(store, "log"));
        Assert.Equal(1, await LogBlobs.LastPartAsync(storage.Container, "log", CancellationToken.None));
        Report($"read in {watch.Elapsed.TotalSeconds:0.0} s");
        watch.Restart();
        await store.SealAsync("log", CancellationToken.None);
        Report($"sealed in {watch.Elapsed.TotalSeconds:0.0} s");
        Assert.Equal(BlobLogTests.Lines("line", count), await BlobLogTests.ReadAsync(store, "log"));
        await storage.Container.DeleteAsync();
    }

    private static async Task<(long Lines, long Sum)> SumAsync(BlobArtifactStore store)
    {
        await using var stream = (await store.OpenReadAsync("log", CancellationToken.None))!;
        var buffer = new byte[64 * 1024];
        (long lines, long sum) = (0, 0);
        int read;
        while ((read = await stream.ReadAsync(buffer)) > 0)
        {
            foreach (var value in buffer.AsSpan(0, read))
            {
                lines += value == '\n' ? 1 : 0;
                sum += value == '\n' ? 0 : value;
            }
        }

        return (lines, sum);
    }

    private static void Report(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);
}
