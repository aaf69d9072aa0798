using System.Net;
using System.Net.Http.Headers;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Stash.State;

namespace HavenVlm.Core.UnitTests.Simulators.Stash;

public sealed class MediaTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"simulated-stash-{Guid.NewGuid():N}.mp4");

    public MediaTests() => File.WriteAllBytes(_path, [.. Enumerable.Range(0, 100).Select(value => (byte)value)]);

    public static TheoryData<StashVersion> Both => [StashVersion.Old2023, StashVersion.New2026];

    public void Dispose() => File.Delete(_path);

    [Theory, MemberData(nameof(Both))]
    public async Task A_stream_serves_ranges_of_bytes(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        AddScene(stash);
        using var request = new HttpRequestMessage(HttpMethod.Get, stash.Uri("/scene/1/stream"));
        request.Headers.Range = new RangeHeaderValue(10, 14);
        using var response = await stash.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal("bytes 10-14/100", response.Content.Headers.ContentRange!.ToString());
        Assert.Equal([10, 11, 12, 13, 14], await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_range_behind_the_end_cannot_be_served_and_a_missing_scene_or_file_is_not_found()
    {
        await using var stash = await StashClientFixture.StartAsync(StashVersion.New2026);
        AddScene(stash);
        stash.Library.AddScene("gone", new StashFile(0, "/nowhere/gone.mp4", DateTimeOffset.UnixEpoch));
        using var request = new HttpRequestMessage(HttpMethod.Get, stash.Uri("/scene/1/stream"));
        request.Headers.Range = new RangeHeaderValue(100, null);
        using var response = await stash.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await stash.Http.GetAsync(stash.Uri("/scene/2/stream"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await stash.Http.GetAsync(stash.Uri("/scene/9/stream"))).StatusCode);
    }

    [Fact]
    public async Task Once_a_transcode_exists_the_stream_serves_that()
    {
        await using var stash = await StashClientFixture.StartAsync(StashVersion.New2026);
        stash.Library.AddScene("original", new StashFile(0, "/nowhere/original.mp4", DateTimeOffset.UnixEpoch));
        stash.Library.RescanScene(1, scene => scene with { TranscodePath = _path });
        Assert.Equal(100, (await stash.Http.GetByteArrayAsync(stash.Uri("/scene/1/stream"))).Length);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Without_the_key_media_redirects_to_login_and_graphql_says_401(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version, new SimulatedStashOptions { ApiKey = "secret" });
        AddScene(stash);
        using var media = await stash.Http.GetAsync(stash.Uri("/scene/1/stream"));
        Assert.Equal(HttpStatusCode.Found, media.StatusCode);
        Assert.StartsWith("/login", media.Headers.Location!.ToString(), StringComparison.Ordinal);
        using var graphql = await stash.Http.PostAsync(stash.Uri("/graphql"), new StringContent("{}"));
        Assert.Equal(HttpStatusCode.Unauthorized, graphql.StatusCode);
        Assert.Empty(await graphql.Content.ReadAsByteArrayAsync());
        using var bearer = new HttpRequestMessage(HttpMethod.Post, stash.Uri("/graphql"))
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", "secret") },
        };
        Assert.Equal(HttpStatusCode.Unauthorized, (await stash.Http.SendAsync(bearer)).StatusCode);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task The_key_goes_into_the_header_or_the_query_and_only_the_stream_address_carries_it(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version, new SimulatedStashOptions { ApiKey = "sec ret" });
        AddScene(stash);
        Assert.Equal(HttpStatusCode.OK, (await stash.Http.GetAsync(stash.Uri("/scene/1/stream?apikey=sec%20ret"))).StatusCode);
        stash.Http.DefaultRequestHeaders.Add("ApiKey", "sec ret");
        Assert.Equal(HttpStatusCode.OK, (await stash.Http.GetAsync(stash.Uri("/scene/1/stream"))).StatusCode);
        var paths = (await stash.DataAsync("{ findScene(id: 1) { paths { stream preview screenshot } } }"))["findScene"]!["paths"]!;
        Assert.EndsWith("/scene/1/stream?apikey=sec%20ret", paths["stream"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.DoesNotContain("apikey", paths["screenshot"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StashVersion.Old2023, "", 500)]
    [InlineData(StashVersion.Old2023, "right", 500)]
    [InlineData(StashVersion.Release26, "right", 401)]
    [InlineData(StashVersion.New2026, "", 401)]
    public async Task A_wrong_key_is_refused_even_when_none_is_set(StashVersion version, string key, int status)
    {
        await using var stash = await StashClientFixture.StartAsync(version, new SimulatedStashOptions { ApiKey = key });
        stash.Http.DefaultRequestHeaders.Add("ApiKey", "wrong");
        using var response = await stash.Http.PostAsync(stash.Uri("/graphql"), new StringContent("{}"));
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 500 ? "unauthorized\n" : "", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Any_website_may_ask()
    {
        await using var stash = await StashClientFixture.StartAsync(StashVersion.New2026);
        using var request = new HttpRequestMessage(HttpMethod.Options, stash.Uri("/graphql"));
        request.Headers.Add("Origin", "http://elsewhere.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        using var response = await stash.Http.SendAsync(request);
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task Pictures_are_served_under_their_id()
    {
        await using var stash = await StashClientFixture.StartAsync(StashVersion.New2026);
        var image = stash.Library.AddImage(
            "inside a zip",
            new StashFile(0, "/media/set.zip/1.jpg", DateTimeOffset.UnixEpoch) { IsVideo = false, ServedFrom = _path }
        );
        Assert.Equal(100, (await stash.Http.GetByteArrayAsync(stash.Uri($"/image/{image.Id}/image"))).Length);
    }

    private void AddScene(StashClientFixture stash) =>
        stash.Library.AddScene("A walk", new StashFile(0, _path, DateTimeOffset.UnixEpoch) { Size = 100 });
}
