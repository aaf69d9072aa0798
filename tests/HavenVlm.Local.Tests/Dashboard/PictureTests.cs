using HavenVlm.Local.Tests.Browser;
using HavenVlm.Local.Tests.EndToEnd;
using HavenVlm.Simulation.Demo;
using HavenVlm.Simulation.Media;
using HavenVlm.Simulation.Vlm;
using HavenVlm.Tests.Shared;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HavenVlm.Local.Tests.Dashboard;

/// <summary>
/// The page with the demo's content, in light and dark. With HAVEN_WRITE_PICTURES=1 the pictures of the documents are taken again, from
/// all of the demo's videos. Release tier: in every run the other tests of the page read its contrast in light and dark.
/// </summary>
public sealed class PictureTests(Chromium chromium)
{
    private static readonly bool IsWriting = Environment.GetEnvironmentVariable("HAVEN_WRITE_PICTURES") == "1";

    [Fact(Explicit = true)]
    public async Task The_page_is_light_or_dark_as_the_system_is()
    {
        await using var demo = await DemoEnvironment.StartAsync(
            new DemoEnvironmentOptions
            {
                Servers = 2,
                MaxConcurrent = IsWriting ? 2 : 4,
                Vlm = new VlmBehavior { Latency = TimeSpan.FromMilliseconds(IsWriting ? 900 : 50), Jitter = TimeSpan.FromMilliseconds(20) },
                Scripts = IsWriting ? SampleScripts.All : [SampleScripts.Find("park")],
            },
            CancellationToken.None
        );
        await using var haven = HavenProcess.Start(demo.Folder, "serve");
        var address = await haven.ListeningAsync();
        await using var tab = await chromium.OpenAsync(
            new()
            {
                ViewportSize = new() { Width = 1280, Height = 1330 },
            }
        );
        var page = tab.Page;
        await page.GotoAsync(address);
        await page.GetByRole(AriaRole.Button, new() { Name = "with VLM_TagMe" }).ClickAsync();
        await Expect(page.Locator("#ended-section .row").Nth(IsWriting ? 4 : 0)).ToBeVisibleAsync(new() { Timeout = 120_000 });
        await Expect(page.Locator(".toast")).ToHaveCountAsync(0);
        await Expect(page.Locator(".chip", new() { HasText = "Preparing" })).ToHaveCountAsync(0, new() { Timeout = 120_000 });
        await TakeBothAsync(page, "dashboard-now");

        await Expect(page.Locator("#running-section li")).ToHaveCountAsync(0, new() { Timeout = 300_000 });
        await page.GotoAsync($"{address}/#/scene/{demo.Scenes[0].Id}");
        await Expect(page.Locator(".cell[data-state=here]").Nth(8)).ToBeVisibleAsync();
        await page.Locator("input.time").FillAsync("10.5");
        await Expect(page.Locator(".readout li")).ToHaveCountAsync(2);
        await Expect(page.Locator(".cell[data-state=loading]")).ToHaveCountAsync(0);
        await Expect(page.Locator("img.large")).ToHaveAttributeAsync("alt", "The picture at 0:10");
        await page.Locator("h1").FocusAsync();
        await TakeBothAsync(page, "dashboard-scene");
        Assert.Empty(tab.Troubles);
    }

    private static async Task TakeBothAsync(IPage page, string name)
    {
        var light = await TakeAsync(page, ColorScheme.Light, name);
        var dark = await TakeAsync(page, ColorScheme.Dark, $"{name}-dark");
        Assert.InRange(light, 0.7, 1);
        Assert.InRange(dark, 0, 0.3);
    }

    /// <summary>Takes a picture; how bright its ground is, 0 to 1.</summary>
    private static async Task<double> TakeAsync(IPage page, ColorScheme scheme, string name)
    {
        await page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        // Curves are drawn again in the frame after the colors changed.
        await page.EvaluateAsync(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50))))"
        );
        var picture = await page.ScreenshotAsync(new() { Animations = ScreenshotAnimations.Disabled });
        if (IsWriting)
        {
            await File.WriteAllBytesAsync(Path.Combine(SourceFolder.Root, "docs", "images", $"{name}.png"), picture);
        }

        var image = StbImageSharp.ImageResult.FromMemory(picture, StbImageSharp.ColorComponents.Grey);
        return image.Data.Order().ElementAt(image.Data.Length / 2) / 255.0;
    }
}
