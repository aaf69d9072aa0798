using System.Text.Json;
using HavenVlm.Simulation.Stash;

namespace HavenVlm.Local.Tests.Commands;

public sealed class PluginSettingsCommandTests
{
    [Fact]
    public async Task Prints_the_address_the_key_and_the_file_for_old_Stash()
    {
        using var place = new Workplace(Configuration("http://nas:9999", "http://127.0.0.1:7071", "the-key"));

        var (exitCode, haven) = await HavenProcess.RunAsync(place.Folder, "plugin-settings");

        Assert.True(exitCode == 0, haven.Output + haven.Error);
        Assert.Contains("http://127.0.0.1:7071", haven.Output, StringComparison.Ordinal);
        Assert.Contains("""{"address":"http://127.0.0.1:7071","key":"the-key"}""", haven.Output, StringComparison.Ordinal);
        Assert.Contains("set server.listen to http://0.0.0.0:7071", haven.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_that_it_makes_is_the_one_that_serve_takes()
    {
        using var place = new Workplace(Configuration("http://127.0.0.1:9", "http://0.0.0.0:7071", ""));

        var (exitCode, haven) = await HavenProcess.RunAsync(place.Folder, "plugin-settings", "--json", "--address", "http://nas:7071/");

        Assert.True(exitCode == 0, haven.Output + haven.Error);
        using var json = JsonDocument.Parse(haven.Output);
        Assert.Equal("http://nas:7071", json.RootElement.GetProperty("address").GetString());
        var made = (await File.ReadAllTextAsync(Path.Combine(place.DataFolder, "server.key"))).Trim();
        Assert.Equal(made, json.RootElement.GetProperty("key").GetString());
    }

    [Fact]
    public async Task Applied_they_are_in_Stash_and_other_settings_of_the_plugin_stay()
    {
        await using var stash = await SimulatedStash.StartAsync(new SimulatedStashOptions { ApiKey = "stash-secret" });
        using var place = new Workplace(Configuration(stash.Address, "http://127.0.0.1:7071", "the-key", "stash-secret"));
        await ConfigureAsync(stash, "{ doNotWait: true }");

        var (exitCode, haven) = await HavenProcess.RunAsync(place.Folder, "plugin-settings", "--apply");

        Assert.True(exitCode == 0, haven.Output + haven.Error);
        Assert.Equal("""{"doNotWait":true,"address":"http://127.0.0.1:7071","key":"the-key"}""", (await SettingsAsync(stash)).GetRawText());
        Assert.DoesNotContain("the-key", haven.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Stash_without_a_password_gets_the_address_and_not_the_key()
    {
        await using var stash = await SimulatedStash.StartAsync();
        using var place = new Workplace(Configuration(stash.Address, "http://127.0.0.1:7071", "the-key"));

        var (exitCode, haven) = await HavenProcess.RunAsync(place.Folder, "plugin-settings", "--apply");

        Assert.Equal(1, exitCode);
        Assert.Equal("""{"address":"http://127.0.0.1:7071"}""", (await SettingsAsync(stash)).GetRawText());
        Assert.Contains("has no password", haven.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Distinguishes_an_old_Stash_from_one_that_is_off()
    {
        await using var old = await SimulatedStash.StartAsync(new SimulatedStashOptions { Version = StashVersion.Old2023 });
        using var place = new Workplace(Configuration(old.Address, "http://127.0.0.1:7071", "the-key"));

        var (exitCode, haven) = await HavenProcess.RunAsync(place.Folder, "plugin-settings", "--apply");
        Assert.Equal(1, exitCode);
        Assert.Contains("older than v0.24", haven.Error, StringComparison.Ordinal);
        await old.StopAsync();
        (exitCode, haven) = await HavenProcess.RunAsync(place.Folder, "plugin-settings", "--apply");
        Assert.Equal(1, exitCode);
        Assert.Contains("cannot be reached", haven.Error, StringComparison.Ordinal);
    }

    private static string Configuration(string stash, string listen, string key, string stashKey = "") =>
        $$"""
            stash: { url: "{{stash}}", apiKey: "{{stashKey}}" }
            server: { listen: "{{listen}}", apiKey: "{{key}}" }
            """;

    private static Task ConfigureAsync(SimulatedStash stash, string settings) =>
        AskAsync(stash, $"mutation {{ configurePlugin(plugin_id: \"havenvlm\", input: {settings}) }}");

    private static async Task<JsonElement> SettingsAsync(SimulatedStash stash) =>
        (await AskAsync(stash, "{ configuration { plugins } }"))
            .GetProperty("data")
            .GetProperty("configuration")
            .GetProperty("plugins")
            .GetProperty("havenvlm");

    private static async Task<JsonElement> AskAsync(SimulatedStash stash, string query)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("ApiKey", "stash-secret");
        if ((await http.GetAsync($"{stash.Address}/graphql")).StatusCode is System.Net.HttpStatusCode.Unauthorized)
        {
            http.DefaultRequestHeaders.Remove("ApiKey");
        }

        using var body = new StringContent(JsonSerializer.Serialize(new { query }), System.Text.Encoding.UTF8, "application/json");
        using var response = await http.PostAsync($"{stash.Address}/graphql", body);
        return JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());
    }
}
