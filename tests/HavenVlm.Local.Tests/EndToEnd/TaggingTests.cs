using System.Text.Json;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Local.Tests.EndToEnd;

/// <summary>The main job over HTTP against the real program.</summary>
public sealed class TaggingTests(VideosFixture videos)
{
    [Theory]
    [InlineData(StashVersion.Old2023)]
    [InlineData(StashVersion.New2026)]
    public async Task Tagged_scenes_get_true_markers_and_everything_of_the_users_stays(StashVersion version)
    {
        await using var world = await World.CreateAsync(videos, version);
        var park = await world.AddSceneAsync("park", tagMe: true);
        var broken = await world.AddSceneAsync("broken", tagMe: true);
        var own = world.Stash.Library.AddTag("Holiday");
        world.Stash.Library.TagScene(park.Id, own.Id);
        var mine = world.Stash.Library.AddMarker(park.Id, own.Id, 5, title: "mine");
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();

        var started = await world.PostAsync($"{address}/api/scenes/tag", new { });
        var status = await world.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);

        var output = status.GetProperty("output");
        Assert.Equal("Completed", status.GetProperty("runtimeStatus").GetString());
        Assert.Equal(1, output.GetProperty("done").GetInt32());
        Assert.Equal(1, output.GetProperty("failed").GetInt32());
        var failure = Assert.Single(output.GetProperty("failures").EnumerateArray());
        Assert.Equal(World.Id(broken), failure.GetProperty("sceneId").GetString());
        Assert.NotEmpty(failure.GetProperty("reason").GetString()!);

        Assert.Equal(mine, world.Stash.Library.Markers[mine.Id]);
        world.Stash.Library.DeleteMarker(mine.Id);
        world.AssertMarkersAreTrue(park.Id, "park");
        Assert.Contains("Holiday", world.Stash.Library.TagNamesOf(park.Id));
        Assert.Contains("VLM_Tagged", world.Stash.Library.TagNamesOf(park.Id));
        Assert.DoesNotContain("VLM_TagMe", world.Stash.Library.TagNamesOf(park.Id));
        Assert.Contains("VLM_Errored", world.Stash.Library.TagNamesOf(broken.Id));
        Assert.DoesNotContain("VLM_TagMe", world.Stash.Library.TagNamesOf(broken.Id));
        var kissing = world.Stash.Library.FindTag("Kissing")!;
        Assert.True(kissing.IgnoreAutoTag);
        Assert.Contains(world.Stash.Library.FindTag("VLM")!.Id, kissing.ParentIds);
        Assert.Empty(world.Stash.Requests.NotSimulated);
        Assert.Empty(world.Vlm.Log.AskedAgain());
    }

    [Fact]
    public async Task The_same_again_by_name_writes_nothing_and_asks_nothing()
    {
        await using var world = await World.CreateAsync(videos);
        var scene = await world.AddSceneAsync("short-events", tagMe: true);
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        await TagAsync(world, address, scene.Id);
        var before = world.Stash.Library.Snapshot(withTimes: true);
        var asked = world.Vlm.Log.Requests;
        world.Stash.Requests.Clear();

        var status = await TagAsync(world, address, scene.Id);

        Assert.Equal(1, status.GetProperty("output").GetProperty("done").GetInt32());
        Assert.Equal(0, world.Stash.Requests.MutationCount);
        Assert.Equal(asked, world.Vlm.Log.Requests);
        Assert.Equal(before, world.Stash.Library.Snapshot(withTimes: true));
    }

    [Fact(Explicit = true)]
    public async Task A_marker_that_the_user_moved_stays_alone_and_one_that_was_deleted_stays_deleted()
    {
        await using var world = await World.CreateAsync(videos);
        var scene = await world.AddSceneAsync("short-events", tagMe: true);
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        await TagAsync(world, address, scene.Id);
        var markers = world.Stash.Library.MarkersOf(scene.Id).OrderBy(m => m.Seconds).ToList();
        world.Stash.Library.MoveMarker(markers[0].Id, 8.25, 9.5);
        world.Stash.Library.DeleteMarker(markers[2].Id);
        var before = world.Stash.Library.Snapshot();

        await TagAsync(world, address, scene.Id);

        Assert.Equal(before, world.Stash.Library.Snapshot());
    }

    [Theory]
    [InlineData(ReplyStyle.PlainText)]
    [InlineData(ReplyStyle.NoResponseFormat, Explicit = true)]
    [InlineData(ReplyStyle.ReasoningContent, Explicit = true)]
    [InlineData(ReplyStyle.BoxTokens, Explicit = true)]
    public async Task Every_way_of_answering_gives_the_same_markers(ReplyStyle replies)
    {
        await using var world = await World.CreateAsync(videos, behavior: new VlmBehavior { Replies = replies });
        var scene = await world.AddSceneAsync("park");
        await using var haven = world.Serve();

        await TagAsync(world, await haven.ListeningAsync(), scene.Id);

        world.AssertMarkersAreTrue(scene.Id, "park");
    }

    [Fact]
    public async Task One_more_tag_asks_only_for_that_tag()
    {
        await using var world = await World.CreateAsync(videos);
        world.Tags.Clear();
        world.Tags.AddRange(["Kissing", "Waving"]);
        await world.ConfigureAsync(extra: "video: { sampling: linear }");
        var scene = await world.AddSceneAsync("park");
        await using (var first = world.Serve())
        {
            await TagAsync(world, await first.ListeningAsync(), scene.Id);
            await first.SignalAsync("TERM");
            Assert.Equal(0, await first.ExitAsync());
        }

        var earlier = world.Vlm.Log.Exchanges.Count;
        world.Tags.Add("Dancing");
        await world.ConfigureAsync(extra: "video: { sampling: linear }");
        await using var second = world.Serve();
        await TagAsync(world, await second.ListeningAsync(), scene.Id);

        Assert.All(world.Vlm.Log.Exchanges.Skip(earlier), e => Assert.Equal(["Dancing"], e.TagsAsked));
        Assert.NotEqual(earlier, world.Vlm.Log.Exchanges.Count);
        world.AssertMarkersAreTrue(scene.Id, "park");
    }

    [Fact]
    public async Task A_dry_run_writes_nothing_and_says_what_it_would_write()
    {
        await using var world = await World.CreateAsync(videos);
        var scene = await world.AddSceneAsync("park", tagMe: true);
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        var before = world.Stash.Library.Snapshot(withTimes: true);

        var started = await world.PostAsync($"{address}/api/scenes/tag", new { sceneIds = new[] { World.Id(scene) }, dryRun = true });
        var status = await world.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);

        Assert.NotEmpty(status.GetProperty("output").GetProperty("changes").EnumerateArray());
        Assert.Equal(before, world.Stash.Library.Snapshot(withTimes: true));
    }

    internal static async Task<JsonElement> TagAsync(World world, string address, int sceneId)
    {
        var started = await world.PostAsync($"{address}/api/scenes/tag", new { sceneIds = new[] { $"{sceneId}" } });
        var status = await world.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);
        Assert.Equal("Completed", status.GetProperty("runtimeStatus").GetString());
        Assert.Equal(0, status.GetProperty("output").GetProperty("failed").GetInt32());
        return status;
    }
}
