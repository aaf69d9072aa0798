using System.Net;
using HavenVlm.Core.Configuration;
using HavenVlm.Local.Server;

namespace HavenVlm.Local.Tests.Server;

public sealed class AccessTests(SharedServers servers)
{
    [Fact]
    public async Task On_loopback_without_a_key_this_machine_is_let_in()
    {
        var server = await servers.GetAsync();

        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/api/status")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/api/health")).StatusCode);
    }

    [Fact]
    public async Task With_a_key_only_the_key_opens_but_health_needs_none()
    {
        var server = await servers.GetAsync(server: "apiKey: 'the-key-of-the-test'");

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, "/api/status"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, "/api/status", key: "another"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, "/api/status?code="));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, "/nowhere"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "/api/status", key: "the-key-of-the-test"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "/api/status?code=the-key-of-the-test"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "/api/health"));
    }

    [Fact]
    public async Task Beyond_loopback_a_key_is_made_that_only_the_owner_may_read()
    {
        await using var server = await ServerFixture.StartAsync("http://*:0", stash: await servers.StashAsync());
        var file = Path.Combine(server.DataFolder, "server.key");
        var made = (await File.ReadAllTextAsync(file)).Trim();

        Assert.Equal(43, made.Length);
        Assert.Contains(server.Log, line => line.Contains(file, StringComparison.Ordinal));
        Assert.DoesNotContain(server.Log, line => line.Contains(made, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, "/api/status"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "/api/status", made));
        AssertPrivate(file);
        AssertPrivate(Path.Combine(server.DataFolder, "haven.local-key"));
    }

    [Fact]
    public void The_key_that_was_made_stays_the_same()
    {
        using var place = new Commands.Workplace();
        var made = Path.Combine(place.Folder, "server.key");
        ServerKeys.Prepare(new ServerOptions(), isLoopback: false, place.Folder).Dispose();
        var first = File.ReadAllText(made);

        using var again = ServerKeys.Prepare(new ServerOptions(), isLoopback: false, place.Folder);

        Assert.Equal(first, File.ReadAllText(made));
        Assert.True(again.Accepts(first.Trim()));
        Assert.False(again.Accepts(""));
    }

    [Fact]
    public async Task The_key_for_commands_opens_and_is_gone_when_the_server_is()
    {
        var server = await ServerFixture.StartAsync(server: "apiKey: 'the-key-of-the-test'", stash: await servers.StashAsync());
        var local = (await File.ReadAllTextAsync(Path.Combine(server.DataFolder, "haven.local-key"))).Trim();

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "/api/status", local));

        await server.DisposeAsync();
        Assert.False(File.Exists(Path.Combine(server.DataFolder, "haven.local-key")));
    }

    [Theory]
    [InlineData("evil.example", "421")]
    [InlineData("evil.example:80", "421")]
    [InlineData("localhost", "200")]
    [InlineData("127.0.0.1:1234", "200")]
    [InlineData("[::1]:80", "200")]
    [InlineData("haven.example", "200")]
    public async Task On_loopback_only_our_own_names_are_answered(string host, string expected)
    {
        var server = await servers.GetAsync(server: "publicUrl: 'https://haven.example/x'");

        var status = await server.SendRawAsync($"GET /api/status HTTP/1.1\nHost: {host}\nConnection: close\n\n");

        Assert.StartsWith($"HTTP/1.1 {expected}", status, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "none", HttpStatusCode.OK)]
    public async Task A_page_of_another_site_gets_nothing_without_a_key(string header, string value, HttpStatusCode expected)
    {
        var server = await servers.GetAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/status");
        request.Headers.TryAddWithoutValidation(header, value);

        var response = await server.Http.SendAsync(request);

        Assert.Equal(expected, response.StatusCode);
        Assert.DoesNotContain(response.Headers, h => h.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_page_of_our_own_is_let_in()
    {
        var server = await servers.GetAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/status");
        request.Headers.TryAddWithoutValidation("Origin", server.Address);

        Assert.Equal(HttpStatusCode.OK, (await server.Http.SendAsync(request)).StatusCode);
    }

    private static async Task<HttpStatusCode> StatusAsync(ServerFixture server, string path, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (key is not null)
        {
            request.Headers.Add("x-functions-key", key);
        }

        using var response = await server.Http.SendAsync(request);
        return response.StatusCode;
    }

    private static void AssertPrivate(string file)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }
}
