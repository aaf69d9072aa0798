using System.Globalization;
using System.Text.Json;
using HavenVlm.Local.Tests.EndToEnd;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Vlm;
using HavenVlm.Tests.Reliability;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Local.Tests.Reliability;

/// <summary>
/// Everything that Stash and its other users do while the whole program works: rows 4 and 9 of docs/dev/reliability.md. <c>HAVEN_USER_SEED</c> is
/// the seed of the user.
/// </summary>
public sealed class StashOutageTests(VideosFixture videos, ITestOutputHelper output)
{
    private static readonly VlmBehavior Slow = new()
    {
        Latency = TimeSpan.FromMilliseconds(60),
        Slots = 4,
        WhenFull = WhenFull.Queue,
    };

    private static readonly (string Name, StashFault Fault)[] Troubles =
    [
        ("slow", new StashFault { Latency = TimeSpan.FromMilliseconds(700) }),
        ("401", new StashFault { Status = 401 }),
        ("404", new StashFault { Status = 404 }),
        ("422", new StashFault { Status = 422 }),
        ("500", new StashFault { Status = 500 }),
        ("503", new StashFault { Status = 503 }),
        ("refused", new StashFault { Refuse = true }),
        ("truncated", new StashFault { TruncateAfter = 40 }),
        ("cut", new StashFault { DropAfter = 40 }),
    ];

    /// <summary>Failing and cut off; activities' and clients' unit tests are about the others.</summary>
    private static readonly string[] Usual = ["503", "cut"];

    [Fact]
    public async Task Whatever_befalls_Stash_while_scenes_are_written_they_all_end_as_if_nothing_had_happened()
    {
        var clock = Soak.Share(row: 4, TimeSpan.Zero);
        await using var world = await World.CreateAsync(videos, behavior: Slow);
        var own = world.Stash.Library.AddTag("Holiday");
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        var troubles = Troubles.Where(trouble => Soak.IsLong || ReleaseTier.Runs || Usual.Contains(trouble.Name)).ToArray();
        var count = 0;
        var round = 0;
        do
        {
            round++;
            foreach (var (name, fault) in troubles)
            {
                var scene = await world.AddSceneAsync("phone", tagMe: true, fingerprint: $"{++count:x16}");
                world.Stash.Library.TagScene(scene.Id, own.Id);
                var mine = world.Stash.Library.AddMarker(scene.Id, own.Id, 5 + round, title: "mine");
                var started = await world.PostAsync($"{address}/api/scenes/tag", new { });
                var answers = world.Vlm.Log.Answered;
                await World.UntilAsync(() => world.Vlm.Log.Answered > answers, "an answer");

                world.Stash.Fault = fault;
                var statusUri = started.GetProperty("statusQueryGetUri").GetString()!;
                // Slowness is no outage; everything else must be met by the work itself.
                var seen = await SeenAsync(world, $"{address}/api/instances/scene-{World.Id(scene)}", fault.Latency > TimeSpan.Zero);
                world.Stash.Fault = null;
                var status = await world.EndedAsync(statusUri);

                output.WriteLine($"{name}: {seen}");
                Assert.Equal("Completed", status.GetProperty("runtimeStatus").GetString());
                Assert.True(Answers.AssertDoneOrErrored(world, status, scene.Id), $"{name}: {status}");
                Assert.Equal(mine, world.Stash.Library.Markers[mine.Id]);
                Assert.Contains("Holiday", world.Stash.Library.TagNamesOf(scene.Id));
                world.Stash.Library.DeleteMarker(mine.Id);
                world.AssertMarkersAreTrue(scene.Id, "phone");
            }
        } while (!clock.IsOver);

        var cost = ProcessCost.Of(haven.Id);
        Assert.InRange(cost.PeakMemory, 1, ProcessCost.MaxMemory);
        Soak.Report(
            row: 4,
            "stash-outages",
            ("outages", count),
            ("kinds", troubles.Length),
            ("CPU seconds", cost.Cpu.TotalSeconds),
            ("MB at most", cost.PeakMemory >> 20)
        );
    }

    [Fact]
    public async Task Cut_off_in_the_middle_of_changes_Stash_ends_with_each_tag_and_marker_once()
    {
        await using var undisturbed = await World.CreateAsync(videos);
        var expected = await TagParkAsync(undisturbed, cuts: []);
        await using var world = await World.CreateAsync(videos);

        var writes = undisturbed.Stash.Requests.MutationCount;
        var actual = await TagParkAsync(world, [2, writes / 3, writes / 2, writes - 3]);

        Assert.Equal(expected, actual);
    }

    [Fact(Explicit = true)]
    public async Task A_scene_that_is_deleted_while_it_runs_is_skipped_and_the_others_go_on()
    {
        await using var world = await World.CreateAsync(videos, behavior: Slow);
        var gone = await world.AddSceneAsync("phone", tagMe: true);
        var stays = await world.AddSceneAsync("short-events", tagMe: true);
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        var started = await world.PostAsync($"{address}/api/scenes/tag", new { });
        await World.UntilAsync(() => world.Vlm.Log.Answered >= 4, "4 answers");

        world.Stash.Library.DeleteScene(gone.Id);
        var status = await world.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);

        var result = status.GetProperty("output");
        Assert.Equal(0, result.GetProperty("failed").GetInt32());
        Assert.Equal(1, result.GetProperty("skipped").GetInt32());
        Assert.Equal(1, result.GetProperty("done").GetInt32());
        world.AssertMarkersAreTrue(stays.Id, "short-events");
        Assert.DoesNotContain(gone.Id, world.Stash.Library.Scenes.Keys);
    }

    [Fact(Explicit = true)]
    public async Task A_user_who_edits_the_scene_and_its_tags_between_all_our_requests_finds_everything_as_it_was_left()
    {
        var clock = Soak.Share(row: 9, TimeSpan.Zero, 0.5);
        var seed = int.TryParse(Environment.GetEnvironmentVariable("HAVEN_USER_SEED"), CultureInfo.InvariantCulture, out var given)
            ? given
            : 9;
        output.WriteLine($"Seed {seed}");
        await using var world = await World.CreateAsync(videos);
        var scene = await world.AddSceneAsync("park", tagMe: true);
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        var hands = new SimulatedUser(world.Stash, scene.Id, seed);
        var rounds = 0;
        do
        {
            var call = rounds % 2 == 0 ? "tag" : "update";
            var body = new { sceneIds = new[] { World.Id(scene) }, force = rounds % 3 == 2 };
            await WhileAtWorkAsync(hands, world, () => world.PostAsync($"{address}/api/scenes/{call}", body));
        } while (++rounds < (Soak.IsLong || ReleaseTier.Runs ? 6 : 3) || !clock.IsOver);

        await WhileAtWorkAsync(hands, world, () => world.PostAsync($"{address}/api/undo", new { all = true }));
        hands.AssertNothingOfTheirsWasTouched();

        Assert.InRange(hands.Added, 2, int.MaxValue);
        Soak.Report(row: 9, "user-beside-program", ("seed", seed), ("runs", rounds), ("acts", hands.Acts), ("markers added", hands.Added));
    }

    private static async Task WhileAtWorkAsync(SimulatedUser hands, World world, Func<Task<JsonElement>> start)
    {
        using var working = new CancellationTokenSource();
        var work = hands.WorkAsync(working.Token);
        var started = await start();
        var status = await world.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);
        await working.CancelAsync();
        await work;
        Assert.Equal("Completed", status.GetProperty("runtimeStatus").GetString());
    }

    private static async Task<string> SeenAsync(World world, string sceneUri, bool isSlow)
    {
        if (isSlow)
        {
            await Task.Delay(TimeSpan.FromSeconds(2));
            return "slow";
        }

        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        while (true)
        {
            var status = await world.GetAsync(sceneUri);
            if (status.GetProperty("customStatus").GetProperty("stage").GetString() == "waiting")
            {
                return status.GetProperty("customStatus").GetProperty("message").GetString()!;
            }

            Assert.Equal("Running", status.GetProperty("runtimeStatus").GetString());
            await Task.Delay(100, deadline.Token);
        }
    }

    /// <summary>Tags the park while the connection breaks at some of the changes, before or after they are committed.</summary>
    private static async Task<string> TagParkAsync(World world, int[] cuts)
    {
        var scene = await world.AddSceneAsync("park", tagMe: true);
        var times = 0;
        foreach (var cut in cuts)
        {
            world.Stash.AtMutation(
                cut,
                times % 2 == 0 ? MutationMoment.After : MutationMoment.Before,
                step =>
                {
                    _ = Interlocked.Increment(ref times);
                    step.DropConnection();
                    return Task.CompletedTask;
                }
            );
        }

        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        var started = await world.PostAsync($"{address}/api/scenes/tag", new { });
        var status = await world.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);
        Assert.True(Answers.AssertDoneOrErrored(world, status, scene.Id));
        world.AssertMarkersAreTrue(scene.Id, "park");
        Assert.Equal(cuts.Length, times);
        return world.Visible();
    }
}
