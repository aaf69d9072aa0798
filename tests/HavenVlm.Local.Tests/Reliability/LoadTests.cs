using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using HavenVlm.Local.Tests.EndToEnd;
using HavenVlm.Simulation.Vlm;
using HavenVlm.Tests.Reliability;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Local.Tests.Reliability;

/// <summary>Row 7 of docs/dev/reliability.md: 50 clients that start, join, cancel and read at once.</summary>
public sealed class LoadTests(VideosFixture videos)
{
    private const int Clients = 50;
    private static readonly bool IsShort = !Soak.IsLong && !ReleaseTier.Runs;
    private static readonly int Scenes = IsShort ? 4 : 12;
    private readonly ConcurrentBag<string> _started = [];
    private readonly ConcurrentBag<double> _statusMs = [];
    private readonly ConcurrentBag<string> _bad = [];
    private int _calls;

    [Fact]
    public async Task Fifty_clients_at_once_get_no_error_and_no_instance_is_lost_or_doubled()
    {
        await using var world = await Library.CreateAsync(
            videos,
            Scenes,
            Library.Slow with
            {
                Latency = TimeSpan.FromMilliseconds(100),
            },
            interval: "10s"
        );
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        var clock = Soak.Share(row: 7, TimeSpan.FromSeconds(IsShort ? 2 : 6));
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => CallAsync(world, address, client, clock)));
        var seconds = clock.Elapsed.TotalSeconds;

        Assert.True(_bad.IsEmpty, string.Join('\n', _bad.Take(5)) + "\n" + haven.Output);
        foreach (var id in _started.Distinct(StringComparer.Ordinal))
        {
            await world.EndedAsync($"{address}/api/instances/{id}");
        }

        // Whoever cancelled a scene did not break it: asked for once more it is done.
        var ids = world.Stash.Library.Scenes.Keys.Select(i => i.ToString(CultureInfo.InvariantCulture)).ToArray();
        var again = await world.PostAsync($"{address}/api/scenes/tag", new { sceneIds = ids });
        await world.AssertAllDoneAsync(address, again.GetProperty("id").GetString()!);

        var sorted = _statusMs.Order().ToArray();
        var p99 = sorted[(int)(sorted.Length * 0.99)];
        Soak.Report(
            7,
            "load",
            ("clients", Clients),
            ("calls", _calls),
            ("instances started", _started.Distinct(StringComparer.Ordinal).Count()),
            ("status reads", sorted.Length),
            ("p99 of status in ms", p99),
            ("seconds", seconds)
        );
        // Half of a long run's machine is the test itself; a short one shares it with other tests.
        Assert.True(!Soak.IsLong || p99 < 250, $"p99 of status: {p99:0} ms");
    }

    private async Task CallAsync(World world, string address, int client, Soak.Clock clock)
    {
        var random = new Random(700 + client);
        while (!clock.IsOver)
        {
            var scene = random.Next(1, Scenes + 1).ToString(CultureInfo.InvariantCulture);
            var begun = TimeProvider.System.GetTimestamp();
            var dice = random.Next(10);
            using var response = dice switch
            {
                0 => await world.Http.PostAsJsonAsync($"{address}/api/scenes/tag", new { sceneIds = new[] { scene } }),
                1 => await world.Http.PostAsync($"{address}/api/instances/scene-{scene}/terminate?reason=load", null),
                2 => await world.Http.PostAsync($"{address}/api/instances/scene-{scene}/retry", null),
                3 => await world.Http.GetAsync($"{address}/api/instances"),
                4 or 5 => await world.Http.GetAsync($"{address}/api/instances/scene-{scene}"),
                _ => await world.Http.GetAsync($"{address}/api/status"),
            };
            var text = await response.Content.ReadAsStringAsync();
            Interlocked.Increment(ref _calls);
            if (dice > 5)
            {
                _statusMs.Add(TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds);
            }

            if ((int)response.StatusCode >= 500 || (dice == 0 && (int)response.StatusCode != 202))
            {
                _bad.Add($"{response.RequestMessage!.RequestUri} {(int)response.StatusCode} {text}");
            }
            else if (dice == 0)
            {
                _started.Add(JsonSerializer.Deserialize<JsonElement>(text).GetProperty("id").GetString()!);
            }

            // 5,000 calls in two minutes are 42 a second; this is several times as many.
            await Task.Delay(random.Next(100, 400));
        }
    }
}
