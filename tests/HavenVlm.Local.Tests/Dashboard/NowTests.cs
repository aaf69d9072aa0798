using System.Globalization;
using System.Text.Json;
using HavenVlm.Local.Tests.Browser;
using HavenVlm.Local.Tests.EndToEnd;
using HavenVlm.Simulation.Stash.State;
using HavenVlm.Simulation.Vlm;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HavenVlm.Local.Tests.Dashboard;

/// <summary>The page of a running program, in a real browser.</summary>
public sealed class NowTests(VideosFixture videos, Chromium chromium)
{
    private static readonly VlmBehavior Slow = new() { Latency = TimeSpan.FromMilliseconds(600) };

    [Fact]
    public async Task Everything_can_be_done_with_the_keyboard_alone()
    {
        await using var world = await World.CreateAsync(videos, behavior: Slow);
        await world.ConfigureAsync(extra: "video: { sampling: linear }");
        var scene = await world.AddSceneAsync("park", tagMe: true);
        await using var haven = world.Serve();
        await using var tab = await chromium.OpenAsync();
        var page = tab.Page;
        await page.GotoAsync(await haven.ListeningAsync());
        await Expect(page.GetByText("1 scene carries VLM_TagMe")).ToBeVisibleAsync();

        await page.TabToAsync(page.GetByRole(AriaRole.Button, new() { Name = "Analyze 1 scene with VLM_TagMe" }));
        await page.Keyboard.PressAsync("Enter");
        var card = page.Locator("#running-section li");
        await Expect(card).ToContainTextAsync("An afternoon in the park");
        await Expect(card).ToContainTextAsync("of 24 frames");

        var pause = card.GetByRole(AriaRole.Button, new() { Name = "Pause" });
        await page.TabToAsync(pause);
        await page.Keyboard.PressAsync("Space");
        // The same button, now with another name, still has the focus: updates do not take it away.
        var goOn = page.GetByRole(AriaRole.Button, new() { Name = "Go on with An afternoon in the park" });
        await Expect(goOn).ToBeFocusedAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("1 scene is paused");

        await page.TabToAsync(page.GetByRole(AriaRole.Button, new() { Name = "Pause pc" }));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Use pc again" })).ToBeFocusedAsync();
        await Expect(page.Locator("#endpoints-section .chip")).ToHaveTextAsync("Paused");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#endpoints-section .chip")).ToHaveTextAsync("Ready");

        await page.Locator("h1").FocusAsync();
        await page.TabToAsync(goOn);
        await page.Keyboard.PressAsync("Enter");
        var cancel = card.GetByRole(AriaRole.Button, new() { Name = "Cancel" });
        await page.TabToAsync(cancel);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Keep it running" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(cancel).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Shift+Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#ended-section")).ToContainTextAsync("Cancelled");

        await page.TabToAsync(page.GetByRole(AriaRole.Button, new() { Name = "Retry An afternoon in the park" }));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#ended-section")).ToContainTextAsync("6 markers", new() { Timeout = 60_000 });
        await page.TabToAsync(page.Locator("#ended-section").GetByRole(AriaRole.Link, new() { Name = "An afternoon in the park" }));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeFocusedAsync();
        await Expect(page.Locator(".tag[data-tag=Waving]")).ToContainTextAsync("2 markers");

        await page.TabToAsync(page.Locator("input[data-knob=threshold]").First);
        await page.Keyboard.PressAsync("End");
        await Expect(page.Locator(".save-bar")).ToContainTextAsync("With these settings: 0 markers");
        await page.TabToAsync(page.GetByRole(AriaRole.Button, new() { Name = "Undo changes" }));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".save-bar")).ToContainTextAsync("Using the settings from haven.yaml.");
        Assert.Equal(6, world.Stash.Library.MarkersOf(scene.Id).Count);
        Assert.Empty(tab.Troubles);
    }

    [Fact]
    public async Task A_change_is_seen_within_a_second()
    {
        await using var world = await World.CreateAsync(videos);
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        await using var tab = await chromium.OpenAsync();
        var page = tab.Page;
        await page.GotoAsync(address);
        await Expect(page.Locator("#endpoints-section .chip")).ToHaveTextAsync("Not tried yet");
        await page.EvaluateAsync(
            """
            () => {
              const chip = document.querySelector("#endpoints-section .chip");
              window.seen = [];
              new MutationObserver(() => window.seen.push([chip.textContent, Date.now()])).observe(chip, { childList: true, characterData: true, subtree: true });
            }
            """
        );
        var delays = new List<double>();

        for (var i = 0; i < 6; i++)
        {
            var (verb, word) = i % 2 == 0 ? ("pause", "Paused") : ("resume", "Not tried yet");
            using var response = await world.Http.PostAsync($"{address}/api/endpoints/pc/{verb}", null);
            var changed = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            response.EnsureSuccessStatusCode();
            await page.WaitForFunctionAsync(
                "([word, n]) => window.seen.filter((s) => s[0] === word).length >= n",
                new object[] { word, (i / 2) + 1 }
            );
            var seen = await page.EvaluateAsync<double>("(word) => window.seen.filter((s) => s[0] === word).at(-1)[1]", word);
            delays.Add(seen - changed);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"Seen after {string.Join(", ", delays)} ms");
        // A slower stream would be late each time; a machine that does much else at the same time is late sometimes.
        Assert.InRange(delays.Order().ElementAt(1), 0, 1000);
        Assert.Empty(tab.Troubles);
    }

    [Fact]
    public async Task Reports_a_lost_connection_and_reconnects()
    {
        await using var world = await World.CreateAsync(videos);
        string address;
        await using (var haven = world.Serve())
        {
            address = await haven.ListeningAsync();
        }

        var configuration = Path.Combine(world.Folder, "haven.yaml");
        await File.WriteAllTextAsync(
            configuration,
            (await File.ReadAllTextAsync(configuration)).Replace("http://127.0.0.1:0", address, StringComparison.Ordinal)
        );
        await using var tab = await chromium.OpenAsync();
        var page = tab.Page;
        await using (var haven = world.Serve())
        {
            await haven.ListeningAsync();
            await page.GotoAsync(address);
            await Expect(page.Locator("#link")).ToHaveTextAsync("Live");
            await haven.KillAsync();
        }

        await Expect(page.GetByText("Connection lost: what you see may be old.")).ToBeVisibleAsync();
        await Expect(page.Locator("#say")).ToContainTextAsync("Connection lost");
        await using var again = world.Serve();
        await again.ListeningAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Try now" }).ClickAsync();

        await Expect(page.Locator("#link")).ToHaveTextAsync("Live");
        await Expect(page.Locator("#lost")).ToBeHiddenAsync();
        await Expect(page.Locator("#say")).ToHaveTextAsync("Connected again.");
    }

    [Fact]
    public async Task What_scenes_wait_for_and_why_they_failed_is_said_and_the_failed_can_be_retried()
    {
        await using var world = await World.CreateAsync(videos);
        await world.AddSceneAsync("park", tagMe: true);
        var missing = world.Stash.Library.AddScene(
            "Gone from the disk",
            new StashFile(0, "/nowhere/gone.mp4", DateTimeOffset.UtcNow) { Size = 5, Duration = 4 }
        );
        world.Stash.Library.TagScene(missing.Id, world.Stash.Library.EnsureTag("VLM_TagMe").Id);
        await world.Vlm.SwitchOffAsync();
        await using var haven = world.Serve();
        await using var tab = await chromium.OpenAsync();
        var page = tab.Page;
        await page.GotoAsync(await haven.ListeningAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "Analyze 2 scenes with VLM_TagMe" }).ClickAsync();

        await Expect(page.Locator("#running-section")).ToContainTextAsync("Waiting for an endpoint", new() { Timeout = 60_000 });
        await Expect(page.GetByText("No model server can be used right now")).ToBeVisibleAsync();
        await Expect(page.Locator("#ended-section")).ToContainTextAsync("Failed");
        var reason = await page.Locator("#ended-section .row", new() { HasText = "Failed" }).Locator(".outcome").TextContentAsync();
        Assert.False(string.IsNullOrWhiteSpace(reason));
        await tab.AssertSoundAsync();

        await world.Vlm.SwitchOnAsync();
        await page.GotoAsync($"{new Uri(page.Url).GetLeftPart(UriPartial.Authority)}/#/history");
        await page.GetByLabel("Show").SelectOptionAsync("Failed");
        await Expect(page.Locator(".rows .row")).ToHaveCountAsync(1);
        await Expect(page.Locator(".rows .row .outcome")).ToHaveTextAsync(reason!);
        await page.GetByRole(AriaRole.Button, new() { Name = "Retry 1 failed scene" }).ClickAsync();
        await Expect(page.GetByText("One was started again.").First).ToBeVisibleAsync();
        await tab.AssertSoundAsync();
    }

    [Fact]
    public async Task The_history_comes_in_pages_and_by_scene()
    {
        await using var world = await World.CreateAsync(videos);
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        for (var i = 0; i < 60; i++)
        {
            // A request for a scene that Stash does not have, cancelled at once, is the cheapest thing that ends.
            var id = (
                await world.PostAsync(
                    $"{address}/api/scenes/tag",
                    new { sceneIds = new[] { (900 + i).ToString(CultureInfo.InvariantCulture) } }
                )
            )
                .GetProperty("id")
                .GetString();
            using var response = await world.Http.PostAsync($"{address}/api/instances/{id}/terminate", null);
        }

        await using var tab = await chromium.OpenAsync();
        var page = tab.Page;
        await page.GotoAsync($"{address}/#/history");
        await page.GetByLabel("Kind").SelectOptionAsync("Requests for scenes");
        await Expect(page.Locator(".rows .row")).ToHaveCountAsync(50);

        await page.GetByRole(AriaRole.Button, new() { Name = "Show older ones" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator(".rows .row")).ToHaveCountAsync(60);
        await Expect(page.GetByText("60 entries")).ToBeVisibleAsync();
        await Expect(page.Locator(".rows .row").Nth(50)).ToBeFocusedAsync();
        Assert.Empty(tab.Troubles);
    }

    [Fact]
    public async Task Names_from_Stash_and_from_the_configuration_are_text_and_nothing_else()
    {
        const string Bad = "<img src=x onerror=window.hacked=1><script>window.hacked=2</script>\"'&{{1}}";
        await using var world = await World.CreateAsync(videos);
        var scene = await world.AddSceneAsync("park", tagMe: true);
        world.Stash.Library.RetitleScene(scene.Id, Bad);
        var quoted = JsonSerializer.Serialize(Bad);
        // Names of endpoints are part of addresses and have no slash.
        var endpoint = Bad.Replace("/", "", StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            Path.Combine(world.Folder, "haven.yaml"),
            $$"""
            stash: { url: "{{world.Stash.Address}}", apiKey: stash-secret }
            vlm:
              model: simulated-vlm
              endpoints: [ { name: {{JsonSerializer.Serialize(endpoint)}}, baseUrl: "{{world.Vlm.BaseUrl}}" } ]
            tags:
              Waving: { rename: "<b onclick=alert(1)>Waving</b>", category: {{quoted}} }
              {{quoted}}: { description: "nothing" }
              __proto__: { description: "nothing" }
            categories: { {{quoted}}: { exclusive: true } }
            server: { listen: "http://127.0.0.1:0" }
            sweep: { enabled: false, watch: "" }
            """
        );
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        await using var tab = await chromium.OpenAsync();
        var page = tab.Page;
        page.Dialog += (_, dialog) => _ = dialog.DismissAsync();
        await page.GotoAsync(address);
        await page.GetByRole(AriaRole.Button, new() { Name = "Analyze 1 scene" }).ClickAsync();
        await Expect(page.Locator("#ended-section .row").First).ToContainTextAsync("markers", new() { Timeout = 60_000 });
        await Expect(page.Locator("#ended-section li a").First).ToHaveTextAsync(Bad);
        await Expect(page.Locator("#endpoints-section h3")).ToHaveTextAsync(endpoint);
        await tab.AssertSoundAsync();

        await page.Locator("#ended-section li a").First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(Bad);
        await Expect(page.Locator("tbody th").First).ToHaveTextAsync("<b onclick=alert(1)>Waving</b>");
        await page.GetByText("2 tags never seen").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = Bad, Level = 3 })).ToBeVisibleAsync();
        await tab.AssertSoundAsync();
        Assert.True(
            await page.EvaluateAsync<bool>(
                "() => window.hacked === undefined && !document.querySelector('main script, main [onclick], main img[onerror]')"
            )
        );
        // Even a mistake of ours could not make markup of a text.
        Assert.True(
            await page.EvaluateAsync<bool>("() => { try { document.body.innerHTML = '<b>x</b>'; return false; } catch { return true; } }")
        );
    }
}
