using HavenVlm.Local.Tests.Browser;
using Microsoft.Playwright;

namespace HavenVlm.Local.Tests.Dashboard;

/// <summary>What must be so on every view of the page.</summary>
internal static class PageChecks
{
    // Contrast as WCAG 2 defines it, of every visible text on the colors beneath it.
    private const string FaintTexts = """
        () => {
          const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
          const rgba = (color) => {
            canvas.clearRect(0, 0, 1, 1);
            canvas.fillStyle = color;
            canvas.fillRect(0, 0, 1, 1);
            const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
            return [r, g, b, a / 255];
          };
          const over = (top, below) => top.slice(0, 3).map((c, i) => c * top[3] + below[i] * (1 - top[3]));
          const luminance = (color) => {
            const [r, g, b] = color.map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const ground = (element) => {
            const layers = [];
            for (let node = element; node; node = node.parentElement) {
              layers.push(rgba(getComputedStyle(node).backgroundColor));
            }
            return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
          };
          const faint = [];
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const element = node.parentElement;
            if (node.data.trim() === "" || !element.checkVisibility() || element.closest(".unseen, [aria-disabled], :disabled, script, noscript")) {
              continue;
            }
            const below = ground(element);
            const [a, b] = [luminance(over(rgba(getComputedStyle(element).color), below)), luminance(below)];
            const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (contrast < 4.5) {
              faint.push(`${contrast.toFixed(2)} ${node.data.trim().slice(0, 40)}`);
            }
          }
          return faint;
        }
        """;

    private const string NamelessControls = """
        () => [...document.querySelectorAll("button, a[href], input, select, textarea")]
          .filter((e) => e.checkVisibility())
          .filter((e) => !(e.getAttribute("aria-label") || e.textContent.trim() || (e.labels && [...e.labels].some((l) => l.textContent.trim()))))
          .map((e) => e.outerHTML)
        """;

    private const string StickingOut = """
        () => document.documentElement.scrollWidth <= innerWidth
          ? []
          : [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML.slice(0, 200))
        """;

    /// <summary>Nothing sticks out to the side, every text can be read in light and dark, every control has a name, nothing went wrong.</summary>
    public static async Task AssertSoundAsync(this Tab tab)
    {
        var page = tab.Page;
        // A transition in the middle has colors in the middle.
        await page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        foreach (var scheme in (ColorScheme[])[ColorScheme.Dark, ColorScheme.Light])
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            Assert.Empty(await page.EvaluateAsync<string[]>(FaintTexts));
        }

        Assert.Empty(await page.EvaluateAsync<string[]>(NamelessControls));
        var size = page.ViewportSize!;
        await page.SetViewportSizeAsync(360, 740);
        Assert.Empty(await page.EvaluateAsync<string[]>(StickingOut));
        await page.SetViewportSizeAsync(size.Width, size.Height);
        Assert.Empty(tab.Troubles);
    }

    /// <summary>Tabs until something with this accessible name has the focus, as somebody without a mouse does; its focus can be seen.</summary>
    public static async Task TabToAsync(this IPage page, ILocator target)
    {
        for (var i = 0; i < 80; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await target.EvaluateAsync<bool>("(e) => e === document.activeElement"))
            {
                var outline = await target.EvaluateAsync<string>(
                    "(e) => `${getComputedStyle(e).outlineStyle} ${getComputedStyle(e).outlineWidth}`"
                );
                Assert.Equal("solid 3px", outline);
                return;
            }
        }

        Assert.Fail($"80 tabs did not lead to {target}.");
    }
}
