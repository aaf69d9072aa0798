using System.Text.Json;
using HavenVlm.Local.Tests.EndToEnd;
using HavenVlm.Simulation.Stash;

namespace HavenVlm.Local.Tests.StashPlugin;

/// <summary>What can be in the way of a task, and the line about it in Stash's log.</summary>
public sealed class TroubleTests(VideosFixture videos)
{
    [Theory]
    [InlineData(StashVersion.Old2023, "wrong-key", "does not take the key that is set")]
    [InlineData(StashVersion.New2026, "wrong-key", "does not take the key that is set")]
    [InlineData(StashVersion.New2026, "", "needs a key, and none is set")]
    public async Task Says_where_to_find_the_key_when_it_is_wrong_or_missing(StashVersion version, string key, string told)
    {
        await using var world = await World.CreateAsync(videos, version);
        world.Server = "server: { listen: \"http://127.0.0.1:0\", apiKey: the-key }";
        await world.ConfigureAsync();
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        await world.InstallAsync();
        await world.SetUpAsync(address, key);

        var log = await world.RunTaskAsync("Tag Videos");

        Assert.Contains($"error: [Plugin / Haven VLM] Haven VLM at {address} {told}.", log);
        Assert.Contains(log, line => line.Contains("`haven plugin-settings` prints the key", StringComparison.Ordinal));
        Assert.Contains($"error: Plugin returned error: Haven VLM at {address} {told}.", log);
        Assert.DoesNotContain(log, line => key.Length > 0 && line.Contains(key, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(StashVersion.Old2023)]
    [InlineData(StashVersion.New2026)]
    public async Task Reports_a_stopped_service_with_what_to_check(StashVersion version)
    {
        await using var world = await World.CreateAsync(videos, version);
        await world.InstallAsync();
        await world.SetUpAsync("127.0.0.1:9/");

        var log = await world.RunTaskAsync("Tag Videos");

        Assert.Contains(
            "error: [Plugin / Haven VLM] Haven VLM cannot be reached at http://127.0.0.1:9: connection refused, nothing listens there.",
            log
        );
        Assert.Contains(log, line => line.Contains("`haven serve`", StringComparison.Ordinal));
        Assert.Contains(log, line => line.Contains("Settings > Plugins > Haven VLM", StringComparison.Ordinal));
        Assert.DoesNotContain(log, line => line.Contains("Traceback", StringComparison.Ordinal));
    }

    [Fact]
    public async Task In_a_container_the_log_says_which_addresses_lead_out_of_it()
    {
        await using var world = await World.CreateAsync(videos);
        await world.InstallAsync();
        await File.WriteAllTextAsync(
            Path.Combine(world.PluginsFolder, PluginUse.Id, "havenvlm.json"),
            """{"address":"http://127.0.0.1:9"}"""
        );

        var told = await world.OperateInContainerAsync(new { mode = "scene-status", sceneId = "1" });

        Assert.Contains("this address is Stash's own container", told, StringComparison.Ordinal);
        Assert.Contains("http://host.docker.internal:7071", told, StringComparison.Ordinal);
        Assert.Contains("http://haven:7071", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_service_at_the_address_is_recognized()
    {
        await using var world = await World.CreateAsync(videos);
        await using var other = await FakeService.StartAsync(_ => (200, "text/html", "<html>router</html>"));
        await world.InstallAsync();
        await world.SetUpAsync(other.Address, "the-key");

        var log = await world.RunTaskAsync("Tag Videos");

        Assert.Contains(log, line => line.Contains($"What answers at {other.Address} is not Haven VLM", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_service_that_is_too_old_for_a_task_is_named_with_its_version()
    {
        await using var world = await World.CreateAsync(videos);
        await using var old = await FakeService.StartHavenAsync(_ => null);
        await world.InstallAsync();
        await world.SetUpAsync(old.Address);

        var log = await world.RunTaskAsync("Tag Images");

        Assert.Contains($"error: [Plugin / Haven VLM] Haven VLM 0.0.9 at {old.Address} does not know /api/images/tag yet.", log);
        Assert.Contains(log, line => line.Contains("Update the service", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_key_does_not_follow_a_redirect()
    {
        await using var world = await World.CreateAsync(videos);
        await using var elsewhere = await FakeService.StartHavenAsync(_ => null);
        await using var service = await FakeService.StartAsync(_ => (307, "text/plain", ""));
        await world.InstallAsync();
        await world.SetUpAsync(service.Address, "the-key");

        await world.RunTaskAsync("Tag Videos");

        Assert.NotEmpty(service.Requests);
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task Hostile_text_is_one_line_of_its_own_level_and_long_lists_are_cut()
    {
        const string Hostile = "first\n\u0001p\u00020.1\n\u0001e\u0002forged\r\u2028\u001b[2Jend";
        var failures = Enumerable.Range(1, 30).Select(id => new { sceneId = $"{id}", reason = Hostile + new string('x', 100_000) });
        var ended = JsonSerializer.Serialize(
            new
            {
                name = "TagScenes",
                instanceId = "scenes-1",
                runtimeStatus = "Completed",
                output = new
                {
                    done = 0,
                    failed = 30,
                    failures,
                },
            }
        );
        await using var world = await World.CreateAsync(videos);
        await using var service = await FakeService.StartHavenAsync(call =>
            call switch
            {
                "POST /api/scenes/tag" => """{"id":"scenes-1"}""",
                "GET /api/instances/scenes-1" => ended,
                _ => null,
            }
        );
        await world.InstallAsync();
        await world.SetUpAsync(service.Address);

        var log = await world.RunTaskAsync("Tag Videos");

        Assert.Equal(20, log.Count(line => line.StartsWith("warning: [Plugin / Haven VLM] failures: scene ", StringComparison.Ordinal)));
        Assert.Contains("warning: [Plugin / Haven VLM] failures: and 10 more; the page of Haven VLM lists them.", log);
        Assert.Contains("warning: [Plugin / Haven VLM] Tag Videos is done: 0 done, 30 failed.", log);
        Assert.DoesNotContain(log, line => line.StartsWith("error", StringComparison.Ordinal) || line.Any(char.IsControl));
        Assert.Equal([0, 1], world.Stash.ProgressOf(1).Distinct());
    }

    [Fact]
    public async Task Undo_has_to_be_asked_for_twice()
    {
        await using var world = await World.CreateAsync(videos);
        await using var service = await FakeService.StartHavenAsync(call =>
            call switch
            {
                "POST /api/undo" => """{"id":"undo-1"}""",
                "GET /api/instances/undo-1" => """{"instanceId":"undo-1","runtimeStatus":"Completed","output":{"scenes":3,"markers":7}}""",
                _ => null,
            }
        );
        await world.InstallAsync();
        await world.SetUpAsync(service.Address);

        var first = await world.RunTaskAsync("Undo");
        Assert.Contains(first, line => line.Contains("Run the task again within 10 minutes", StringComparison.Ordinal));
        Assert.Empty(service.Requests);
        var second = await world.RunTaskAsync("Undo");
        Assert.Contains("info: [Plugin / Haven VLM] Undo is done: 3 scenes, 7 markers.", second);
        Assert.Contains(service.Requests, request => request.EndsWith("""{"all": true}""", StringComparison.Ordinal));
        await world.RunTaskAsync("Undo");
        Assert.Single(service.Requests, request => request.StartsWith("POST /api/undo", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{ "address": "ftp://x" }""", "The address \"ftp://x\" of Haven VLM cannot be used.")]
    [InlineData("""{ "address": 7071, "kye": "x" }""", "\"kye\" is not known and is ignored")]
    [InlineData("""{ "address": """, "havenvlm.json cannot be read")]
    [InlineData("[]", "havenvlm.json does not hold a JSON object")]
    public async Task Mistakes_in_the_file_of_settings_are_named(string file, string told)
    {
        await using var world = await World.CreateAsync(videos, StashVersion.Old2023);
        await world.InstallAsync();
        await File.WriteAllTextAsync(Path.Combine(world.PluginsFolder, PluginUse.Id, "havenvlm.json"), file);

        // No task is known by this name to the service, so nothing depends on what listens on its usual port.
        var log = await world.RunTaskAsync("Cancel");

        Assert.Contains(log, line => line.Contains(told, StringComparison.Ordinal));
    }
}
