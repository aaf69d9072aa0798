using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace HavenVlm.Local.Tests.Server;

public sealed class HttpTests(ServerWithoutStash fixture, SharedServers servers) : IClassFixture<ServerWithoutStash>
{
    [Fact]
    public async Task Every_answer_forbids_guessing_framing_and_keeping()
    {
        var server = fixture.Server;

        foreach (var path in (string[])["/api/status", "/nowhere", "/api/openapi.json"])
        {
            using var response = await server.Http.GetAsync(path);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("DENY", response.Headers.GetValues("X-Frame-Options").Single());
            Assert.Contains(
                "frame-ancestors 'none'",
                response.Headers.GetValues("Content-Security-Policy").Single(),
                StringComparison.Ordinal
            );
            Assert.True(response.Headers.CacheControl!.NoStore);
            Assert.False(response.Headers.Contains("Server"));
        }
    }

    [Fact]
    public async Task Errors_are_problem_details()
    {
        var server = fixture.Server;

        await AssertProblemAsync(await server.Http.GetAsync("/nowhere"), 404);
        await AssertProblemAsync(await server.Http.GetAsync("/api/instances/nothing"), 404);
        await AssertProblemAsync(await server.Http.PostAsync("/api/scenes/tag", Body("{ not json")), 400);
        await AssertProblemAsync(await server.Http.PostAsync("/api/scenes/tag", Body("""{"sceneIds":["x"]}""")), 400);
        // Without its key the body would ask for everything.
        await AssertProblemAsync(await server.Http.PostAsync("/api/scenes/tag", Body("""{"sceneId":"1"}""")), 400);
        await AssertProblemAsync(await server.Http.PostAsync("/api/images/tag", Body("""{"imageIds":["x"]}""")), 400);
        await AssertProblemAsync(await server.Http.PostAsync("/api/images/tag", Body("""{"imageId":"1"}""")), 400);
        using var lost = new HttpRequestMessage(HttpMethod.Get, "/api/instances");
        lost.Headers.Add("x-ms-continuation-token", "nowhere");
        await AssertProblemAsync(await server.Http.SendAsync(lost), 400);
        using var large = new HttpRequestMessage(HttpMethod.Post, "/api/scenes/tag") { Content = Body(new string(' ', 5_000_000)) };
        // Asks before it sends, else the connection is cut while it does.
        large.Headers.ExpectContinue = true;
        await AssertProblemAsync(await server.Http.SendAsync(large), 413);
    }

    [Fact]
    public async Task Every_call_refuses_the_same_ids()
    {
        var server = fixture.Server;

        foreach (var id in (string[])["007", "0", "1a", "1234567890123456789"])
        {
            foreach (
                var (path, body) in ((string, string)[])
                    [
                        ("scenes/tag", $$"""{"sceneIds":["1","{{id}}"]}"""),
                        ("scenes/update", $$"""{"sceneIds":["{{id}}"]}"""),
                        ("images/tag", $$"""{"imageIds":["{{id}}"]}"""),
                        ("undo", $$"""{"sceneIds":["{{id}}"]}"""),
                        ("undo", $$"""{"imageIds":["{{id}}"]}"""),
                        ("marker-settings", $$"""{"sceneId":"{{id}}"}"""),
                    ]
            )
            {
                await AssertProblemAsync(await server.Http.PostAsync($"/api/{path}", Body(body)), 400);
            }

            await AssertProblemAsync(await server.Http.GetAsync($"/api/scenes/{id}/timeline"), 400);
            await AssertProblemAsync(await server.Http.GetAsync($"/api/scenes/{id}/frame?t=1"), 400);
            await AssertProblemAsync(await server.Http.GetAsync($"/api/scenes/{id}/settings"), 400);
            await AssertProblemAsync(await server.Http.PutAsync($"/api/scenes/{id}/settings", Body("{}")), 400);
        }

        await AssertProblemAsync(await server.Http.PostAsync("/api/scenes/tag", Body("""{"sceneIds":[null]}""")), 400);
        await AssertProblemAsync(await server.Http.GetAsync("/api/instances/scene%201"), 404);
    }

    [Fact]
    public async Task What_is_started_leads_to_addresses_that_work()
    {
        var server = fixture.Server;

        using var response = await server.Http.PostAsync("/api/scenes/tag", Body("""{"sceneIds":["1"]}"""));

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        using var started = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var address = started.RootElement.GetProperty("statusQueryGetUri").GetString();
        Assert.Equal(response.Headers.Location, new Uri(address!));
        using var status = await server.Http.GetAsync(address);
        Assert.Equal(HttpStatusCode.Accepted, status.StatusCode);
        var terminate = started
            .RootElement.GetProperty("terminatePostUri")
            .GetString()!
            .Replace("{text}", "enough", StringComparison.Ordinal);
        using var terminated = await server.Http.PostAsync(terminate, content: null);
        Assert.Equal(HttpStatusCode.Accepted, terminated.StatusCode);
        using var ended = await server.Http.GetAsync(address);
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
    }

    [Theory]
    [InlineData("scenes/tag", """{"sceneIds":["2"]}""", "requests")]
    [InlineData("images/tag", """{"imageIds":["1"]}""", "requests")]
    [InlineData("incorrect/collect", "{}", "exports")]
    [InlineData("undo", """{"sceneIds":["3"]}""", "undo")]
    public async Task Deleting_an_instance_removes_what_it_wrote(string call, string body, string folder)
    {
        var server = fixture.Server;
        using var response = await server.Http.PostAsync($"/api/{call}", Body(body));
        using var started = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var id = started.RootElement.GetProperty("id").GetString()!;
        var files = Path.Combine(server.DataFolder, "artifacts", folder, id);
        Assert.NotEmpty(Directory.GetFiles(files, "*", SearchOption.AllDirectories));
        using var terminated = await server.Http.PostAsync($"/api/instances/{id}/terminate", content: null);

        using var deleted = await server.Http.DeleteAsync($"/api/instances/{id}");

        Assert.True(deleted.IsSuccessStatusCode, await deleted.Content.ReadAsStringAsync());
        Assert.False(Directory.Exists(files) && Directory.GetFiles(files, "*", SearchOption.AllDirectories).Length > 0);
    }

    [Fact]
    public async Task The_public_address_is_used_in_answers()
    {
        await using var server = await ServerFixture.StartAsync(
            server: "publicUrl: 'https://haven.example/vlm'",
            stash: await servers.StashAsync()
        );

        using var response = await server.Http.PostAsync("/api/scenes/tag", Body("""{"sceneIds":["1"]}"""));

        Assert.StartsWith("https://haven.example/vlm/api/instances/", response.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_openapi_document_describes_every_call()
    {
        var server = await servers.GetAsync(server: "apiKey: 'the-key-of-the-test'");

        using var document = JsonDocument.Parse(await server.Http.GetStringAsync("/api/openapi.json"));

        var paths = document.RootElement.GetProperty("paths");
        foreach (var route in Core.Api.ApiRoutes.All)
        {
            var call = paths.GetProperty($"/{route.Template}").GetProperty(route.Method.ToLowerInvariant());
            Assert.Equal(route.Name, call.GetProperty("operationId").GetString());
            Assert.True(call.GetProperty("responses").TryGetProperty($"{route.SuccessStatus}", out _));
            Assert.Equal(route.RequestType is not null, call.TryGetProperty("requestBody", out _));
            Assert.Equal(!route.Anonymous, call.TryGetProperty("security", out _));
        }

        var one = paths.GetProperty("/api/instances/{id}").GetProperty("get").GetProperty("parameters");
        Assert.Equal("path", one[0].GetProperty("in").GetString());
    }

    [Fact]
    public async Task Events_stream_and_end_with_the_server()
    {
        var server = await ServerFixture.StartAsync(stash: await servers.StashAsync());
        using var http = new HttpClient { BaseAddress = new Uri(server.Address) };
        using var response = await http.GetAsync("/api/events", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync() is not "event: status") { }

        Assert.StartsWith("data: {", await reader.ReadLineAsync(), StringComparison.Ordinal);
        await server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(7));
    }

    private static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");

    private static async Task AssertProblemAsync(HttpResponseMessage response, int status)
    {
        using (response)
        {
            Assert.Equal(status, (int)response.StatusCode);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal(status, problem.GetProperty("status").GetInt32());
            Assert.NotEmpty(problem.GetProperty("title").GetString()!);
            Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        }
    }
}
