using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Local.Tests.EndToEnd;

/// <summary>What survives: killed processes, model servers that go away, users who change their minds.</summary>
public sealed class DurabilityTests(VideosFixture videos)
{
    private static readonly VlmBehavior Slow = new()
    {
        Latency = TimeSpan.FromMilliseconds(150),
        Slots = 4,
        WhenFull = WhenFull.Queue,
    };

    [Fact(Explicit = true)]
    public async Task Killed_in_the_middle_and_started_again_it_ends_as_if_nothing_had_happened()
    {
        await using var undisturbed = await World.CreateAsync(videos);
        var expected = await RunUndisturbedAsync(undisturbed);

        await using var world = await World.CreateAsync(videos, behavior: Slow);
        var scenes = await AddScenesAsync(world);
        string id;
        await using (var first = world.Serve())
        {
            var started = await world.PostAsync($"{await first.ListeningAsync()}/api/scenes/tag", new { });
            id = started.GetProperty("id").GetString()!;
            await World.UntilAsync(() => world.Vlm.Log.Answered >= 15, "15 answers");
            await first.KillAsync();
        }

        var askedAtKill = world.Vlm.Log.Requests;
        await using var second = world.Serve();
        var address = await second.ListeningAsync();
        var status = await world.EndedAsync($"{address}/api/instances/{id}");

        Assert.Equal(scenes.Count, status.GetProperty("output").GetProperty("done").GetInt32());
        Assert.Equal(expected, world.Visible());
        // Only what was in flight at the kill: in each of the four slots a request, and before it an answer that was just being written.
        Assert.InRange(world.Vlm.Log.AskedAgain().Select(q => q.Stamp).Distinct().Count(), 0, 8);
        Assert.True(world.Vlm.Log.Requests > askedAtKill);
    }

    [Fact(Explicit = true)]
    public async Task A_model_server_that_goes_away_and_comes_back_is_waited_for()
    {
        await using var world = await World.CreateAsync(videos, behavior: Slow);
        var scene = await world.AddSceneAsync("park", tagMe: true);
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        var started = await world.PostAsync($"{address}/api/scenes/tag", new { });
        await World.UntilAsync(() => world.Vlm.Log.Answered >= 5, "5 answers");

        await world.Vlm.SwitchOffAsync();
        await UntilWaitingAsync(world, $"{address}/api/instances/scene-{World.Id(scene)}", "pc");
        Assert.Contains("VLM_TagMe", world.Stash.Library.TagNamesOf(scene.Id));
        await world.Vlm.SwitchOnAsync();

        var status = await world.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);
        Assert.Equal(1, status.GetProperty("output").GetProperty("done").GetInt32());
        world.AssertMarkersAreTrue(scene.Id, "park");
        // Only what the four slots had just answered: a machine that is switched off takes the answers that are on their way with it.
        Assert.InRange(world.Vlm.Log.AskedAgain().Select(q => q.Stamp).Distinct().Count(), 0, 4);
    }

    [Fact]
    public async Task A_Stash_that_goes_away_and_comes_back_is_waited_for_and_the_answers_are_kept()
    {
        await using var world = await World.CreateAsync(videos, behavior: Slow);
        var scene = await world.AddSceneAsync("phone", tagMe: true);
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        var started = await world.PostAsync($"{address}/api/scenes/tag", new { });
        await World.UntilAsync(() => world.Vlm.Log.Answered >= 2, "2 answers");

        await world.Stash.StopAsync();
        await UntilWaitingAsync(world, $"{address}/api/instances/scene-{World.Id(scene)}", "Stash");
        await world.Stash.StartAgainAsync();

        var status = await world.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);
        Assert.Equal(1, status.GetProperty("output").GetProperty("done").GetInt32());
        world.AssertMarkersAreTrue(scene.Id, "phone");
        Assert.Empty(world.Vlm.Log.AskedAgain());
    }

    [Fact]
    public async Task A_terminated_scene_stops_within_five_seconds_and_loses_its_request_tag()
    {
        await using var world = await World.CreateAsync(videos, behavior: Slow with { Latency = TimeSpan.FromMilliseconds(400) });
        var scene = await world.AddSceneAsync("long-gop", tagMe: true);
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        var started = await world.PostAsync($"{address}/api/scenes/tag", new { });
        await World.UntilAsync(() => world.Vlm.Log.Answered >= 2, "2 answers");

        await world.PostAsync($"{address}/api/instances/scene-{World.Id(scene)}/terminate?reason=enough", new { });
        await Task.Delay(TimeSpan.FromSeconds(5));
        var asked = world.Vlm.Log.Requests;
        var status = await world.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);
        await World.UntilAsync(() => !world.Stash.Library.TagNamesOf(scene.Id).Contains("VLM_TagMe"), "VLM_TagMe taken off");

        Assert.Equal(1, status.GetProperty("output").GetProperty("terminated").GetInt32());
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal(asked, world.Vlm.Log.Requests);
        Assert.Empty(world.Stash.Library.MarkersOf(scene.Id));

        await world.PostAsync($"{address}/api/instances/scene-{World.Id(scene)}/retry", new { });
    }

    [Fact(Explicit = true)]
    public async Task SIGTERM_ends_within_five_seconds_and_the_next_start_goes_on()
    {
        await using var world = await World.CreateAsync(videos, behavior: Slow);
        var scene = await world.AddSceneAsync("long-gop", tagMe: true);
        string id;
        await using (var first = world.Serve())
        {
            var started = await world.PostAsync($"{await first.ListeningAsync()}/api/scenes/tag", new { });
            id = started.GetProperty("id").GetString()!;
            await World.UntilAsync(() => world.Vlm.Log.Answered >= 3, "3 answers");
            await first.SignalAsync("TERM");
            Assert.Equal(0, await first.ExitAsync(TimeSpan.FromSeconds(6)));
        }

        await using var second = world.Serve();
        await world.EndedAsync($"{await second.ListeningAsync()}/api/instances/{id}");

        world.AssertMarkersAreTrue(scene.Id, "long-gop");
        Assert.Empty(world.Vlm.Log.AskedAgain());
    }

    /// <summary>Until the status says that it waits, and for what.</summary>
    private static async Task UntilWaitingAsync(World world, string sceneUri, string forWhat)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        var status = "";
        while (!status.Contains("\"waiting\"", StringComparison.Ordinal))
        {
            status = (await world.GetAsync(sceneUri)).GetRawText();
            await Task.Delay(200, deadline.Token);
        }

        Assert.Contains(forWhat, status, StringComparison.Ordinal);
    }

    private static async Task<string> RunUndisturbedAsync(World world)
    {
        await AddScenesAsync(world);
        await using var haven = world.Serve();
        var started = await world.PostAsync($"{await haven.ListeningAsync()}/api/scenes/tag", new { });
        await world.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);
        return world.Visible();
    }

    private static async Task<IReadOnlyList<int>> AddScenesAsync(World world)
    {
        var ids = new List<int>();
        foreach (var video in (string[])["park", "short-events", "phone"])
        {
            ids.Add((await world.AddSceneAsync(video, tagMe: true)).Id);
        }

        return ids;
    }
}
