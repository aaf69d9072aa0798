using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Stash.State;

namespace HavenVlm.Core.UnitTests.Simulators.Stash;

/// <summary>A simulated Stash and a bare client that shows exactly what came over the wire.</summary>
internal sealed class StashClientFixture : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    private StashClientFixture(SimulatedStash stash) => Stash = stash;

    public SimulatedStash Stash { get; }

    public StashLibrary Library => Stash.Library;

    public HttpClient Http => _http;

    public static async Task<StashClientFixture> StartAsync(StashVersion version, SimulatedStashOptions? options = null) =>
        new(await SimulatedStash.StartAsync((options ?? new SimulatedStashOptions()) with { Version = version }));

    public Uri Uri(string path) => new(Stash.Address + path);

    public async Task<(HttpStatusCode Status, JsonNode Reply)> SendAsync(string query, object? variables = null)
    {
        using var response = await _http.PostAsJsonAsync(Uri("/graphql"), new { query, variables });
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    /// <summary>The data of a request that must succeed.</summary>
    public async Task<JsonNode> DataAsync(string query, object? variables = null)
    {
        var (status, reply) = await SendAsync(query, variables);
        Assert.True(status == HttpStatusCode.OK && reply["errors"] is null, reply.ToJsonString());
        return reply["data"]!;
    }

    /// <summary>The message with which a resolver refuses: HTTP 200 and an error.</summary>
    public async Task<string> RefusalAsync(string query, object? variables = null)
    {
        var (status, reply) = await SendAsync(query, variables);
        Assert.Equal(HttpStatusCode.OK, status);
        return reply["errors"]!.AsArray().Single()!["message"]!.GetValue<string>();
    }

    /// <summary>The message with which the schema refuses: HTTP 422 and no data.</summary>
    public async Task<string> InvalidAsync(string query, object? variables = null)
    {
        var (status, reply) = await SendAsync(query, variables);
        Assert.Equal((HttpStatusCode)422, status);
        Assert.Null(reply["data"]);
        var error = reply["errors"]!.AsArray()[0]!;
        Assert.Equal("GRAPHQL_VALIDATION_FAILED", error["extensions"]!["code"]!.GetValue<string>());
        return error["message"]!.GetValue<string>();
    }

    public int AddScene() =>
        Library
            .AddScene(
                "A walk",
                new StashFile(0, "/media/walk.mp4", DateTimeOffset.UnixEpoch)
                {
                    Size = 1000,
                    Duration = 60,
                    Width = 640,
                    Height = 360,
                    FrameRate = 25,
                }
            )
            .Id;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Stash.DisposeAsync();
    }
}
