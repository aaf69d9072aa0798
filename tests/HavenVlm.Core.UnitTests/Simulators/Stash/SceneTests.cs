using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Stash.State;
using Microsoft.Extensions.Time.Testing;

namespace HavenVlm.Core.UnitTests.Simulators.Stash;

public sealed class SceneTests
{
    private const string Bulk = "mutation($i: BulkSceneUpdateInput!) { bulkSceneUpdate(input: $i) { id tags { id } } }";

    public static TheoryData<StashVersion> Both => [StashVersion.Old2023, StashVersion.New2026];

    [Theory, MemberData(nameof(Both))]
    public async Task Tags_are_added_removed_and_set_in_bulk(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        var scene = stash.AddScene();
        var (one, two) = (stash.Library.AddTag("One").Id, stash.Library.AddTag("Two").Id);
        await stash.DataAsync(Bulk, Change("ADD", [scene], one));
        await stash.DataAsync(Bulk, Change("ADD", [scene], one, two));
        Assert.Equal([one, two], stash.Library.Scenes[scene].TagIds);
        await stash.DataAsync(Bulk, Change("REMOVE", [scene], one));
        Assert.Equal([two], stash.Library.Scenes[scene].TagIds);
        await stash.DataAsync(Bulk, Change("SET", [scene], one));
        Assert.Equal([one], stash.Library.Scenes[scene].TagIds);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_bulk_update_is_atomic(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        var (scene, tag) = (stash.AddScene(), stash.Library.AddTag("One").Id);
        var before = stash.Library.Snapshot(withTimes: true);
        Assert.EndsWith(
            "FOREIGN KEY constraint failed",
            await stash.RefusalAsync(Bulk, Change("ADD", [scene, 99], tag)),
            StringComparison.Ordinal
        );
        Assert.EndsWith(
            "FOREIGN KEY constraint failed",
            await stash.RefusalAsync(Bulk, Change("ADD", [scene], tag, 99)),
            StringComparison.Ordinal
        );
        Assert.Equal(before, stash.Library.Snapshot(withTimes: true));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_bulk_update_that_changes_nothing_renews_the_time_and_fires_a_hook_per_scene(StashVersion version)
    {
        var time = new FakeTimeProvider();
        await using var stash = await StashClientFixture.StartAsync(version, new SimulatedStashOptions { Time = time });
        int[] scenes = [stash.AddScene(), stash.AddScene()];
        var before = stash.Library.Scenes[scenes[0]].UpdatedAt;
        stash.Stash.ClearHooks();
        time.Advance(TimeSpan.FromSeconds(5));
        await stash.DataAsync(Bulk, Change("ADD", scenes));
        Assert.Equal(before.AddSeconds(5), stash.Library.Scenes[scenes[0]].UpdatedAt);
        Assert.Equal(scenes, stash.Stash.Hooks.Select(hook => hook.Id));
        Assert.All(stash.Stash.Hooks, hook => Assert.Equal("Scene.Update.Post", hook.Type));
        Assert.Equal(["ids", "tag_ids"], stash.Stash.Hooks[0].InputFields);
    }

    [Fact]
    public async Task The_answer_waits_for_the_hooks()
    {
        var seen = new List<StashHook>();
        var options = new SimulatedStashOptions
        {
            OnHook = async (hook, _) =>
            {
                await Task.Yield();
                seen.Add(hook);
            },
        };
        await using var stash = await StashClientFixture.StartAsync(StashVersion.New2026, options);
        int[] scenes = [stash.AddScene(), stash.AddScene()];
        await stash.DataAsync(Bulk, Change("ADD", scenes));
        Assert.Equal(2, seen.Count);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_missing_scene_is_null_but_ids_asked_for_as_a_list_must_exist(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        Assert.Equal("""{"findScene":null}""", (await stash.DataAsync("{ findScene(id: 99) { id } }")).ToJsonString());
        Assert.Equal("scene with id 99 not found", await stash.RefusalAsync("{ findScenes(scene_ids: [99]) { count } }"));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Scenes_are_found_by_tags_with_their_depth_and_by_markers(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        var (plain, tagged) = (stash.AddScene(), stash.AddScene());
        var vlm = stash.Library.AddTag("VLM").Id;
        var child = stash.Library.AddTag("VLM_TagMe", vlm).Id;
        stash.Library.TagScene(tagged, child);
        stash.Library.AddMarker(tagged, vlm, 1);
        Assert.Equal([tagged], await FindAsync($"tags: {{value: [{child}], modifier: INCLUDES}}"));
        Assert.Empty(await FindAsync($"tags: {{value: [{vlm}], modifier: INCLUDES, depth: 0}}"));
        Assert.Equal([tagged], await FindAsync($"tags: {{value: [{vlm}], modifier: INCLUDES, depth: -1}}"));
        Assert.Equal([plain], await FindAsync($"tags: {{value: [{child}], modifier: EXCLUDES}}"));
        Assert.Equal([plain, tagged], await FindAsync($"tags: {{value: [], modifier: INCLUDES}}"));
        Assert.Equal([plain], await FindAsync("tags: {modifier: IS_NULL}"));
        Assert.Equal([tagged], await FindAsync("has_markers: \"true\""));
        Assert.Equal([plain], await FindAsync($"NOT: {{id: {{value: {tagged}, modifier: EQUALS}}}}"));
        Assert.Equal([plain, tagged], await FindAsync("path: {value: \"WALK\", modifier: INCLUDES}"));

        async Task<int[]> FindAsync(string filter) =>
            [
                .. (await stash.DataAsync($"{{ findScenes(scene_filter: {{{filter}}}, filter: {{sort: \"id\"}}) {{ scenes {{ id }} }} }}"))[
                    "findScenes"
                ]!["scenes"]!
                    .AsArray()
                    .Select(scene => int.Parse(scene!["id"]!.GetValue<string>())),
            ];
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_scene_shows_its_files_and_addresses_that_echo_the_host(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        var file = new StashFile(0, "/media/walk.mp4", DateTimeOffset.UnixEpoch)
        {
            Size = 12,
            Duration = 3.5,
            Width = 64,
            Height = 36,
            FrameRate = 25,
            Fingerprints = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("oshash", "abc"),
        };
        stash.Library.AddScene(null, file);
        var scene = (
            await stash.DataAsync(
                "{ findScene(id: 1) { title files { path size duration video_codec width height frame_rate fingerprints { type value } } paths { stream sprite vtt } } }"
            )
        )["findScene"]!;
        Assert.Equal(
            """{"path":"/media/walk.mp4","size":12,"duration":3.5,"video_codec":"h264","width":64,"height":36,"frame_rate":25,"fingerprints":[{"type":"oshash","value":"abc"}]}""",
            scene["files"]![0]!.ToJsonString()
        );
        Assert.Equal($"{stash.Stash.Address}/scene/1/stream", scene["paths"]!["stream"]!.GetValue<string>());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_scene_that_is_deleted_takes_its_markers_along(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        var scene = stash.AddScene();
        stash.Library.AddMarker(scene, stash.Library.AddTag("Kissing").Id, 1);
        await stash.DataAsync($"mutation {{ sceneDestroy(input: {{id: {scene}}}) }}");
        Assert.Empty(stash.Library.Markers);
        Assert.Equal($"scene with id {scene} not found", await stash.RefusalAsync($"mutation {{ sceneDestroy(input: {{id: {scene}}}) }}"));
    }

    private static object Change(string mode, int[] scenes, params int[] tags) =>
        new { i = new { ids = scenes.Select(id => id.ToString()), tag_ids = new { ids = tags.Select(id => id.ToString()), mode } } };
}
