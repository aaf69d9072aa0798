using System.Diagnostics;
using System.Globalization;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Local.Tests.EndToEnd;

/// <summary>A library's worth of scenes in one request.</summary>
public sealed class ManyScenesTests(VideosFixture videos)
{
    // Each scene is a real video that is really probed and decoded; HAVEN_TEST_SCENES=1000 is the long form.
    private static readonly int Scenes = int.Parse(
        Environment.GetEnvironmentVariable("HAVEN_TEST_SCENES") ?? (ReleaseTier.Runs ? "40" : "14"),
        CultureInfo.InvariantCulture
    );

    private const int AtOnce = 10;

    [Fact]
    public async Task Many_scenes_keep_the_limit_while_memory_stays_flat_and_the_status_answers_at_once()
    {
        await using var world = await World.CreateAsync(videos);
        world.Tags.Clear();
        world.Tags.Add("Waving");
        await world.ConfigureAsync(extra: $"concurrency: {{ scenes: {AtOnce} }}\nvideo: {{ frameInterval: 20s, cropBlackBars: false }}");
        await world.AddManyScenesAsync("phone", Scenes);
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        var started = await world.PostAsync($"{address}/api/scenes/tag", new { });
        var uri = started.GetProperty("statusQueryGetUri").GetString()!;

        var slowest = TimeSpan.Zero;
        var most = 0;
        var memory = new List<long>();
        var done = 0;
        while (done < Scenes)
        {
            var begun = Stopwatch.GetTimestamp();
            var status = await world.GetAsync($"{address}/api/status");
            var took = Stopwatch.GetElapsedTime(begun);
            // The first call compiles the code that answers it.
            slowest = memory.Count > 3 && took > slowest ? took : slowest;
            var running = status.GetProperty("running").EnumerateArray();
            most = Math.Max(
                most,
                running.Count(i =>
                    i.GetProperty("instanceId").GetString()!.StartsWith("scene-", StringComparison.Ordinal)
                    && i.GetProperty("runtimeStatus").GetString() is "Running" or "Pending"
                )
            );
            memory.Add(ResidentBytes(haven.Id));
            var request = await world.GetAsync(uri);
            done =
                request.TryGetProperty("customStatus", out var custom) && custom.TryGetProperty("scenesDone", out var count)
                    ? count.GetInt32()
                    : 0;
            await Task.Delay(250);
        }

        var ended = await world.EndedAsync(uri);
        Assert.Equal(Scenes, ended.GetProperty("output").GetProperty("done").GetInt32());
        Assert.InRange(most, 1, AtOnce);
        var median = memory.Take(memory.Count / 2).Max();
        Assert.True(memory[^1] < median * 1.25 + 30_000_000, $"grew from {median:N0} to {memory[^1]:N0} bytes");
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"slowest status {slowest.TotalMilliseconds:0} ms, memory {memory[^1] / 1e6:0} MB, {most} at once"
            )
        );
    }

    private static long ResidentBytes(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
