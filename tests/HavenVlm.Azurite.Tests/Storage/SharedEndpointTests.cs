using System.Diagnostics;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Azurite.Tests.Storage;

/// <summary>Real processes with the product's pool that share one endpoint of a server which counts what is in it at once.</summary>
public sealed class SharedEndpointTests(AzuriteServer azurite)
{
    private const int MaxConcurrent = 3;
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(250);

    [Fact]
    public async Task Two_processes_keep_the_promise_use_what_there_is_and_take_over_from_one_that_is_killed()
    {
        var storage = await azurite.NewStorageAsync();
        await using var vlm = await SimulatedVlm.StartAsync(new VlmBehavior { Latency = Latency, Jitter = Latency / 5 });
        await using var one = Start();
        await one.UntilAsync(lines => lines.Contains("answered"), TimeSpan.FromSeconds(60));
        await using var two = Start();
        // The first has every slot; the second gets some when the first one's turn is over.
        await two.UntilAsync(lines => lines.Contains("answered"), TimeSpan.FromSeconds(60));

        var (before, share) = (vlm.Log.Answered, two.Count("answered"));
        var watch = Stopwatch.StartNew();
        // Until the second has had its share for a while, and at least so long that a rate can be told.
        while (two.Count("answered") - share < 5 || watch.Elapsed < TimeSpan.FromSeconds(6))
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), "The second process gets no slots.");
            await Task.Delay(50);
        }

        var rate = (vlm.Log.Answered - before) / watch.Elapsed.TotalSeconds;
        share = two.Count("answered") - share;
        var bound = MaxConcurrent / Latency.TotalSeconds;
        Report($"two processes: {rate:0.0} of at most {bound:0.0} answers a second, {share} of {vlm.Log.Answered - before} to the second");

        await one.KillAsync();
        watch.Restart();
        while (vlm.Log.InFlight < MaxConcurrent)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), "The slots of the killed process did not come back.");
            await Task.Delay(50);
        }

        Report($"slots of the killed process back after {watch.Elapsed.TotalSeconds:0.0} s");
        await two.EndAsync();
        Assert.Equal(MaxConcurrent, vlm.Log.MaxInFlight);
        Assert.DoesNotContain(one.Lines.Concat(two.Lines), line => line is not ("asking" or "answered"));

        StorageHostProcess Start() =>
            StorageHostProcess.Start(
                azurite,
                storage.Container.Name,
                "ask",
                vlm.BaseUrl,
                MaxConcurrent,
                2 * MaxConcurrent,
                AzuriteServer.IsFullRun ? 30 : 5
            );
    }

    private static void Report(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);
}
