using System.Text.Json.Nodes;
using HavenVlm.Local.Tests.EndToEnd;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Local.Tests.StashPlugin;

/// <summary>The tasks of the plugin, run by Stash as it runs them: a Python process, JSON on its input, the log protocol on its error stream.</summary>
public sealed class TaskTests(VideosFixture videos)
{
    private static readonly VlmBehavior Slow = new()
    {
        Latency = TimeSpan.FromMilliseconds(250),
        Slots = 4,
        WhenFull = WhenFull.Queue,
    };

    [Theory]
    [InlineData(StashVersion.Old2023, Explicit = true)]
    [InlineData(StashVersion.New2026)]
    public async Task Tag_Videos_moves_the_bar_to_the_end_and_the_scenes_have_tags_and_markers(StashVersion version)
    {
        await using var world = await World.CreateAsync(videos, version);
        world.Server = "server: { listen: \"http://127.0.0.1:0\", apiKey: the-key }";
        await world.ConfigureAsync();
        var first = await world.AddSceneAsync("short-events", tagMe: true);
        var second = await world.AddSceneAsync("phone", tagMe: true);
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        await world.InstallAsync();
        await world.SetUpAsync(address, "the-key");

        var job = world.Press("Tag Videos");
        await world.Stash.JobsEndedAsync();

        Assert.Equal(("FINISHED", 1.0), world.Stash.FindJob(job));
        var progress = world.Stash.ProgressOf(job);
        Assert.Equal(progress.Order(), progress);
        Assert.Equal(0, progress[0]);
        world.AssertMarkersAreTrue(first.Id, "short-events");
        world.AssertMarkersAreTrue(second.Id, "phone");
        var lines = world.Stash.Log.Select(line => $"{line.Level}: {line.Message}").ToList();
        Assert.Contains(
            lines,
            line => line.StartsWith("info: [Plugin / Haven VLM] Tag Videos has begun as scenes-", StringComparison.Ordinal)
        );
        Assert.Contains("info: [Plugin / Haven VLM] Tag Videos is done: 2 done, 0 failed, 0 skipped, 0 terminated.", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("error", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("the-key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_service_that_is_killed_half_way_is_waited_for_and_followed_again()
    {
        await using var world = await World.CreateAsync(videos, behavior: Slow);
        var scene = await world.AddSceneAsync("short-events", tagMe: true);
        await world.InstallAsync();
        string address;
        await using (var haven = world.Serve())
        {
            address = await haven.ListeningAsync();
            await world.SetUpAsync(address);
            world.Press("Tag Videos");
            await World.UntilAsync(() => world.Vlm.Log.Answered >= 3, "3 answers");
            await haven.KillAsync();
        }

        await World.UntilAsync(() => Says(world, "warning", "The work is not lost"), "a line about the service that is gone");
        Assert.True(Says(world, "warning", address));
        world.Server = $"server: {{ listen: \"{address}\" }}";
        await world.ConfigureAsync();
        await using var again = world.Serve();
        await again.ListeningAsync();
        await world.Stash.JobsEndedAsync();

        Assert.Equal(("FINISHED", 1.0), world.Stash.FindJob(1));
        Assert.True(Says(world, "info", "answers again"));
        Assert.True(Says(world, "info", "Tag Videos is done: 1 done"));
        world.AssertMarkersAreTrue(scene.Id, "short-events");
    }

    [Fact]
    public async Task Stopping_the_task_leaves_the_work_and_the_task_Cancel_ends_it()
    {
        await using var world = await World.CreateAsync(videos, behavior: Slow);
        var scene = await world.AddSceneAsync("short-events", tagMe: true);
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        await world.InstallAsync();
        await world.SetUpAsync(address);
        var job = world.Press("Tag Videos");
        await World.UntilAsync(() => world.Vlm.Log.Answered >= 2, "2 answers");

        world.Stash.StopJob(job);
        await world.Stash.JobsEndedAsync();
        Assert.Equal("CANCELLED", world.Stash.FindJob(job)!.Value.Status);
        var running = await world.GetAsync($"{address}/api/instances/scene-{scene.Id}");
        Assert.Equal("Running", running.GetProperty("runtimeStatus").GetString());

        var log = await world.RunTaskAsync("Cancel");
        Assert.Contains(log, line => line.StartsWith("info: [Plugin / Haven VLM] Stopped scenes-", StringComparison.Ordinal));
        var ended = await world.GetAsync($"{address}/api/instances/scene-{scene.Id}");
        Assert.Equal("Terminated", ended.GetProperty("runtimeStatus").GetString());
        Assert.Empty(world.Stash.Library.MarkersOf(scene.Id));
    }

    [Fact]
    public async Task A_task_that_does_not_wait_leaves_the_queue_free_at_once()
    {
        await using var world = await World.CreateAsync(videos, behavior: Slow);
        await world.AddSceneAsync("short-events", tagMe: true);
        await using var haven = world.Serve();
        await world.InstallAsync();
        await world.SetUpAsync(await haven.ListeningAsync(), doNotWait: true);

        var log = await world.RunTaskAsync("Tag Videos");

        Assert.Contains(log, line => line.Contains("It goes on in Haven VLM", StringComparison.Ordinal));
        Assert.DoesNotContain(log, line => line.Contains("is done", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Arguments_of_a_task_name_the_scenes()
    {
        await using var world = await World.CreateAsync(videos);
        var named = await world.AddSceneAsync("phone");
        var other = await world.AddSceneAsync("short-events", tagMe: true);
        await using var haven = world.Serve();
        await world.InstallAsync();
        await world.SetUpAsync(await haven.ListeningAsync());

        await world.RunTaskAsync("Tag Videos", new JsonObject { ["sceneIds"] = new JsonArray(World.Id(named)) });

        world.AssertMarkersAreTrue(named.Id, "phone");
        Assert.Empty(world.Stash.Library.MarkersOf(other.Id));
    }

    [Fact]
    public async Task Undo_takes_back_what_Tag_Videos_wrote_and_tasks_without_work_say_so()
    {
        await using var world = await World.CreateAsync(videos);
        var scene = await world.AddSceneAsync("phone", tagMe: true);
        await using var haven = world.Serve();
        await world.InstallAsync();
        await world.SetUpAsync(await haven.ListeningAsync());
        await world.RunTaskAsync("Tag Videos");
        Assert.NotEmpty(world.Stash.Library.MarkersOf(scene.Id));

        Assert.Contains(
            await world.RunTaskAsync("Tag Images"),
            line => line.EndsWith("there was nothing to do.", StringComparison.Ordinal)
        );
        Assert.Contains(await world.RunTaskAsync("Update"), line => line.EndsWith("there was nothing to do.", StringComparison.Ordinal));
        Assert.Contains(
            await world.RunTaskAsync("Find Marker Settings"),
            line => line.StartsWith("error: [Plugin / Haven VLM] ", StringComparison.Ordinal)
        );
        await world.RunTaskAsync("Undo");
        Assert.NotEmpty(world.Stash.Library.MarkersOf(scene.Id));
        var log = await world.RunTaskAsync("Undo");

        Assert.Contains(log, line => line.Contains("Undo is done: 1 done", StringComparison.Ordinal));
        Assert.Empty(world.Stash.Library.MarkersOf(scene.Id));
        Assert.Empty(world.Stash.Library.TagNamesOf(scene.Id));
    }

    private static bool Says(World world, string level, string text) =>
        world.Stash.Log.Any(line => line.Level == level && line.Message.Contains(text, StringComparison.Ordinal));
}
