using System.Globalization;
using System.Net;
using System.Text.Json;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Stash.State;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Local.Tests.EndToEnd;

/// <summary>Finding marker settings with the real program, from a scene whose markers a user corrected.</summary>
public sealed class TuningTests(VideosFixture videos)
{
    private const string Settings = """
        markers:
          maxGap: 40s # far too much
          minMarkerDuration: 1s
        video: { frameInterval: 2s }   # looks
        """;

    [Fact]
    public async Task What_is_found_and_written_gives_the_F1_that_was_printed_without_another_request()
    {
        await using var world = await World.CreateAsync(videos);
        await world.ConfigureAsync(Settings);
        var scene = await world.AddSceneAsync("short-events", tagMe: true);
        Assert.Equal(0, (await world.RunAsync("tag")).Code);
        var truth = Correct(world, scene.Id);
        world.Stash.Library.TagScene(scene.Id, world.Stash.Library.EnsureTag("VLM_TuneMe").Id);
        var asked = world.Vlm.Log.Requests;
        var before = world.Stash.Library.Snapshot();
        var file = Path.Combine(world.Folder, "haven.yaml");
        var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);

        var (code, output) = await world.RunAsync("tune", "--write", "--json", "--report", "tune.html");

        Assert.True(code == 0, output);
        var result = JsonDocument.Parse(output).RootElement;
        var printed = result.GetProperty("after").GetProperty("f1").GetDouble();
        Assert.InRange(result.GetProperty("before").GetProperty("f1").GetDouble(), 0, printed - 0.05);
        Assert.InRange(printed, 0.9, 0.9999);
        Assert.Equal(before, world.Stash.Library.Snapshot());
        var written = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        var changed = lines.Where(line => !written.Contains(line, StringComparer.Ordinal)).ToList();
        Assert.Equal(result.GetProperty("changes").GetArrayLength(), changed.Count);
        Assert.Contains("  maxGap: 40s # far too much", written);
        var report = await File.ReadAllTextAsync(Path.Combine(world.Folder, "tune.html"), TestContext.Current.CancellationToken);
        Assert.Contains("<svg", report, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", report, StringComparison.Ordinal);

        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        var started = await world.PostAsync($"{address}/api/scenes/update", new { sceneIds = new[] { World.Id(scene) } });
        _ = await world.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);
        var timeline = await world.GetAsync($"{address}/api/scenes/{scene.Id}/timeline");

        Assert.Equal(printed, F1(truth, [.. timeline.GetProperty("markers").EnumerateArray().Select(Span)]), 0.0015);
        Assert.Equal(asked, world.Vlm.Log.Requests);
    }

    [Fact]
    public async Task Analyzes_a_hand_marked_scene_first_and_returns_the_whole_result()
    {
        await using var world = await World.CreateAsync(videos);
        await world.ConfigureAsync(Settings);
        var scene = await world.AddSceneAsync("short-events");
        var kissing = world.Stash.Library.AddTag("Kissing");
        var waving = world.Stash.Library.AddTag("Waving");
        world.Stash.Library.AddMarker(scene.Id, kissing.Id, 7, endSeconds: 10.8);
        world.Stash.Library.AddMarker(scene.Id, kissing.Id, 31, endSeconds: 34.9);
        world.Stash.Library.AddMarker(scene.Id, waving.Id, 15);
        var before = world.Stash.Library.Snapshot();
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        var family = world.Stash.Library.Snapshot();

        var started = await world.PostAsync($"{address}/api/marker-settings", new { sceneId = World.Id(scene) });
        var status = await world.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);

        Assert.True("Completed" == status.GetProperty("runtimeStatus").GetString(), status.ToString());
        Assert.NotEqual(0, world.Vlm.Log.Requests);
        Assert.Equal(family, world.Stash.Library.Snapshot());
        Assert.NotEqual(before, family);
        var result = await world.GetAsync($"{address}/api/marker-settings/{started.GetProperty("id").GetString()}");
        var tag = Assert.Single(result.GetProperty("tags").EnumerateArray(), tag => tag.GetProperty("tag").GetString() == "Kissing");
        Assert.Equal(2, tag.GetProperty("after").GetProperty("markers").GetInt32());
        Assert.Equal(1, tag.GetProperty("before").GetProperty("markers").GetInt32());
        Assert.Contains(
            result.GetProperty("notes").EnumerateArray(),
            note => note.GetString()!.StartsWith("Waving was left out: it has markers without an end (at 15 s)", StringComparison.Ordinal)
        );
        Assert.Contains("maxGap", status.GetProperty("output").GetProperty("yaml").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(result.GetProperty("calibration").EnumerateArray());
    }

    [Fact(Explicit = true)]
    public async Task Reports_what_prevents_it()
    {
        await using var world = await World.CreateAsync(videos);
        var first = await world.AddSceneAsync("short-events");
        var second = await world.AddSceneAsync("park");

        var (none, noneOutput) = await world.RunAsync("tune");
        world.Stash.Library.TagScene(first.Id, world.Stash.Library.EnsureTag("VLM_TuneMe").Id);
        world.Stash.Library.TagScene(second.Id, world.Stash.Library.EnsureTag("VLM_TuneMe").Id);
        var (several, severalOutput) = await world.RunAsync("tune");
        var (bare, bareOutput) = await world.RunAsync("tune", "--scene", World.Id(first));

        Assert.Equal(1, none);
        Assert.Contains("No scene carries VLM_TuneMe or VLM_TagMe", noneOutput, StringComparison.Ordinal);
        Assert.Equal(1, several);
        Assert.Contains($"Several scenes carry VLM_TuneMe: {first.Id}, {second.Id}", severalOutput, StringComparison.Ordinal);
        Assert.Equal(1, bare);
        Assert.Contains("has no marker with an end for any configured tag", bareOutput, StringComparison.Ordinal);
    }

    [Fact(Explicit = true)]
    public async Task Recognizes_a_Stash_without_marker_ends()
    {
        await using var world = await World.CreateAsync(videos, StashVersion.Old2023);
        var scene = await world.AddSceneAsync("short-events");

        var (code, output) = await world.RunAsync("tune", "--scene", World.Id(scene));

        Assert.Equal(1, code);
        Assert.Contains("keeps no ends of markers", output, StringComparison.Ordinal);
        Assert.Equal(0, world.Vlm.Log.Requests);
    }

    [Fact]
    public async Task Ending_the_tuning_ends_its_analysis()
    {
        await using var world = await World.CreateAsync(videos, behavior: new VlmBehavior { Latency = TimeSpan.FromSeconds(1) });
        var scene = await world.AddSceneAsync("park");
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();

        var started = await world.PostAsync($"{address}/api/marker-settings", new { sceneId = World.Id(scene) });
        await World.UntilAsync(() => world.Vlm.Log.Requests > 0, "a request to the model");
        _ = await world.PostAsync(started.GetProperty("terminatePostUri").GetString()!, new { });

        var ended = await world.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);
        Assert.Equal("Terminated", ended.GetProperty("runtimeStatus").GetString());
        var analysis = await world.EndedAsync($"{address}/api/instances/scene-{scene.Id}");
        Assert.Equal("Terminated", analysis.GetProperty("runtimeStatus").GetString());
        Assert.Empty(world.Stash.Library.MarkersOf(scene.Id));
    }

    /// <summary>The user divides what was joined, a little beside the true times; what was left as it is counts too. Returns the truth by tag.</summary>
    private static List<(string Tag, double Start, double End)> Correct(World world, int sceneId)
    {
        var library = world.Stash.Library;
        var kissing = library.FindTag("Kissing")!;
        var joined = Assert.Single(library.MarkersOf(sceneId), marker => marker.PrimaryTagId == kissing.Id);
        library.MoveMarker(joined.Id, joined.Seconds, 11.1);
        library.AddMarker(sceneId, kissing.Id, 31.2, endSeconds: joined.EndSeconds);
        return
        [
            .. library
                .MarkersOf(sceneId)
                .Select(marker => (library.Tags[marker.PrimaryTagId].Name, marker.Seconds, marker.EndSeconds!.Value)),
        ];
    }

    private static (string Tag, double Start, double End) Span(JsonElement marker) =>
        (marker.GetProperty("tag").GetString()!, marker.GetProperty("start").GetDouble(), marker.GetProperty("end").GetDouble());

    /// <summary>Worked out by hundredths of a second, unlike the program does it.</summary>
    private static double F1(List<(string Tag, double Start, double End)> truth, List<(string Tag, double Start, double End)> computed)
    {
        var left = truth.SelectMany(Moments).ToHashSet();
        var right = computed.SelectMany(Moments).ToHashSet();
        return 2.0 * left.Intersect(right).Count() / (left.Count + right.Count);

        static IEnumerable<string> Moments((string Tag, double Start, double End) span) =>
            Enumerable
                .Range((int)Math.Round(span.Start * 100), (int)Math.Round((span.End - span.Start) * 100))
                .Select(moment => string.Create(CultureInfo.InvariantCulture, $"{span.Tag} {moment}"));
    }
}
