using System.Net;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Local.Tests.EndToEnd;

/// <summary>Undo of the real program: afterwards Stash is what it was before the first run.</summary>
public sealed class UndoTests(VideosFixture videos)
{
    [Theory]
    [InlineData(StashVersion.Old2023, Explicit = true)]
    [InlineData(StashVersion.New2026)]
    public async Task Undoing_everything_leaves_Stash_as_it_was_before_the_first_run(StashVersion version)
    {
        await using var world = await World.CreateAsync(videos, version);
        var scene = await world.AddSceneAsync("short-events");
        var broken = await world.AddSceneAsync("broken");
        var own = world.Stash.Library.AddTag("Kissing");
        world.Stash.Library.TagScene(scene.Id, own.Id);
        world.Stash.Library.AddMarker(scene.Id, own.Id, 1, title: "mine");
        var before = world.Stash.Library.Snapshot();
        await using (var haven = world.Serve())
        {
            var address = await haven.ListeningAsync();
            var tag = world.Stash.Library.FindTag("VLM_TagMe")!.Id;
            world.Stash.Library.TagScene(scene.Id, tag);
            world.Stash.Library.TagScene(broken.Id, tag);
            await EndedAsync(world, address, "scenes/tag", new { });
            Assert.NotEmpty(world.Stash.Library.MarkersOf(scene.Id));
        }

        var (dryCode, dryOutput) = await world.RunAsync("undo", "--all", "--dry-run");
        Assert.NotEqual(before, world.Stash.Library.Snapshot());
        var (code, output) = await world.RunAsync("undo", "--all");
        var after = world.Stash.Library.Snapshot();
        world.Stash.Requests.Clear();
        var (again, _) = await world.RunAsync("undo", "--all");

        Assert.True(dryCode == 0 && code == 0 && again == 0, dryOutput + output);
        Assert.Contains(": remove marker ", dryOutput, StringComparison.Ordinal);
        Assert.Contains($"scene {broken.Id}: remove tag VLM_Errored", dryOutput, StringComparison.Ordinal);
        Assert.Contains("0 failed", output, StringComparison.Ordinal);
        Assert.Equal(before, after);
        Assert.Equal(0, world.Stash.Requests.MutationCount);
        Assert.Empty(world.Stash.Requests.NotSimulated);
    }

    [Fact]
    public async Task A_scene_that_is_being_analyzed_is_ended_and_nothing_of_it_appears_later()
    {
        await using var world = await World.CreateAsync(
            videos,
            behavior: new VlmBehavior
            {
                Latency = TimeSpan.FromMilliseconds(300),
                Slots = 4,
                WhenFull = WhenFull.Queue,
            }
        );
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        var scene = await world.AddSceneAsync("short-events", tagMe: true);
        var other = await world.AddSceneAsync("phone", tagMe: true);
        await world.PostAsync($"{address}/api/scenes/tag", new { });
        await World.UntilAsync(() => world.Vlm.Log.Answered >= 2, "2 answers");

        await EndedAsync(world, address, "undo", new { all = true });
        await World.UntilAsync(() => world.Vlm.Log.InFlight == 0, "no request out");

        foreach (var id in (int[])[scene.Id, other.Id])
        {
            Assert.Equal(
                "Terminated",
                (await world.GetAsync($"{address}/api/instances/scene-{id}")).GetProperty("runtimeStatus").GetString()
            );
            Assert.Empty(world.Stash.Library.TagNamesOf(id));
            Assert.Empty(world.Stash.Library.MarkersOf(id));
        }
    }

    [Fact(Explicit = true)]
    public async Task A_server_that_watches_for_request_tags_does_not_bring_back_what_was_undone()
    {
        await using var world = await World.CreateAsync(videos);
        world.Sweep = "sweep: { enabled: true, watch: 1s }";
        await world.ConfigureAsync();
        var scene = await world.AddSceneAsync("short-events");
        var before = world.Stash.Library.Snapshot();
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        await EndedAsync(world, address, "scenes/tag", new { sceneIds = new[] { World.Id(scene) } });

        await EndedAsync(world, address, "undo", new { all = true });
        await EndedAsync(world, address, "sweep", new { });
        var asked = world.Stash.Requests.All.Count;
        await World.UntilAsync(() => world.Stash.Requests.All.Count > asked + 3, "3 looks at the request tags");

        Assert.Equal(before, world.Stash.Library.Snapshot());
        await EndedAsync(world, address, "scenes/tag", new { sceneIds = new[] { World.Id(scene) } });
        Assert.NotNull(world.Stash.Library.FindTag("VLM_UpdateMe"));
    }

    [Fact(Explicit = true)]
    public async Task One_scene_is_undone_and_the_others_stay_as_they_are()
    {
        await using var world = await World.CreateAsync(videos);
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        var scene = await world.AddSceneAsync("short-events", tagMe: true);
        var other = await world.AddSceneAsync("short-events", tagMe: true, fingerprint: "00000000000000ff");
        await EndedAsync(world, address, "scenes/tag", new { });
        var before = world.Stash.Library.MarkersOf(other.Id);
        var asked = world.Vlm.Log.Requests;
        var tagged = world.Stash.Library.TagNamesOf(scene.Id);

        var (code, output) = await world.RunAsync("undo", "--scene", World.Id(scene));

        Assert.True(code == 0, output);
        Assert.Empty(world.Stash.Library.TagNamesOf(scene.Id));
        Assert.Empty(world.Stash.Library.MarkersOf(scene.Id));
        Assert.Equal(before, world.Stash.Library.MarkersOf(other.Id));
        await EndedAsync(world, address, "scenes/tag", new { sceneIds = new[] { World.Id(scene) } });
        Assert.Equal(tagged, world.Stash.Library.TagNamesOf(scene.Id));
        Assert.Equal(asked, world.Vlm.Log.Requests);
    }

    [Theory]
    [InlineData(StashVersion.Old2023, Explicit = true)]
    [InlineData(StashVersion.New2026)]
    public async Task Killed_in_the_middle_it_goes_on_where_it_was(StashVersion version)
    {
        await using var world = await World.CreateAsync(videos, version);
        List<int> scenes = [];
        for (var i = 0; i < 3; i++)
        {
            scenes.Add((await world.AddSceneAsync("short-events", fingerprint: $"{i:x16}")).Id);
        }

        var before = world.Stash.Library.Snapshot();
        var (code, output) = await world.RunAsync(["tag", .. scenes.SelectMany(id => new[] { "--scene", $"{id}" })]);
        Assert.True(code == 0, output);
        HavenProcess? haven = null;
        try
        {
            haven = world.Serve();
            var address = await haven.ListeningAsync();
            TaskCompletionSource killed = KillAt(3, MutationMoment.After);
            var started = await world.PostAsync($"{address}/api/undo", new { all = true });
            var id = started.GetProperty("id").GetString();
            foreach (var moment in (MutationMoment[])[MutationMoment.Before, MutationMoment.After])
            {
                await killed.Task.WaitAsync(TimeSpan.FromMinutes(10));
                await haven.DisposeAsync();
                killed = KillAt(1, moment);
                haven = world.Serve();
            }

            await killed.Task.WaitAsync(TimeSpan.FromMinutes(10));
            await haven.DisposeAsync();
            haven = world.Serve();
            address = await haven.ListeningAsync();
            var status = await world.EndedAsync($"{address}/api/instances/{id}");

            Assert.Equal("Completed", status.GetProperty("runtimeStatus").GetString());
            Assert.Equal(0, status.GetProperty("output").GetProperty("failed").GetInt32());
        }
        finally
        {
            await (haven?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        Assert.Equal(before, RemoveFamily(world).Snapshot());

        TaskCompletionSource KillAt(int change, MutationMoment moment)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            world.Stash.AtMutation(
                change,
                moment,
                async _ =>
                {
                    await haven!.KillAsync();
                    done.TrySetResult();
                }
            );
            return done;
        }
    }

    [Fact]
    public async Task What_is_to_be_undone_must_be_said()
    {
        await using var world = await World.CreateAsync(videos);
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();

        var nothing = await world.PostAsync($"{address}/api/undo", new { }, HttpStatusCode.BadRequest);
        var both = await world.PostAsync($"{address}/api/undo", new { all = true, sceneIds = new[] { "1" } }, HttpStatusCode.BadRequest);
        var wrong = await world.PostAsync($"{address}/api/undo", new { sceneIds = new[] { "1; drop" } }, HttpStatusCode.BadRequest);
        var (code, output) = await world.RunAsync("undo");

        Assert.Contains("{\"all\":true}", nothing.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("not both", both.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("1; drop", wrong.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, code);
        Assert.Contains("--all", output, StringComparison.Ordinal);
    }

    /// <summary>A server that starts makes the tag family: what a kill between the last tags and their removal left is made again.</summary>
    private static StashLibrary RemoveFamily(World world)
    {
        var library = world.Stash.Library;
        var family = library.FindTag("VLM");
        foreach (
            var tag in library
                .Tags.Values.Where(tag => tag.ParentIds.Contains(family?.Id ?? 0))
                .Append(family)
                .OfType<HavenVlm.Simulation.Stash.State.StashTag>()
                .ToList()
        )
        {
            Assert.StartsWith("VLM", tag.Name, StringComparison.Ordinal);
            library.DeleteTag(tag.Id);
        }

        return library;
    }

    private static async Task EndedAsync(World world, string address, string call, object body)
    {
        var started = await world.PostAsync($"{address}/api/{call}", body);
        var status = await world.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);
        Assert.Equal("Completed", status.GetProperty("runtimeStatus").GetString());
    }
}
