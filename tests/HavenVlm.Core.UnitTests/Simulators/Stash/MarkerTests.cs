using System.Text.Json.Nodes;
using HavenVlm.Simulation.Stash;
using Microsoft.Extensions.Time.Testing;

namespace HavenVlm.Core.UnitTests.Simulators.Stash;

public sealed class MarkerTests
{
    private const string Create =
        "mutation($i: SceneMarkerCreateInput!) { sceneMarkerCreate(input: $i) { id title seconds tags { name } } }";
    private const string Update = "mutation($i: SceneMarkerUpdateInput!) { sceneMarkerUpdate(input: $i) { id seconds updated_at } }";
    private const string Find =
        "query($m: SceneMarkerFilterType) { findSceneMarkers(filter: {per_page: -1}, scene_marker_filter: $m) { count } }";

    public static TheoryData<StashVersion> Both => [StashVersion.Old2023, StashVersion.New2026];

    [Theory, MemberData(nameof(Both))]
    public async Task A_marker_is_created_without_touching_its_scene_and_its_primary_tag_is_not_repeated(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        var scene = stash.AddScene();
        var (primary, vlm) = (stash.Library.AddTag("Kissing").Id, stash.Library.AddTag("VLM").Id);
        var before = stash.Library.Scenes[scene];
        var reply = await stash.DataAsync(Create, new { i = Marker(scene, primary, 1.5, [vlm, primary]) });
        Assert.Equal("""{"sceneMarkerCreate":{"id":"1","title":"m","seconds":1.5,"tags":[{"name":"VLM"}]}}""", reply.ToJsonString());
        Assert.Same(before, stash.Library.Scenes[scene]);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Markers_past_the_end_and_before_the_start_are_accepted(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        var (scene, tag) = (stash.AddScene(), stash.Library.AddTag("Kissing").Id);
        await stash.DataAsync(Create, new { i = Marker(scene, tag, -5) });
        await stash.DataAsync(Create, new { i = Marker(scene, tag, 1e6) });
        Assert.Equal(2, stash.Library.Markers.Count);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_marker_of_a_missing_tag_or_scene_breaks_a_foreign_key(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        var (scene, tag) = (stash.AddScene(), stash.Library.AddTag("Kissing").Id);
        Assert.EndsWith(
            "FOREIGN KEY constraint failed",
            await stash.RefusalAsync(Create, new { i = Marker(scene, 99, 1) }),
            StringComparison.Ordinal
        );
        Assert.EndsWith(
            "FOREIGN KEY constraint failed",
            await stash.RefusalAsync(Create, new { i = Marker(99, tag, 1) }),
            StringComparison.Ordinal
        );
        Assert.EndsWith(
            "FOREIGN KEY constraint failed",
            await stash.RefusalAsync(Create, new { i = Marker(scene, tag, 1, [99]) }),
            StringComparison.Ordinal
        );
        Assert.Empty(stash.Library.Markers);
    }

    [Fact]
    public async Task An_end_lies_at_or_after_the_start_null_clears_it_and_absence_keeps_it()
    {
        await using var stash = await StashClientFixture.StartAsync(StashVersion.New2026);
        var (scene, tag) = (stash.AddScene(), stash.Library.AddTag("Kissing").Id);
        var marker = stash.Library.AddMarker(scene, tag, 10, 20).Id;
        Assert.Equal(
            "end_seconds (5.000000) must be greater than or equal to seconds (10.000000)",
            await stash.RefusalAsync(Update, Change(("end_seconds", 5)))
        );
        Assert.Equal(
            "end_seconds (20.000000) must be greater than or equal to seconds (21.000000)",
            await stash.RefusalAsync(Update, Change(("seconds", 21)))
        );
        await stash.DataAsync(Update, Change(("seconds", 20)));
        Assert.Equal(20, stash.Library.Markers[marker].EndSeconds);
        await stash.DataAsync(Update, Change(("end_seconds", null)));
        Assert.Null(stash.Library.Markers[marker].EndSeconds);

        object Change((string Name, int? Value) field) =>
            new { i = new JsonObject { ["id"] = marker.ToString(), [field.Name] = field.Value } };
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Times_have_whole_seconds_and_every_update_renews_them_but_merging_and_renaming_tags_do_not(StashVersion version)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));
        await using var stash = await StashClientFixture.StartAsync(version, new SimulatedStashOptions { Time = time });
        var (scene, tag, other) = (stash.AddScene(), stash.Library.AddTag("Kissing").Id, stash.Library.AddTag("Waving").Id);
        var marker = stash.Library.AddMarker(scene, tag, 1).Id;
        time.Advance(TimeSpan.FromSeconds(10));
        stash.Library.RenameTag(tag, "Kiss");
        stash.Library.MergeTags(other, tag);
        Assert.Equal("2026-01-02T03:04:05Z", await TimeAsync());
        await stash.DataAsync(Update, new { i = new { id = marker.ToString() } });
        Assert.Equal("2026-01-02T03:04:15Z", await TimeAsync());

        async Task<string> TimeAsync() =>
            (await stash.DataAsync("{ findSceneMarkers { scene_markers { updated_at } } }"))["findSceneMarkers"]!["scene_markers"]![0]![
                "updated_at"
            ]!.GetValue<string>();
    }

    [Theory, MemberData(nameof(Both))]
    public async Task The_tags_filter_sees_the_primary_tag_and_with_depth_also_children(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        var scene = stash.AddScene();
        var vlm = stash.Library.AddTag("VLM").Id;
        var kissing = stash.Library.AddTag("Kissing", vlm).Id;
        stash.Library.AddMarker(scene, kissing, 1);
        stash.Library.AddMarker(scene, stash.Library.AddTag("Waving").Id, 2, tagIds: [vlm]);
        Assert.Equal(1, await CountAsync(kissing, 0));
        Assert.Equal(1, await CountAsync(vlm, 0));
        Assert.Equal(2, await CountAsync(vlm, -1));

        async Task<int> CountAsync(int tag, int depth) =>
            (
                await stash.DataAsync(
                    Find,
                    new
                    {
                        m = new
                        {
                            tags = new
                            {
                                value = new[] { tag.ToString() },
                                modifier = "INCLUDES",
                                depth,
                            },
                        },
                    }
                )
            )["findSceneMarkers"]!["count"]!.GetValue<int>();
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Aliases_batch_many_calls_and_one_that_fails_does_not_stop_the_others(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        var (scene, tag) = (stash.AddScene(), stash.Library.AddTag("Kissing").Id);
        var (first, last) = (stash.Library.AddMarker(scene, tag, 1).Id, stash.Library.AddMarker(scene, tag, 2).Id);
        var (status, reply) = await stash.SendAsync(
            $"mutation {{ a: sceneMarkerDestroy(id: {first}) b: sceneMarkerDestroy(id: 99) c: sceneMarkerDestroy(id: {last}) }}"
        );
        Assert.Equal(200, (int)status);
        Assert.Equal("""{"errors":[{"message":"scene marker with id 99 not found","path":["b"]}],"data":null}""", reply.ToJsonString());
        Assert.Empty(stash.Library.Markers);
        Assert.Equal(3, stash.Stash.Requests.MutationCount);
    }

    [Fact]
    public async Task Destroying_many_is_all_or_nothing()
    {
        await using var stash = await StashClientFixture.StartAsync(StashVersion.New2026);
        var (scene, tag) = (stash.AddScene(), stash.Library.AddTag("Kissing").Id);
        var marker = stash.Library.AddMarker(scene, tag, 1).Id;
        Assert.Equal(
            "scene marker with id 99 not found",
            await stash.RefusalAsync($"mutation {{ sceneMarkersDestroy(ids: [{marker}, 99]) }}")
        );
        Assert.Single(stash.Library.Markers);
        await stash.DataAsync($"mutation {{ sceneMarkersDestroy(ids: [{marker}]) }}");
        Assert.Empty(stash.Library.Markers);
    }

    [Fact]
    public async Task A_bulk_update_that_leaves_as_many_tags_as_before_loses_their_change()
    {
        await using var stash = await StashClientFixture.StartAsync(StashVersion.New2026);
        var scene = stash.AddScene();
        var (primary, one, two) = (stash.Library.AddTag("Kissing").Id, stash.Library.AddTag("One").Id, stash.Library.AddTag("Two").Id);
        var marker = stash.Library.AddMarker(scene, primary, 1, tagIds: [one]).Id;
        await SetAsync("SET", two);
        Assert.Equal([one], stash.Library.Markers[marker].TagIds);
        await SetAsync("ADD", two);
        Assert.Equal([one, two], stash.Library.Markers[marker].TagIds);
        await SetAsync("REMOVE", one);
        Assert.Equal([two], stash.Library.Markers[marker].TagIds);

        Task SetAsync(string mode, int tag) =>
            stash.DataAsync(
                "mutation($i: BulkSceneMarkerUpdateInput!) { bulkSceneMarkerUpdate(input: $i) { id } }",
                new { i = new { ids = new[] { marker.ToString() }, tag_ids = new { ids = new[] { tag.ToString() }, mode } } }
            );
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_list_has_25_rows_unless_more_are_asked_for_and_counts_all(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        var (scene, tag) = (stash.AddScene(), stash.Library.AddTag("Kissing").Id);
        for (var second = 0; second < 30; second++)
        {
            stash.Library.AddMarker(scene, tag, second);
        }

        Assert.Equal((30, 25), await CountsAsync(""));
        Assert.Equal((30, 5), await CountsAsync("(filter: {page: 2})"));
        Assert.Equal((30, 30), await CountsAsync("(filter: {per_page: -1})"));

        async Task<(int, int)> CountsAsync(string arguments)
        {
            var found = (await stash.DataAsync($"{{ findSceneMarkers{arguments} {{ count scene_markers {{ id }} }} }}"))[
                "findSceneMarkers"
            ]!;
            return (found["count"]!.GetValue<int>(), found["scene_markers"]!.AsArray().Count);
        }
    }

    private static object Marker(int scene, int tag, double seconds, int[]? tags = null) =>
        new
        {
            scene_id = scene.ToString(),
            title = "m",
            seconds,
            primary_tag_id = tag.ToString(),
            tag_ids = (tags ?? []).Select(id => id.ToString()),
        };
}
