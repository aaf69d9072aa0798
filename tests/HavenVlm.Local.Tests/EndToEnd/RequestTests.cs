using System.Net;
using System.Text.Json;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Local.Tests.EndToEnd;

/// <summary>Requests beside each other: sweeps, hooks, order, holding, forcing, resetting.</summary>
public sealed class RequestTests(VideosFixture videos)
{
    private static readonly VlmBehavior Slow = new()
    {
        Latency = TimeSpan.FromMilliseconds(200),
        Slots = 4,
        WhenFull = WhenFull.Queue,
    };

    [Fact]
    public async Task A_hook_makes_a_sweep_and_what_is_tagged_while_its_scenes_run_is_begun_by_the_next_hook()
    {
        await using var world = await World.CreateAsync(videos, behavior: Slow);
        var first = await world.AddSceneAsync("short-events", tagMe: true);
        var second = await world.AddSceneAsync("phone");
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        var hook = new { args = new { hookContext = new { type = "Scene.Update.Post", inputFields = new[] { "tag_ids" } } } };

        await world.PostAsync($"{address}/api/stash/hook", hook);
        await World.UntilAsync(() => world.Vlm.Log.Answered >= 2, "2 answers");
        world.Stash.Library.TagScene(second.Id, world.Stash.Library.FindTag("VLM_TagMe")!.Id);
        await world.PostAsync($"{address}/api/stash/hook", hook);
        await World.UntilAsync(
            () => new[] { first, second }.All(scene => world.Stash.Library.TagNamesOf(scene.Id).Contains("VLM_Tagged")),
            "both scenes done"
        );

        world.AssertMarkersAreTrue(first.Id, "short-events");
        world.AssertMarkersAreTrue(second.Id, "phone");
        Assert.DoesNotContain("VLM_TagMe", world.Stash.Library.TagNamesOf(second.Id));
    }

    [Fact]
    public async Task A_hook_that_did_not_touch_tags_starts_nothing()
    {
        await using var world = await World.CreateAsync(videos);
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();

        var answer = await world.PostAsync(
            $"{address}/api/stash/hook",
            new { args = new { hookContext = new { type = "Scene.Update.Post", inputFields = new[] { "title" } } } }
        );

        Assert.False(answer.GetProperty("accepted").GetBoolean());
        using var sweep = await world.Http.GetAsync($"{address}/api/instances/sweep");
        Assert.Equal(HttpStatusCode.NotFound, sweep.StatusCode);
    }

    [Fact]
    public async Task A_tag_set_in_Stash_is_noticed_without_any_call()
    {
        await using var world = await World.CreateAsync(videos);
        world.Sweep = "sweep: { schedule: \"0 0 0 1 1 *\", watch: 1s }";
        await world.ConfigureAsync();
        var scene = await world.AddSceneAsync("phone");
        await using var haven = world.Serve();
        await haven.ListeningAsync();

        world.Stash.Library.TagScene(scene.Id, world.Stash.Library.FindTag("VLM_TagMe")!.Id);
        await World.UntilAsync(() => world.Stash.Library.TagNamesOf(scene.Id).Contains("VLM_Tagged"), "VLM_Tagged");

        world.AssertMarkersAreTrue(scene.Id, "phone");
    }

    [Fact(Explicit = true)]
    public async Task Scenes_asked_for_by_name_go_before_the_rest_of_a_library()
    {
        await using var world = await World.CreateAsync(videos, behavior: Slow);
        await world.ConfigureAsync(extra: "concurrency: { scenes: 1 }");
        await world.AddManyScenesAsync("short-events", 6);
        var wanted = await world.AddSceneAsync("phone");
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        var library = await world.PostAsync($"{address}/api/scenes/tag", new { });
        await World.UntilAsync(() => world.Vlm.Log.Answered >= 1, "an answer");

        await TaggingTests.TagAsync(world, address, wanted.Id);

        var status = await world.GetAsync(library.GetProperty("statusQueryGetUri").GetString()!);
        Assert.InRange(status.GetProperty("customStatus").GetProperty("scenesDone").GetInt32(), 0, 3);
        await world.PostAsync($"{address}/api/instances/{library.GetProperty("id").GetString()}/terminate", new { });
    }

    [Fact(Explicit = true)]
    public async Task Holding_a_request_holds_its_scenes_and_resuming_goes_on_without_asking_twice()
    {
        await using var world = await World.CreateAsync(videos, behavior: Slow);
        var scene = await world.AddSceneAsync("long-gop", tagMe: true);
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        var started = await world.PostAsync($"{address}/api/scenes/tag", new { });
        await World.UntilAsync(() => world.Vlm.Log.Answered >= 2, "2 answers");

        await world.PostAsync($"{address}/api/instances/{started.GetProperty("id").GetString()}/suspend?reason=gaming", new { });
        Assert.Equal("Suspended", (await InstanceAsync(world, address, $"scene-{scene.Id}")).GetProperty("runtimeStatus").GetString());
        await Task.Delay(TimeSpan.FromSeconds(5));
        var asked = world.Vlm.Log.Requests;
        await Task.Delay(TimeSpan.FromSeconds(2));
        Assert.Equal(asked, world.Vlm.Log.Requests);

        await world.PostAsync($"{address}/api/instances/{started.GetProperty("id").GetString()}/resume", new { });
        await world.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);
        world.AssertMarkersAreTrue(scene.Id, "long-gop");
        Assert.Empty(world.Vlm.Log.AskedAgain());
    }

    [Fact]
    public async Task Other_marker_settings_change_the_markers_without_asking_the_model()
    {
        await using var world = await World.CreateAsync(videos);
        var scene = await world.AddSceneAsync("short-events", tagMe: true);
        await using (var first = world.Serve())
        {
            await TaggingTests.TagAsync(world, await first.ListeningAsync(), scene.Id);
            await first.SignalAsync("TERM");
            await first.ExitAsync();
        }

        var before = world.Stash.Library.MarkersOf(scene.Id).Count;
        var asked = world.Vlm.Log.Requests;
        await world.ConfigureAsync(extra: "markers: { maxGap: 60s }");
        world.Stash.Library.TagScene(scene.Id, world.Stash.Library.FindTag("VLM_UpdateMe")!.Id);
        await using var second = world.Serve();
        var started = await world.PostAsync($"{await second.ListeningAsync()}/api/scenes/update", new { });
        await world.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);

        Assert.Equal(asked, world.Vlm.Log.Requests);
        // The two stretches of Kissing have become one.
        Assert.Equal(before - 1, world.Stash.Library.MarkersOf(scene.Id).Count);
        Assert.DoesNotContain("VLM_UpdateMe", world.Stash.Library.TagNamesOf(scene.Id));
    }

    [Fact]
    public async Task Force_asks_everything_again_and_reset_brings_back_what_was_deleted()
    {
        await using var world = await World.CreateAsync(videos);
        var scene = await world.AddSceneAsync("phone");
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        await TaggingTests.TagAsync(world, address, scene.Id);
        var asked = world.Vlm.Log.Requests;
        world.Stash.Library.DeleteMarker(world.Stash.Library.MarkersOf(scene.Id)[0].Id);
        var markers = world.Stash.Library.MarkersOf(scene.Id).Count;

        await RunAsync(world, address, new { sceneIds = new[] { World.Id(scene) }, force = true });
        Assert.Equal(asked * 2, world.Vlm.Log.Requests);
        Assert.Equal(markers, world.Stash.Library.MarkersOf(scene.Id).Count);

        await RunAsync(world, address, new { sceneIds = new[] { World.Id(scene) }, reset = true });
        Assert.Equal(asked * 2, world.Vlm.Log.Requests);
        world.AssertMarkersAreTrue(scene.Id, "phone");
    }

    [Fact]
    public async Task Serves_the_timeline_and_its_pictures()
    {
        await using var world = await World.CreateAsync(videos);
        await world.ConfigureAsync(extra: "video: { sampling: linear }");
        var scene = await world.AddSceneAsync("phone");
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        await TaggingTests.TagAsync(world, address, scene.Id);

        var timeline = await world.GetAsync($"{address}/api/scenes/{scene.Id}/timeline");
        var picture = await world.Http.GetByteArrayAsync($"{address}/api/scenes/{scene.Id}/frame?t=4.5");

        Assert.Equal(15, timeline.GetProperty("answers").GetArrayLength());
        Assert.Equal(world.Stash.Library.MarkersOf(scene.Id).Count, timeline.GetProperty("markers").GetArrayLength());
        Assert.Equal([0xFF, 0xD8, 0xFF], picture[..3]);
    }

    private static async Task RunAsync(World world, string address, object body)
    {
        var started = await world.PostAsync($"{address}/api/scenes/tag", body);
        var status = await world.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);
        Assert.Equal(1, status.GetProperty("output").GetProperty("done").GetInt32());
    }

    private static async Task<JsonElement> InstanceAsync(World world, string address, string id) =>
        await world.GetAsync($"{address}/api/instances/{id}");
}
