using HavenVlm.Local.Tests.EndToEnd;
using HavenVlm.Tests.Reliability;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Local.Tests.Reliability;

/// <summary>Row 1 of docs/dev/reliability.md: kill -9 at random moments of runs over 20 scenes, in the short form over 5.</summary>
public sealed class KillTests(VideosFixture videos)
{
    private static readonly int Scenes = Soak.IsLong || ReleaseTier.Runs ? 20 : 5;
    private static readonly int KillsPerRun =
        Soak.IsLong ? 10
        : ReleaseTier.Runs ? 4
        : 3;

    [Fact]
    public async Task Killed_at_random_moments_it_ends_as_if_nothing_had_happened()
    {
        var random = new Random(1);
        var expected = await Library.RunUndisturbedAsync(videos, Scenes);
        var (kills, inFlight, again) = (0, 0, 0);
        var clock = Soak.Share(row: 1, TimeSpan.Zero);
        do
        {
            await using var world = await Library.CreateAsync(videos, Scenes);
            var (killsNow, inFlightNow) = (0, 0);
            string? id = null;
            for (var kill = 0; kill < KillsPerRun; kill++)
            {
                await using var killed = world.Serve();
                if (id is null)
                {
                    id = await world.TagAsync(await killed.ListeningAsync());
                }
                else if (random.Next(6) == 0)
                {
                    // It dies while it starts.
                    await Task.Delay(random.Next(300));
                    await killed.KillAsync();
                    killsNow++;
                    continue;
                }

                // Anywhere in its work: while it decodes, asks, journals or publishes.
                await world.AfterAnswersAsync(random.Next(2 * Scenes));
                await Task.Delay(random.Next(60));
                inFlightNow += world.Vlm.Log.InFlight;
                await killed.KillAsync();
                killsNow++;
            }

            await using var last = world.Serve();
            var address = await last.ListeningAsync();
            await world.AssertAllDoneAsync(address, id!);
            var outcome = await world.OutcomeAsync(address);
            Assert.Equal(expected.Stash, outcome.Stash);
            Assert.Equal(expected.Logs, outcome.Logs);
            // In each slot a request, and before it an answer that was just being written.
            var againNow = expected.AskedAgainBy(outcome);
            Assert.InRange(againNow, 0, killsNow * Library.Slots * 2);
            (kills, inFlight, again) = (kills + killsNow, inFlight + inFlightNow, again + againNow);
        } while (!clock.IsOver);

        Soak.Report(
            1,
            "kills",
            ("kills survived", kills),
            ("scenes in a run", Scenes),
            ("requests in flight at the kills", inFlight),
            ("frames asked twice", again),
            ("seconds", clock.Elapsed.TotalSeconds)
        );
    }
}
