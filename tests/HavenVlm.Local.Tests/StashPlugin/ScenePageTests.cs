using System.Reflection;
using System.Text.Json;
using HavenVlm.Local.Tests.Browser;
using HavenVlm.Local.Tests.EndToEnd;
using HavenVlm.Simulation.Vlm;
using Microsoft.Playwright;

namespace HavenVlm.Local.Tests.StashPlugin;

/// <summary>The tab on the scene page, in a real browser, on a page that offers plugins what Stash's page offers them.</summary>
public sealed class ScenePageTests(VideosFixture videos, Chromium chromium)
{
    private const string ContentSecurityPolicy =
        "default-src data: 'self' 'unsafe-inline'; connect-src data: 'self'; object-src 'none'; script-src 'self' 'unsafe-inline'";

    private const string Failed = """{"data":{"runPluginOperation":{"scene":{"state":"Failed","reason":"HOSTILE"},"request":null}}}""";

    private const string Timeline = """
        {"data":{"runPluginOperation":{"timeline":{"duration":60,"model":"HOSTILE","frames":{"answered":2,"unanswered":1},
        "tags":{"HOSTILE":10},"markers":[{"tag":"HOSTILE","start":10,"end":26,"confidence":0.9}],
        "answers":[{"t":0,"tags":{"HOSTILE":0.9}},{"t":20},{"t":40,"tags":{}}]}}}}
        """;

    [Fact]
    public async Task A_scene_is_analyzed_by_keyboard_and_its_timeline_seeks_the_player()
    {
        await using var world = await World.CreateAsync(
            videos,
            behavior: new VlmBehavior
            {
                Latency = TimeSpan.FromMilliseconds(100),
                Slots = 4,
                WhenFull = WhenFull.Queue,
            }
        );
        world.Server = "server: { listen: \"http://127.0.0.1:0\", apiKey: the-key }";
        await world.ConfigureAsync();
        var scene = await world.AddSceneAsync("short-events");
        await using var haven = world.Serve();
        await world.InstallAsync();
        await world.SetUpAsync(await haven.ListeningAsync(), "the-key");
        await using var tab = await OpenAsync(world, scene.Id);
        var page = tab.Page;

        await page.GetByRole(AriaRole.Tab, new() { Name = "Haven VLM" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("This scene has not been analyzed yet.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Analyze" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Progressbar)).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("Analyzed", new() { Timeout = 60_000 });

        world.AssertMarkersAreTrue(scene.Id, "short-events");
        Assert.Equal(1, await page.EvaluateAsync<int>("window.refetched"));
        var markers = page.Locator(".haven-vlm-marker");
        await Assertions.Expect(markers).ToHaveCountAsync(world.Stash.Library.MarkersOf(scene.Id).Count);
        await markers.First.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var first = await page.EvaluateAsync<double[]>("window.seeks");
        Assert.Contains(world.Stash.Library.MarkersOf(scene.Id), marker => Math.Abs(marker.Seconds - Assert.Single(first)) < 0.01);
        await page.Locator(".haven-vlm-timeline")
            .ClickAsync(
                new()
                {
                    Position = new() { X = 300, Y = 8 },
                }
            );
        Assert.Equal(2, (await page.EvaluateAsync<double[]>("window.seeks")).Length);
        Assert.Empty(tab.Troubles);
        Assert.All(tab.Requests, request => Assert.StartsWith(world.Stash.Address, request.Url, StringComparison.Ordinal));
        Assert.DoesNotContain("the-key", await page.ContentAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_is_off_is_explained_on_the_page()
    {
        await using var world = await World.CreateAsync(videos);
        await world.InstallAsync();
        await world.SetUpAsync("http://127.0.0.1:9");
        await using var tab = await OpenAsync(world, 1);

        await tab.Page.GetByRole(AriaRole.Tab, new() { Name = "Haven VLM" }).ClickAsync();

        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("cannot be reached at http://127.0.0.1:9");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("haven serve");
        Assert.Empty(tab.Troubles);
    }

    [Fact]
    public async Task Text_from_elsewhere_stays_text_and_a_phone_needs_no_sideways_scrolling()
    {
        await using var world = await World.CreateAsync(videos);
        await world.InstallAsync();
        const string Hostile = "<img src=x onerror=\\\"window.seeks.push(666)\\\">";
        await using var tab = await OpenAsync(world, 1, new ViewportSize { Width = 360, Height = 740 });
        await tab.Page.RouteAsync(
            "**/graphql",
            route =>
                route.FulfillAsync(
                    new()
                    {
                        ContentType = "application/json",
                        Body = (route.Request.PostData!.Contains("scene-timeline", StringComparison.Ordinal) ? Timeline : Failed).Replace(
                            "HOSTILE",
                            Hostile,
                            StringComparison.Ordinal
                        ),
                    }
                )
        );

        await tab.Page.GetByRole(AriaRole.Tab, new() { Name = "Haven VLM" }).ClickAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("<img src=x");
        await Assertions.Expect(tab.Page.Locator(".haven-vlm-hole")).ToHaveCountAsync(1);

        Assert.Equal(0, await tab.Page.Locator(".haven-vlm img").CountAsync());
        Assert.Empty(await tab.Page.EvaluateAsync<double[]>("window.seeks"));
        Assert.True(await tab.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"));
        Assert.Empty(tab.Troubles);
    }

    [Theory]
    [InlineData("delete window.PluginApi")]
    [InlineData("delete PluginApi.patch")]
    [InlineData("PluginApi.libraries = {}")]
    public async Task Where_Stash_lacks_what_it_needs_nothing_appears_and_nothing_breaks(string without)
    {
        await using var world = await World.CreateAsync(videos);
        await world.InstallAsync();
        await using var tab = await OpenAsync(world, 1, without: without);

        Assert.Equal(["Details"], await tab.Page.GetByRole(AriaRole.Tab).AllInnerTextsAsync());
        Assert.Empty(tab.Troubles);
    }

    private async Task<Tab> OpenAsync(World world, int scene, ViewportSize? viewport = null, string without = "")
    {
        // The browser of somebody who is logged in at Stash.
        var tab = await chromium.OpenAsync(
            new()
            {
                ExtraHTTPHeaders = new Dictionary<string, string>(StringComparer.Ordinal) { ["ApiKey"] = "stash-secret" },
                ViewportSize = viewport ?? new() { Width = 1000, Height = 800 },
            }
        );
        await tab.Page.RouteAsync(
            $"{world.Stash.Address}/scenes/*",
            route =>
                route.FulfillAsync(
                    new()
                    {
                        ContentType = "text/html",
                        Body = Resource("scene-page.html"),
                        Headers = new Dictionary<string, string>(StringComparer.Ordinal)
                        {
                            ["Content-Security-Policy"] = ContentSecurityPolicy,
                            ["Content-Type"] = "text/html",
                        },
                    }
                )
        );
        await tab.Page.RouteAsync(
            $"{world.Stash.Address}/page.js",
            route => route.FulfillAsync(new() { ContentType = "text/javascript", Body = $"{Resource("scene-page.js")}\n{without};" })
        );
        await tab.Page.GotoAsync($"{world.Stash.Address}/scenes/{scene}");
        return tab;
    }

    private static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"scene-page/{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
