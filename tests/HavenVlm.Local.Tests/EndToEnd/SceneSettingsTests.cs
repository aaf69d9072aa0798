using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HavenVlm.Simulation.Stash;

namespace HavenVlm.Local.Tests.EndToEnd;

/// <summary>Marker settings of one scene alone, and rebuilding from the log.</summary>
public sealed class SceneSettingsTests(VideosFixture videos)
{
    [Theory]
    [InlineData(StashVersion.Old2023, Explicit = true)]
    [InlineData(StashVersion.New2026)]
    public async Task Settings_of_a_scene_change_its_timeline_at_once_and_its_markers_with_UpdateMe_without_a_request(StashVersion version)
    {
        await using var world = await World.CreateAsync(videos, version);
        var scene = await world.AddSceneAsync("short-events", tagMe: true);
        var other = await world.AddSceneAsync("short-events", tagMe: true, fingerprint: "00000000000000ff");
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        await EndedAsync(world, await world.PostAsync($"{address}/api/scenes/tag", new { }));
        var settings = $"{address}/api/scenes/{scene.Id}/settings";
        var before = world.Stash.Library.MarkersOf(scene.Id).Count;
        var asked = world.Vlm.Log.Requests;

        var kept = await PutAsync(world, settings, new { maxGap = "60s", tags = new { Kissing = new { requiredDuration = "1h" } } });
        var timeline = await world.GetAsync($"{address}/api/scenes/{scene.Id}/timeline");
        var joined = timeline.GetProperty("markers").GetArrayLength();
        world.Stash.Library.TagScene(scene.Id, world.Stash.Library.FindTag("VLM_UpdateMe")!.Id);
        world.Stash.Library.TagScene(other.Id, world.Stash.Library.FindTag("VLM_UpdateMe")!.Id);
        await EndedAsync(world, await world.PostAsync($"{address}/api/scenes/update", new { }));

        Assert.Equal("60s", kept.GetProperty("maxGap").GetString()!.Replace("1m", "60s", StringComparison.Ordinal));
        Assert.Equal(kept.GetRawText(), (await world.GetAsync(settings)).GetRawText());
        Assert.True(joined < before, $"{joined} of {before} markers");
        Assert.Equal(joined, world.Stash.Library.MarkersOf(scene.Id).Count);
        Assert.DoesNotContain("Kissing", world.Stash.Library.TagNamesOf(scene.Id));
        Assert.Equal(before, world.Stash.Library.MarkersOf(other.Id).Count);
        Assert.Equal(asked, world.Vlm.Log.Requests);
        Assert.DoesNotContain("VLM_UpdateMe", world.Stash.Library.TagNamesOf(scene.Id));
        var effective = timeline.GetProperty("settings").EnumerateArray().First(t => t.GetProperty("tag").GetString() == "Kissing");
        Assert.Equal(60, effective.GetProperty("maxGap").GetDouble());
        Assert.Equal(3600, effective.GetProperty("requiredDuration").GetDouble());
        Assert.Equal(0.3, effective.GetProperty("threshold").GetDouble());
        Assert.Equal(2, timeline.GetProperty("frameInterval").GetDouble());

        await PutAsync(world, settings, new { });
        await EndedAsync(world, await world.PostAsync($"{address}/api/scenes/update", new { sceneIds = new[] { World.Id(scene) } }));

        Assert.Equal(before, world.Stash.Library.MarkersOf(scene.Id).Count);
        Assert.Equal(asked, world.Vlm.Log.Requests);
    }

    [Fact(Explicit = true)]
    public async Task Another_maxGap_in_the_configuration_and_UpdateMe_change_markers_without_a_request()
    {
        await using var world = await World.CreateAsync(videos);
        var scene = await world.AddSceneAsync("short-events", tagMe: true);
        Assert.Equal(0, (await world.RunAsync("tag")).Code);
        var before = world.Stash.Library.MarkersOf(scene.Id).Count;
        var asked = world.Vlm.Log.Requests;

        await world.ConfigureAsync("markers: { maxGap: 60s }");
        world.Stash.Library.TagScene(scene.Id, world.Stash.Library.FindTag("VLM_UpdateMe")!.Id);
        var (code, output) = await world.RunAsync("sweep");

        Assert.True(code == 0, output);
        Assert.InRange(world.Stash.Library.MarkersOf(scene.Id).Count, 1, before - 1);
        Assert.Equal(asked, world.Vlm.Log.Requests);
        Assert.DoesNotContain("VLM_UpdateMe", world.Stash.Library.TagNamesOf(scene.Id));
    }

    [Fact]
    public async Task Refuses_unusable_settings_with_the_reason_and_changes_nothing()
    {
        await using var world = await World.CreateAsync(videos);
        var scene = await world.AddSceneAsync("short-events");
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        var settings = $"{address}/api/scenes/{scene.Id}/settings";
        await PutAsync(world, settings, new { threshold = 0.5 });

        var problem = await PutAsync(world, settings, new { tags = new { Kising = new { maxGap = 3 } } }, HttpStatusCode.BadRequest);
        var missing = await PutAsync(world, $"{address}/api/scenes/4711/settings", new { threshold = 0.5 }, HttpStatusCode.NotFound);

        Assert.Contains("did you mean Kissing?", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("4711", missing.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(0.5, (await world.GetAsync(settings)).GetProperty("threshold").GetDouble());
    }

    private static Task<JsonElement> EndedAsync(World world, JsonElement started) =>
        world.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);

    private static async Task<JsonElement> PutAsync(World world, string address, object body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await world.Http.PutAsJsonAsync(address, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode} {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
