using HavenVlm.Local.Tests.EndToEnd;
using HavenVlm.Simulation.Vlm;
using HavenVlm.Tests.Reliability;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Local.Tests.Reliability;

/// <summary>Row 8 of docs/dev/reliability.md: SIGTERM at random moments, again and again.</summary>
public sealed class ShutdownTests(VideosFixture videos)
{
    private static readonly int Stops = Soak.IsLong || ReleaseTier.Runs ? 3 : 2;
    private static readonly TimeSpan Allowed = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Every_SIGTERM_ends_within_five_seconds_and_no_answer_is_asked_for_again()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no signals there.");
        var random = new Random(8);
        await using var world = await World.CreateAsync(
            videos,
            behavior: new VlmBehavior
            {
                Latency = TimeSpan.FromMilliseconds(300),
                Slots = 4,
                WhenFull = WhenFull.Queue,
            }
        );
        var (stops, runs, slowest) = (0, 0, TimeSpan.Zero);
        var clock = Soak.Share(row: 8, TimeSpan.Zero);
        do
        {
            var run = runs++;
            var scenes = new List<int>();
            foreach (var video in (string[])["phone", "short-events"])
            {
                scenes.Add((await world.AddSceneAsync(video, tagMe: true, $"{video.Length + (100 * run):x16}")).Id);
            }

            string? id = null;
            for (var stop = 0; stop < Stops; stop++)
            {
                await using var haven = world.Serve();
                var address = await haven.ListeningAsync();
                id ??= (await world.PostAsync($"{address}/api/scenes/tag", new { })).GetProperty("id").GetString();
                await Task.Delay(random.Next(100, 2500));
                var asked = TimeProvider.System.GetTimestamp();
                await haven.SignalAsync("TERM");
                Assert.Equal(0, await haven.ExitAsync(TimeSpan.FromSeconds(20)));
                var took = TimeProvider.System.GetElapsedTime(asked);
                Assert.True(took <= Allowed, $"Run {run}, stop {stop} took {took.TotalSeconds:0.0} s:\n{haven.Output}");
                (stops, slowest) = (stops + 1, took > slowest ? took : slowest);
            }

            await using var last = world.Serve();
            var status = await world.EndedAsync($"{await last.ListeningAsync()}/api/instances/{id}");
            Assert.Equal(scenes.Count, status.GetProperty("output").GetProperty("done").GetInt32());
            world.AssertMarkersAreTrue(scenes[0], "phone");
            world.AssertMarkersAreTrue(scenes[1], "short-events");
            Assert.Empty(world.Vlm.Log.AskedAgain());
            world.Vlm.Log.Clear();
        } while (!clock.IsOver);

        Soak.Report(
            8,
            "shutdown",
            ("stops survived", stops),
            ("slowest stop in s", slowest.TotalSeconds),
            ("asked again", 0),
            ("seconds", clock.Elapsed.TotalSeconds)
        );
    }
}
