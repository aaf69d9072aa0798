using HavenVlm.Local.Tests.Browser;
using HavenVlm.Local.Tests.Server;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HavenVlm.Local.Tests.Dashboard;

public sealed class KeyTests(Chromium chromium, SharedServers servers)
{
    private const string TheKey = "the-key-of-the-test";

    [Fact]
    public async Task Asks_for_the_key_once_reports_a_wrong_one_and_puts_none_in_an_address()
    {
        await using var server = await ServerFixture.StartAsync(server: $"apiKey: '{TheKey}'", stash: await servers.StashAsync());
        await using var tab = await chromium.OpenAsync();
        var page = tab.Page;
        await page.GotoAsync(server.Address);
        var field = page.GetByLabel("Key", new() { Exact = true });
        await Expect(field).ToBeFocusedAsync();
        await Expect(page.GetByText("in haven.yaml")).ToBeVisibleAsync();

        await page.Keyboard.TypeAsync("not-the-key");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Wrong key");
        await Expect(field).ToBeFocusedAsync();

        await page.Keyboard.TypeAsync("ключ");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("keys have letters, digits and signs");

        await field.FillAsync($"  {TheKey} ");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Nothing is running" })).ToBeVisibleAsync();
        await Expect(page.Locator("#link")).ToHaveTextAsync("Live");

        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Nothing is running" })).ToBeVisibleAsync();

        Assert.DoesNotContain(tab.Requests, request => request.Url.Contains(TheKey, StringComparison.Ordinal));
        Assert.DoesNotContain(TheKey, page.Url, StringComparison.Ordinal);
        // What the wrong tries answered is the browser's own line about a 401.
        Assert.All(tab.Troubles, trouble => Assert.Contains("401", trouble, StringComparison.Ordinal));

        await page.GetByRole(AriaRole.Button, new() { Name = "Forget the key" }).ClickAsync();
        await Expect(field).ToBeVisibleAsync();
        Assert.Equal(0, await page.EvaluateAsync<int>("() => localStorage.length + sessionStorage.length"));
    }

    [Fact]
    public async Task A_key_that_is_not_to_be_remembered_is_gone_with_the_tab_and_one_that_was_changed_is_asked_for_again()
    {
        await using var server = await ServerFixture.StartAsync(server: $"apiKey: '{TheKey}'", stash: await servers.StashAsync());
        await using var tab = await chromium.OpenAsync();
        var page = tab.Page;
        await page.GotoAsync(server.Address);
        await page.GetByLabel("Remember it on this device").UncheckAsync();
        await page.GetByLabel("Key", new() { Exact = true }).FillAsync(TheKey);
        await page.GetByRole(AriaRole.Button, new() { Name = "Open", Exact = true }).Last.ClickAsync();
        await Expect(page.Locator("#link")).ToHaveTextAsync("Live");
        Assert.Equal(0, await page.EvaluateAsync<int>("() => localStorage.length"));

        await page.EvaluateAsync("() => sessionStorage.setItem('haven-key', 'an-older-key')");
        await page.GetByRole(AriaRole.Link, new() { Name = "History", Exact = true }).ClickAsync();

        await Expect(page.GetByText("The key that this page had is no longer right.")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Key", new() { Exact = true })).ToBeFocusedAsync();
    }

    [Fact]
    public async Task On_loopback_no_key_is_needed_and_the_first_run_says_what_to_do()
    {
        await using var server = await ServerFixture.StartAsync();
        await using var tab = await chromium.OpenAsync();
        var page = tab.Page;

        await page.GotoAsync(server.Address);

        await Expect(page.GetByText("No model server is configured.")).ToBeVisibleAsync();
        await Expect(page.GetByText("No tags configured yet")).ToBeVisibleAsync();
        await Expect(page.GetByText("Stash does not answer")).ToBeVisibleAsync();
        await Expect(page.GetByText("Nothing has ended yet.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Forget the key" })).ToBeHiddenAsync();
        await tab.AssertSoundAsync();

        await page.GetByLabel("Open the scene with this Stash id").FillAsync("12");
        await page.Keyboard.PressAsync("Enter");
        await Expect(
                page.GetByRole(AriaRole.Heading, new() { Name = "The answers cannot be shown" }).Or(page.GetByText("has not been analyzed"))
            )
            .ToBeVisibleAsync();
        await page.GotoAsync($"{server.Address}/#/history");
        await Expect(page.GetByText("Nothing has ended yet. What Haven VLM did is listed here")).ToBeVisibleAsync();
    }
}
