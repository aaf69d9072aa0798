using System.Net;
using System.Text.Json;
using HavenVlm.Local.Tests.EndToEnd;
using HavenVlm.Simulation.Vlm;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Local.Tests.Reliability;

/// <summary>
/// A disk that flips, cuts, empties or garbles files of the data folder: each is named and set aside, work goes on, and the model is asked
/// no more than the plan of a scene.
/// </summary>
public sealed class DamagedDataTests(VideosFixture videos)
{
    private const int Plan = 15;

    private static readonly VlmBehavior Slow = new()
    {
        Latency = TimeSpan.FromMilliseconds(300),
        Slots = 4,
        WhenFull = WhenFull.Queue,
    };

    public static TheoryData<string> Damages { get; } = ReleaseTier.Runs ? ["flip", "cut", "empty", "garble"] : ["flip"];

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_sealed_log_costs_at_most_its_own_answers_once(string damage)
    {
        await using var world = await CreateAsync();
        var scene = await world.AddSceneAsync("phone");
        await TagAndStopAsync(world, scene.Id);
        Assert.Equal(Plan, world.Vlm.Log.Requests);
        var log = Assert.Single(Files(world, "*.jsonl~1.gz"));
        await FileDamage.DoAsync(log, damage);

        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        var status = await UpdateAsync(world, address, scene.Id);
        Assert.InRange(world.Vlm.Log.Requests, Plan, 2 * Plan);
        var afterDamage = world.Vlm.Log.Requests;
        _ = await UpdateAsync(world, address, scene.Id);

        Assert.Equal(afterDamage, world.Vlm.Log.Requests);
        world.AssertMarkersAreTrue(scene.Id, "phone");
        Assert.True(File.Exists(log + ".damaged"));
        Assert.Contains(".damaged", status.GetProperty("customStatus").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, Occurrences(haven.Output, Path.GetFileName(log) + ".damaged"));
        Assert.Equal(afterDamage - Plan, status.GetProperty("output").GetProperty("requests").GetDouble());
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Damaged_documents_are_named_and_set_aside_and_the_server_serves(string damage)
    {
        await using var world = await CreateAsync();
        var scene = await world.AddSceneAsync("phone");
        await TagAndStopAsync(world, scene.Id, pauseAndResume: true);
        var before = world.Stash.Library.MarkersOf(scene.Id).Count;
        var documents = Files(world, "*.json").Concat(Files(world, "*.json", "data")).Distinct().ToList();
        foreach (var document in documents)
        {
            await FileDamage.DoAsync(document, damage);
        }

        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        _ = await world.GetAsync($"{address}/api/status");
        var status = await UpdateAsync(world, address, scene.Id);
        using var timeline = await world.Http.GetAsync($"{address}/api/scenes/{scene.Id}/timeline");

        Assert.True(timeline.IsSuccessStatusCode);
        Assert.Equal(Plan, world.Vlm.Log.Requests);
        Assert.Equal(before, world.Stash.Library.MarkersOf(scene.Id).Count);
        foreach (
            var name in (string[])
                ["endpoints/paused.json", $"publications/scene-{scene.Id}.json", $"scenes/{scene.Id}/latest.json", "stash/tags.json"]
        )
        {
            Assert.True(File.Exists(Path.Combine(world.Folder, "data", "artifacts", name + ".damaged")), name);
            Assert.Contains(name + " is damaged", haven.Output, StringComparison.Ordinal);
        }

        Assert.Contains("counts as yours", status.GetProperty("customStatus").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("JsonException", haven.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("invalid start of a value", haven.Output, StringComparison.Ordinal);
        var damaged = (await world.GetAsync($"{address}/api/status")).GetProperty("damaged");
        Assert.InRange(damaged.GetArrayLength(), 4, documents.Count);
    }

    [Theory]
    [InlineData("plan-*.json", "Completed")]
    [InlineData("snapshot.json", "Failed")]
    public async Task A_scene_whose_plan_or_snapshot_is_damaged_goes_on_or_says_so(string pattern, string ends)
    {
        await using var world = await CreateAsync(Slow);
        var scene = await world.AddSceneAsync("phone");
        await using (var first = world.Serve())
        {
            await world.PostAsync($"{await first.ListeningAsync()}/api/scenes/tag", new { sceneIds = new[] { World.Id(scene) } });
            await World.UntilAsync(() => world.Vlm.Log.Answered >= 4, "4 answers");
            await first.KillAsync();
        }

        var answered = world.Vlm.Log.Answered;
        foreach (var file in Files(world, pattern))
        {
            await FileDamage.DoAsync(file, "garble");
        }

        await using var haven = world.Serve();
        var status = await EndedAsync(world, $"{await haven.ListeningAsync()}/api/instances/scene-{scene.Id}");

        Assert.Equal(ends, status.GetProperty("runtimeStatus").GetString());
        // Beyond the plan only what was in flight at the kill: in each slot a request, and before it an answer that was just being written.
        Assert.InRange(world.Vlm.Log.Requests, answered, Plan + (2 * Slow.Slots!.Value));
        Assert.Contains(".damaged", haven.Output, StringComparison.Ordinal);
        if (ends == "Failed")
        {
            Assert.Contains("snapshot.json is damaged", status.GetProperty("output").GetString(), StringComparison.Ordinal);
            Assert.Contains("VLM_Errored", world.Stash.Library.TagNamesOf(scene.Id));
        }
        else
        {
            world.AssertMarkersAreTrue(scene.Id, "phone");
        }
    }

    [Fact]
    public async Task Answers_that_vanish_in_the_middle_of_a_run_are_not_asked_again()
    {
        const int Many = 300;
        await using var world = await CreateAsync(Slow with { Latency = TimeSpan.FromMilliseconds(100) });
        await world.ConfigureAsync(extra: "video: { sampling: linear, frameInterval: 100ms, reuseStill: false }");
        var scene = await world.AddSceneAsync("phone");
        await using (var first = world.Serve())
        {
            await world.PostAsync($"{await first.ListeningAsync()}/api/scenes/tag", new { sceneIds = new[] { World.Id(scene) } });
            await World.UntilAsync(() => world.Vlm.Log.Answered >= 270, "more answers than are out at once");
            await first.KillAsync();
        }

        foreach (var log in Files(world, "*.jsonl"))
        {
            await FileDamage.DoAsync(log, "empty");
        }

        await using var haven = world.Serve();
        var status = await EndedAsync(world, $"{await haven.ListeningAsync()}/api/instances/scene-{scene.Id}", 2 * Many);

        Assert.Equal("Failed", status.GetProperty("runtimeStatus").GetString());
        Assert.Contains("answers of this run are missing", status.GetProperty("output").GetString(), StringComparison.Ordinal);
        Assert.InRange(world.Vlm.Log.Requests, 270, 2 * Many);
    }

    [Fact(Explicit = true)]
    public async Task Force_restarts_a_scene_that_is_running()
    {
        await using var world = await CreateAsync(Slow);
        var scene = await world.AddSceneAsync("phone");
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        var first = await world.PostAsync($"{address}/api/scenes/tag", new { sceneIds = new[] { World.Id(scene) } });
        await World.UntilAsync(() => world.Vlm.Log.Answered >= 2, "2 answers");
        var created = (await world.GetAsync($"{address}/api/instances/scene-{scene.Id}")).GetProperty("createdTime").GetString();

        var forced = await world.PostAsync($"{address}/api/scenes/tag", new { sceneIds = new[] { World.Id(scene) }, force = true });
        var ended = await EndedAsync(world, forced.GetProperty("statusQueryGetUri").GetString()!);

        Assert.Equal(1, ended.GetProperty("output").GetProperty("done").GetInt32());
        var instance = await world.GetAsync($"{address}/api/instances/scene-{scene.Id}?showInput=true");
        Assert.NotEqual(created, instance.GetProperty("createdTime").GetString());
        Assert.Equal(Plan, instance.GetProperty("output").GetProperty("requests").GetDouble());
        Assert.NotEmpty(world.Vlm.Log.AskedAgain());
        Assert.InRange(world.Vlm.Log.Requests, Plan + 2, 2 * Plan);
        world.AssertMarkersAreTrue(scene.Id, "phone");
        _ = await EndedAsync(world, first.GetProperty("statusQueryGetUri").GetString()!);
    }

    private async Task<World> CreateAsync(VlmBehavior? behavior = null)
    {
        var world = await World.CreateAsync(videos, behavior: behavior);
        await world.ConfigureAsync(extra: "video: { sampling: linear, reuseStill: false }");
        return world;
    }

    private static async Task TagAndStopAsync(World world, int sceneId, bool pauseAndResume = false)
    {
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        if (pauseAndResume)
        {
            await world.PostAsync($"{address}/api/endpoints/pc/pause", new { }, HttpStatusCode.NoContent);
            await world.PostAsync($"{address}/api/endpoints/pc/resume", new { }, HttpStatusCode.NoContent);
        }

        await TaggingTests.TagAsync(world, address, sceneId);
        await haven.SignalAsync("TERM");
        await haven.ExitAsync();
    }

    /// <summary>Rebuilds a scene; its own status.</summary>
    private static async Task<JsonElement> UpdateAsync(World world, string address, int sceneId)
    {
        world.Stash.Library.TagScene(sceneId, world.Stash.Library.FindTag("VLM_UpdateMe")!.Id);
        var started = await world.PostAsync($"{address}/api/scenes/update", new { });
        var ended = await EndedAsync(world, started.GetProperty("statusQueryGetUri").GetString()!);
        Assert.Equal("Completed", ended.GetProperty("runtimeStatus").GetString());
        Assert.Equal(1, ended.GetProperty("output").GetProperty("done").GetInt32());
        return await world.GetAsync($"{address}/api/instances/scene-{sceneId}");
    }

    /// <summary>Follows an instance to its end, or fails as soon as the model was asked far too often.</summary>
    private static async Task<JsonElement> EndedAsync(World world, string statusUri, int mostRequests = 10 * Plan)
    {
        var ended = world.EndedAsync(statusUri);
        while (!ended.IsCompleted)
        {
            Assert.InRange(world.Vlm.Log.Requests, 0, mostRequests);
            await Task.WhenAny(ended, Task.Delay(100));
        }

        return await ended;
    }

    private static string[] Files(World world, string pattern, string under = "data/artifacts") =>
        Directory.GetFiles(
            Path.Combine(world.Folder, under),
            pattern,
            under == "data" ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories
        );

    private static int Occurrences(string text, string part) => text.Split(part).Length - 1;
}
