using System.Text.Json;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Stash.State;

namespace HavenVlm.Local.Tests.EndToEnd;

/// <summary>Collecting what a person marked as wrong: nothing goes in Stash before it is safely on disk.</summary>
public sealed class CollectTests(VideosFixture videos)
{
    [Theory]
    [InlineData(StashVersion.Old2023, Explicit = true)]
    [InlineData(StashVersion.New2026)]
    public async Task Marked_markers_are_exported_ours_deleted_for_good_and_the_users_kept(StashVersion version)
    {
        await using var world = await World.CreateAsync(videos, version);
        var scene = await world.AddSceneAsync("short-events");
        Assert.Equal(0, (await world.RunAsync("tag", "--scene", World.Id(scene))).Code);
        var library = world.Stash.Library;
        var all = library.MarkersOf(scene.Id);
        var (ours, edited) = (all[0], all[1]);
        library.MoveMarker(edited.Id, edited.Seconds + 0.5, edited.EndSeconds + 0.5);
        var hostile = library.AddTag("../up: \"x\"?");
        var mine = library.AddMarker(scene.Id, hostile.Id, 3, title: "mine");
        foreach (var id in (int[])[ours.Id, edited.Id, mine.Id])
        {
            Mark(world, id);
        }

        var (code, output) = await world.RunAsync("collect");

        Assert.True(code == 0, output);
        var folder = Assert.Single(Directory.GetDirectories(Path.Combine(world.Folder, "output_data")));
        var manifest = Lines(folder, "manifest.jsonl");
        Assert.Equal(
            ((int[])[ours.Id, edited.Id, mine.Id]).Select(id => $"{id}").Order(),
            manifest.Select(entry => Marker(entry).GetProperty("id").GetString()).Order()
        );
        foreach (var entry in manifest)
        {
            Assert.Equal("incorrect", entry.GetProperty("verdict").GetString());
            Assert.Equal(3, entry.GetProperty("pictures").GetArrayLength());
            foreach (var picture in entry.GetProperty("pictures").EnumerateArray())
            {
                var path = Path.GetFullPath(Path.Combine(folder, picture.GetProperty("file").GetString()!));
                Assert.StartsWith(folder, path, StringComparison.Ordinal);
                Assert.Equal([0xFF, 0xD8], (await File.ReadAllBytesAsync(path))[..2]);
            }
        }

        var own = manifest.Single(entry => Marker(entry).GetProperty("id").GetString() == $"{ours.Id}");
        Assert.True(Marker(own).GetProperty("ours").GetBoolean());
        Assert.Equal("simulated-vlm", own.GetProperty("model").GetString());
        Assert.True(own.GetProperty("confidence").GetDouble() > 0.3);
        Assert.NotEmpty(own.GetProperty("answers").EnumerateArray());
        var tag = library.Tags[ours.PrimaryTagId].Name;
        var examples = Lines(folder, "finetune.jsonl")
            .Where(line => line.GetProperty("image").GetString()!.Contains($"-{ours.Id}-", StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(examples);
        Assert.All(
            examples,
            example =>
            {
                Assert.Contains(tag, Texts(example, "wrong"));
                Assert.DoesNotContain(tag, Texts(example, "corrected"));
                Assert.Contains(tag, Texts(example, "tags"));
                Assert.Contains(tag, example.GetProperty("prompt").GetString(), StringComparison.Ordinal);
            }
        );

        Assert.False(library.Markers.ContainsKey(ours.Id));
        Assert.True(library.Markers.ContainsKey(edited.Id) && library.Markers.ContainsKey(mine.Id));
        Assert.Empty(Marked(world));
        var before = library.Snapshot();
        var (again, nothing) = await world.RunAsync("collect");
        Assert.True(again == 0, nothing);
        Assert.Contains("Nothing is marked", nothing, StringComparison.Ordinal);
        Assert.Equal(0, (await world.RunAsync("tag", "--scene", World.Id(scene), "--force")).Code);
        Assert.Equal(before, library.Snapshot());
        Assert.Empty(world.Stash.Requests.NotSimulated);
    }

    [Fact(Explicit = true)]
    public async Task Ours_are_kept_without_the_mark_where_nothing_is_to_be_deleted_and_all_exports_right_ones_too()
    {
        await using var world = await World.CreateAsync(videos);
        await world.ConfigureAsync("export: { deleteIncorrectMarkers: false }");
        var scene = await world.AddSceneAsync("short-events");
        Assert.Equal(0, (await world.RunAsync("tag", "--scene", World.Id(scene))).Code);
        var markers = world.Stash.Library.MarkersOf(scene.Id);
        var before = world.Stash.Library.Snapshot();
        Mark(world, markers[0].Id);

        var (code, output) = await world.RunAsync("collect", "--all");

        Assert.True(code == 0, output);
        Assert.Equal(before, world.Stash.Library.Snapshot());
        var folder = Assert.Single(Directory.GetDirectories(Path.Combine(world.Folder, "output_data")));
        var verdicts = Lines(folder, "manifest.jsonl").Select(entry => entry.GetProperty("verdict").GetString()).ToList();
        Assert.Equal(markers.Count, verdicts.Count);
        Assert.Single(verdicts, "incorrect");
        Assert.Contains(Lines(folder, "finetune.jsonl"), example => !example.TryGetProperty("wrong", out _));
    }

    [Theory]
    [InlineData(StashVersion.Old2023, Explicit = true)]
    [InlineData(StashVersion.New2026)]
    public async Task Killed_at_any_point_it_goes_on_and_everything_that_is_gone_from_Stash_is_on_disk(StashVersion version)
    {
        await using var world = await World.CreateAsync(videos, version);
        List<StashScene> scenes = [];
        for (var i = 0; i < 2; i++)
        {
            scenes.Add(await world.AddSceneAsync("short-events", fingerprint: $"{i:x16}"));
        }

        Assert.Equal(0, (await world.RunAsync(["tag", .. scenes.SelectMany(scene => new[] { "--scene", World.Id(scene) })])).Code);
        var marked = scenes.SelectMany(scene => world.Stash.Library.MarkersOf(scene.Id).Take(2)).Select(marker => marker.Id).ToList();
        marked.ForEach(id => Mark(world, id));
        HavenProcess? haven = null;
        try
        {
            haven = world.Serve();
            var address = await haven.ListeningAsync();
            var started = await world.PostAsync($"{address}/api/incorrect/collect", new { });
            var id = started.GetProperty("id").GetString();
            var output = Path.Combine(world.Folder, "output_data");
            await World.UntilAsync(() => Pictures(output) >= 2, "2 pictures");
            await haven.KillAsync();
            Assert.Equal(marked.Count, Marked(world).Count);
            await haven.DisposeAsync();
            foreach (var moment in (MutationMoment[])[MutationMoment.Before, MutationMoment.After])
            {
                var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                world.Stash.AtMutation(
                    1,
                    moment,
                    async _ =>
                    {
                        await haven!.KillAsync();
                        killed.TrySetResult();
                    }
                );
                haven = world.Serve();
                await World.UntilAsync(() => killed.Task.IsCompleted, $"a deletion, {moment}", () => haven.Output);
                await haven.DisposeAsync();
                var exported = Lines(Assert.Single(Directory.GetDirectories(output)), "manifest.jsonl")
                    .Select(entry => Marker(entry).GetProperty("id").GetString());
                Assert.Superset(
                    marked.Where(marker => !world.Stash.Library.Markers.ContainsKey(marker)).Select(marker => $"{marker}").ToHashSet(),
                    exported.ToHashSet()!
                );
            }

            haven = world.Serve();
            address = await haven.ListeningAsync();
            var status = await world.EndedAsync($"{address}/api/instances/{id}");
            Assert.Equal("Completed", status.GetProperty("runtimeStatus").GetString());
        }
        finally
        {
            await (haven?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        Assert.Empty(Marked(world));
        Assert.DoesNotContain(marked, world.Stash.Library.Markers.ContainsKey);
        var folder = Assert.Single(Directory.GetDirectories(Path.Combine(world.Folder, "output_data")));
        Assert.Equal(marked.Count, Lines(folder, "manifest.jsonl").Count);
        Assert.Empty(Directory.GetFiles(folder, "*.part", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task What_has_no_pictures_stays_marked_with_a_reason_and_is_exported_when_its_media_is_back()
    {
        await using var world = await World.CreateAsync(videos);
        var scene = await world.AddSceneAsync("short-events");
        Assert.Equal(0, (await world.RunAsync("tag", "--scene", World.Id(scene))).Code);
        var file = world.Stash.Library.Scenes[scene.Id].Files[0];
        var marker = world.Stash.Library.MarkersOf(scene.Id)[0];
        Mark(world, marker.Id);
        world.Stash.Library.RescanScene(scene.Id, now => now with { Files = [file with { Path = "/nowhere/gone.mp4" }] });

        var (code, output) = await world.RunAsync("collect");

        Assert.Equal(1, code);
        Assert.Contains($"Still marked: scene {scene.Id}, marker {marker.Id}", output, StringComparison.Ordinal);
        Assert.Equal([marker.Id], Marked(world));
        world.Stash.Library.RescanScene(scene.Id, now => now with { Files = [file] });
        (code, output) = await world.RunAsync("collect");
        Assert.True(code == 0, output);
        Assert.False(world.Stash.Library.Markers.ContainsKey(marker.Id));
    }

    private static int Pictures(string folder) =>
        Directory.Exists(folder) ? Directory.GetFiles(folder, "*.jpg", SearchOption.AllDirectories).Length : 0;

    private static void Mark(World world, int marker)
    {
        var library = world.Stash.Library;
        library.SetMarkerTags(marker, [.. library.Markers[marker].TagIds, library.FindTag("VLM_Incorrect")!.Id]);
    }

    private static List<int> Marked(World world)
    {
        var tag = world.Stash.Library.FindTag("VLM_Incorrect")!.Id;
        return [.. world.Stash.Library.Markers.Values.Where(marker => marker.TagIds.Contains(tag)).Select(marker => marker.Id)];
    }

    private static JsonElement Marker(JsonElement entry) => entry.GetProperty("marker");

    private static List<string> Texts(JsonElement line, string name) =>
        [.. line.GetProperty(name).EnumerateArray().Select(text => text.GetString()!)];

    private static List<JsonElement> Lines(string folder, string file) =>
        [.. File.ReadAllLines(Path.Combine(folder, file)).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
}
