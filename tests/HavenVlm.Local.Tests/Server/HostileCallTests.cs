using System.Net;
using System.Net.Sockets;
using System.Text;
using HavenVlm.Core.Api;
using HavenVlm.Local.Server;

namespace HavenVlm.Local.Tests.Server;

/// <summary>What callers may not do, over real HTTP.</summary>
public sealed class HostileCallTests(SharedServers servers)
{
    [Theory]
    [InlineData("haven.internal", "200")]
    [InlineData("NAS.LOCAL:7071", "200")]
    [InlineData("192.168.1.5", "421")]
    [InlineData("localhost.evil.example", "421")]
    [InlineData("haven.internal.evil.example", "421")]
    [InlineData("127.0.0.1.evil.example", "421")]
    public async Task On_loopback_further_names_are_answered_when_they_are_allowed(string host, string expected)
    {
        var server = await servers.GetAsync(server: "allowedHosts: 'haven.internal, nas.local'");

        var status = await server.SendRawAsync($"GET /api/status HTTP/1.1\nHost: {host}\nConnection: close\n\n");

        Assert.StartsWith($"HTTP/1.1 {expected}", status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explains_an_unknown_host_name_also_without_a_key()
    {
        var server = await servers.GetAsync();
        foreach (var path in (string[])["/", "/api/health", "/api/openapi.json", "/plugin/index.yml", "/nowhere"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = "evil.example" } };
            using var response = await server.Http.SendAsync(request);

            Assert.Equal(HttpStatusCode.MisdirectedRequest, response.StatusCode);
            Assert.Contains("server.allowedHosts", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Beyond_loopback_any_name_leads_here_as_in_a_container_but_needs_the_key()
    {
        await using var server = await ServerFixture.StartAsync("http://*:0", "apiKey: 'the-key-of-the-test'", await servers.StashAsync());

        Assert.StartsWith(
            "HTTP/1.1 401",
            await server.SendRawAsync("GET /api/status HTTP/1.1\nHost: haven\nConnection: close\n\n"),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "HTTP/1.1 200",
            await server.SendRawAsync("GET /api/status?code=the-key-of-the-test HTTP/1.1\nHost: haven\nConnection: close\n\n"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task A_page_of_another_site_changes_nothing_on_any_call(string header, string value)
    {
        var server = await servers.GetAsync(server: "apiKey: 'the-key-of-the-test'");
        foreach (var route in ApiRoutes.All.Where(route => route.Method != "GET"))
        {
            using var request = new HttpRequestMessage(new HttpMethod(route.Method), Path(route));
            request.Headers.Add("x-functions-key", "the-key-of-the-test");
            request.Headers.TryAddWithoutValidation(header, value);
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
            using var response = await server.Http.SendAsync(request);

            Assert.True(response.StatusCode == HttpStatusCode.Forbidden, $"{route.Name}: {response.StatusCode}");
            Assert.DoesNotContain(response.Headers, h => h.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public async Task A_form_starts_nothing_and_a_preflight_is_allowed_nothing()
    {
        var server = await servers.GetAsync();
        using var form = await server.Http.PostAsync(
            "/api/scenes/tag",
            new StringContent("""{"sceneIds":["1"]}""", Encoding.UTF8, "text/plain")
        );
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/api/scenes/tag");
        preflight.Headers.Add("Origin", "http://evil.example");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        using var allowed = await server.Http.SendAsync(preflight);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, form.StatusCode);
        Assert.Contains("application/json", await form.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(allowed.IsSuccessStatusCode);
        Assert.DoesNotContain(allowed.Headers, h => h.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("\"id\"", await server.Http.GetStringAsync("/api/instances"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_wrong_keys_while_right_ones_still_work()
    {
        await using var server = await ServerFixture.StartAsync(server: "apiKey: 'the-key-of-the-test'", stash: await servers.StashAsync());
        var local = (await File.ReadAllTextAsync(System.IO.Path.Combine(server.DataFolder, "haven.local-key"))).Trim();
        for (var i = 0; i < 10; i++)
        {
            using var wrong = await GetAsync(server, $"wrong-{i}");
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        }

        using var refused = await GetAsync(server, "the-key-of-the-test");
        using var command = await GetAsync(server, local);
        using var health = await server.Http.GetAsync("/api/health");
        using var none = await server.Http.GetAsync("/api/status");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 6);
        Assert.Equal(HttpStatusCode.OK, command.StatusCode);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, none.StatusCode);
    }

    [Theory]
    [InlineData("/dashboard/..%2f..%2fhaven.yaml")]
    [InlineData("/dashboard/%2e%2e%2fserver.key")]
    [InlineData("/dashboard//etc/passwd")]
    [InlineData("/plugin/..%2f..%2fhaven.yaml.zip")]
    [InlineData("/api/scenes/..%2f..%2fhaven.local-key/timeline")]
    [InlineData("/api/scenes/..%2f..%2fhaven.local-key/frame?t=1")]
    [InlineData("/api/scenes/http:%2f%2fevil.example%2fa.mp4/frame?t=1")]
    [InlineData("/api/scenes/..%2f..%2fhaven.local-key/settings")]
    [InlineData("/api/instances/..%2f..%2fhaven.local-key")]
    [InlineData("/api/marker-settings/..%2f..%2fhaven.local-key")]
    [InlineData("/api/marker-settings/%2fetc%2fpasswd")]
    [InlineData("/api/scenes/1%00/timeline")]
    public async Task No_call_names_a_file_or_an_address_that_is_opened(string path)
    {
        var server = await servers.GetAsync();
        var local = (await File.ReadAllTextAsync(System.IO.Path.Combine(server.DataFolder, "haven.local-key"))).Trim();

        var answer = await server.ExchangeAsync($"GET {path} HTTP/1.1\nHost: localhost\nConnection: close\n\n");

        Assert.Matches("^HTTP/1.1 40[04] ", answer);
        Assert.DoesNotContain(local, answer, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bodies_of_no_call_can_hold_a_path_or_an_address()
    {
        // What is asked for are ids, names that Stash is asked for, and switches.
        var names = ApiRoutes
            .All.Select(route => route.RequestType)
            .OfType<Type>()
            .SelectMany(type => type.GetProperties())
            .Select(property => property.Name)
            .Distinct(StringComparer.Ordinal);
        string[] telling = ["Url", "Uri", "Path", "File", "Folder", "Host", "Address", "Directory"];

        Assert.DoesNotContain(names, name => telling.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase)));
        var server = await servers.GetAsync();
        using var response = await server.Http.PostAsync(
            "/api/scenes/tag",
            new StringContent("""{"sceneIds":["1"],"baseUrl":"http://evil.example"}""", Encoding.UTF8, "application/json")
        );
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Cuts_off_slow_senders()
    {
        var server = await servers.GetAsync();
        var address = new Uri(server.Address);
        using var headers = new TcpClient(address.Host, address.Port);
        using var body = new TcpClient(address.Host, address.Port);
        await headers.GetStream().WriteAsync("GET /api/status HTTP/1.1\r\nHost: local"u8.ToArray());
        await body.GetStream()
            .WriteAsync(
                "POST /api/scenes/tag HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"u8.ToArray()
            );

        var ends = await Task.WhenAll(FirstLineAsync(headers), FirstLineAsync(body)).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.All(ends, line => Assert.True(line is "" || line.StartsWith("HTTP/1.1 408", StringComparison.Ordinal), line));
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/api/health")).StatusCode);
    }

    [Fact]
    public async Task Silent_connections_beyond_the_limit_keep_nobody_out()
    {
        await using var server = await ServerFixture.StartAsync();
        var address = new Uri(server.Address);
        var silent = new List<TcpClient>();
        try
        {
            for (var i = 0; i < RequestLimits.MaxLoopbackConnections + 100; i++)
            {
                silent.Add(new TcpClient(address.Host, address.Port));
            }

            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            using var answer = await server.Http.GetAsync("/api/health", limit.Token);

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("", await FirstLineAsync(silent[0]).WaitAsync(limit.Token));
        }
        finally
        {
            silent.ForEach(each => each.Dispose());
        }
    }

    [Fact]
    public async Task Headers_that_are_too_many_or_too_long_are_refused()
    {
        var server = await servers.GetAsync();
        var many = string.Concat(Enumerable.Range(0, 200).Select(i => $"X-{i}: 1\n"));

        Assert.StartsWith(
            "HTTP/1.1 431",
            await server.SendRawAsync($"GET / HTTP/1.1\nHost: localhost\n{many}\n"),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "HTTP/1.1 431",
            await server.SendRawAsync($"GET / HTTP/1.1\nHost: localhost\nX: {new string('a', 20_000)}\n\n"),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "HTTP/1.1 414",
            await server.SendRawAsync($"GET /{new string('a', 20_000)} HTTP/1.1\nHost: localhost\n\n"),
            StringComparison.Ordinal
        );
    }

    private static string Path(ApiRoute route) =>
        "/" + string.Join('/', route.Template.Split('/').Select(part => part.StartsWith('{') ? "1" : part));

    private static async Task<HttpResponseMessage> GetAsync(ServerFixture server, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/status");
        request.Headers.Add("x-functions-key", key);
        return await server.Http.SendAsync(request);
    }

    private static async Task<string> FirstLineAsync(TcpClient client)
    {
        using var reader = new StreamReader(client.GetStream());
        try
        {
            return await reader.ReadLineAsync() ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
