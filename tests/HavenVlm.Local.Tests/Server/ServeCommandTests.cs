using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using HavenVlm.Local.Tests.Commands;

namespace HavenVlm.Local.Tests.Server;

public sealed partial class ServeCommandTests(VideosFixture videos, SharedServers servers)
{
    [Fact]
    public async Task Prints_its_address_locks_its_data_and_ends_in_time()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent as on Unix.");
        using var place = new Workplace();
        await using var server = HavenProcess.Start(place.Folder, "serve");
        var address = await server.AddressAsync();
        using var http = new HttpClient();
        Assert.Equal("""{"status":"ok"}""", await http.GetStringAsync(address + "/api/health"));

        var (second, other) = await HavenProcess.RunAsync(place.Folder, "serve");
        Assert.Equal(1, second);
        Assert.Contains($"is in use by process {server.Id} on ", other.Error, StringComparison.Ordinal);
        Assert.Contains(address, other.Error, StringComparison.Ordinal);

        var watch = Stopwatch.StartNew();
        server.Signal(15);
        Assert.Equal(0, await server.ExitAsync());
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(6), $"It took {watch.Elapsed} to end.");
    }

    [Fact]
    public async Task A_port_in_use_is_explained()
    {
        var taken = await servers.GetAsync();
        using var place = new Workplace(Workplace.Minimal.Replace("http://127.0.0.1:0", taken.Address, StringComparison.Ordinal));

        var (exitCode, haven) = await HavenProcess.RunAsync(place.Folder, "serve");

        Assert.Equal(1, exitCode);
        Assert.Equal(
            [$"Another program listens on {taken.Address}. Stop that one, or set server.listen to another port."],
            haven.ErrorLines
        );
        Assert.DoesNotContain("   at ", haven.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serves_the_errors_of_an_invalid_configuration_and_starts_when_it_is_valid()
    {
        using var place = new Workplace("nonsense: 1");
        var file = Path.Combine(place.Folder, "haven.yaml");
        File.Delete(file);
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HAVEN_CONFIG"] = "haven.yaml",
            ["HavenVlm__Server__Listen"] = "http://127.0.0.1:0",
        };
        await using var server = HavenProcess.Start(place.Folder, environment, "serve", "--wait");

        await server.UntilAsync("haven.yaml: no such file");
        await server.UntilAsync("haven init` asks for the settings");
        var address = new Uri(WaitingAddress().Match(server.Error).Groups["address"].Value);
        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(address, "/api/health"))).StatusCode);
        var call = await http.PostAsJsonAsync(new Uri(address, "/api/scenes/tag"), new { });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, call.StatusCode);
        Assert.Contains("Waiting for a configuration", await call.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        place.Configure("<b>nonsense</b>: 1");
        await server.UntilAsync("haven.yaml:1: ");
        var page = await (await http.GetAsync(address)).Content.ReadAsStringAsync();
        Assert.Contains("&lt;b&gt;nonsense&lt;/b&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
        place.Configure(Workplace.Minimal);

        await server.AddressAsync();
    }

    [Fact]
    public async Task A_changed_configuration_is_put_in_force_and_a_bad_one_is_not()
    {
        using var place = new Workplace();
        await using var server = HavenProcess.Start(place.Folder, "serve");
        var address = await server.AddressAsync();

        place.Configure(Workplace.Minimal.Replace("name: local", "name: better", StringComparison.Ordinal));
        await server.UntilAsync("The changed configuration is in force");
        place.Configure(Workplace.Minimal + "\nvideo: { frameInterval: never }");
        await server.UntilAsync("haven.yaml:6: video.frameInterval: \"never\" is not a duration");
        await server.UntilAsync("the previous settings stay in force");

        using var http = new HttpClient();
        Assert.Contains("\"name\":\"better\"", await http.GetStringAsync(address + "/api/status"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tag_family_is_in_stash_when_it_says_that_it_listens()
    {
        await using var fixture = await ModelAndStashFixture.OpenAsync(videos);
        await using var server = HavenProcess.Start(fixture.Place.Folder, "serve");
        await server.AddressAsync();

        Assert.NotNull(fixture.Stash.Library.FindTag("VLM_TagMe"));
    }

    [Fact]
    public async Task What_is_tagged_in_stash_is_found_by_watching()
    {
        await using var fixture = await ModelAndStashFixture.OpenAsync(videos, "sweep: { watch: 1s }");
        var scene = await fixture.AddSceneAsync("phone");
        await using var server = HavenProcess.Start(fixture.Place.Folder, "serve");
        await server.AddressAsync();

        fixture.Stash.Library.TagScene(scene, fixture.Stash.Library.FindTag("VLM_TagMe")!.Id);

        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        while (!fixture.Stash.Library.TagNamesOf(scene).Contains("VLM_Tagged", StringComparer.Ordinal))
        {
            Assert.False(deadline.IsCancellationRequested, server.Output + server.Error);
            await Task.Delay(100);
        }

        Assert.DoesNotContain("VLM_TagMe", fixture.Stash.Library.TagNamesOf(scene));
    }

    [Fact]
    public async Task Ends_with_0_when_the_system_stops_it_while_it_waits()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent as on Unix.");
        using var place = new Workplace("nonsense: 1");
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["HavenVlm__Server__Listen"] = "http://127.0.0.1:0" };
        await using var server = HavenProcess.Start(place.Folder, environment, "serve", "--wait");
        await server.UntilAsync("Waiting for a valid configuration");

        server.Signal(15);

        Assert.Equal(0, await server.ExitAsync());
    }

    [GeneratedRegex(@"Waiting for a valid configuration at (?<address>http://127\.0\.0\.1:[0-9]+)\.", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WaitingAddress();
}
