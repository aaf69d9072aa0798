using System.Net;
using System.Net.Http.Headers;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Core.Media.Probing;
using HavenVlm.Core.Media.Sources;

namespace HavenVlm.Core.Tests.Media.Sources;

public sealed class RelayTests(MediaCorpus corpus) : IAsyncDisposable
{
    private readonly MediaParts _parts = new();
    private readonly HttpClient _http = new();

    [Fact]
    public async Task A_stream_is_probed_and_decoded_as_a_file_is()
    {
        await using var server = new StreamServer(await File.ReadAllBytesAsync(await corpus.H264()));
        await using var input = await OpenAsync(server.Address);

        var facts = await _parts.Get<MediaProbe>().ProbeAsync(input, CancellationToken.None);
        var frames = await ExtractAsync(input, facts);

        Assert.Equal(20, facts.Duration.TotalSeconds, 0.05);
        Assert.All(frames, frame => Assert.Equal(Math.Round(frame.Time.TotalSeconds * 25), SampleVideo.NumberIn(frame.Signature!)));
        Assert.All(server.Requests, head => Assert.StartsWith("GET /scene/8/stream HTTP/1.1\n", head, StringComparison.Ordinal));
        Assert.Contains(server.Requests, head => head.Contains("Range: bytes=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ffmpeg_sees_neither_the_key_nor_the_address()
    {
        await using var server = new StreamServer([]);
        await using var input = await OpenAsync(server.Address);

        Assert.StartsWith("http://127.0.0.1:", input.Argument, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Address.Authority, input.Argument, StringComparison.Ordinal);
        Assert.DoesNotContain(StreamServer.Key, input.Argument, StringComparison.Ordinal);
        Assert.Equal("http,tcp", input.Protocols);
    }

    [Fact]
    public async Task Byte_ranges_are_passed_on()
    {
        await using var server = new StreamServer([.. Enumerable.Range(0, 100).Select(i => (byte)i)]);
        await using var input = await OpenAsync(server.Address);
        using var request = new HttpRequestMessage(HttpMethod.Get, input.Argument);
        request.Headers.Range = new RangeHeaderValue(10, 19);

        using var response = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal(100, response.Content.Headers.ContentRange!.Length);
        Assert.Equal(Enumerable.Range(10, 10).Select(i => (byte)i), await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_range_behind_the_end_is_refused_as_Stash_refuses_it()
    {
        await using var server = new StreamServer(new byte[10]);
        await using var input = await OpenAsync(server.Address);
        using var request = new HttpRequestMessage(HttpMethod.Get, input.Argument);
        request.Headers.Range = new RangeHeaderValue(100, null);

        using var response = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
        Assert.Null(input.TakeFailure());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/0123456789abcdef")]
    [InlineData("/scene/8/stream")]
    public async Task Serves_nothing_without_the_one_time_path(string path)
    {
        await using var server = new StreamServer(new byte[10]);
        await using var input = await OpenAsync(server.Address);

        using var response = await _http.GetAsync(new Uri(new Uri(input.Argument), path));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task The_relay_ends_with_its_input()
    {
        await using var server = new StreamServer(new byte[10]);
        var input = await OpenAsync(server.Address);
        await input.DisposeAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => _http.GetAsync(input.Argument));
    }

    [Fact]
    public async Task A_wrong_key_is_said_to_be_a_wrong_key()
    {
        await using var server = new StreamServer(new byte[10]);
        await using var input = await OpenAsync(server.Address, "wrong");

        var error = await Assert.ThrowsAsync<MediaException>(() => _parts.Get<MediaProbe>().ProbeAsync(input, CancellationToken.None));

        Assert.Contains("stash.apiKey", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", error.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found", true, "gone")]
    [InlineData("HTTP/1.1 401 Unauthorized", true, "stash.apiKey")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://elsewhere/", true, "redirects")]
    [InlineData("HTTP/1.1 503 Service Unavailable", false, "503")]
    [InlineData("HTTP/1.1 429 Too Many Requests", false, "429")]
    [InlineData("HTTP/1.1 500 Internal Server Error", false, "500")]
    public async Task Refusals_distinguish_permanent_from_passing(string refusal, bool permanent, string word)
    {
        await using var server = new StreamServer(await File.ReadAllBytesAsync(await corpus.H264()));
        await using var input = await OpenAsync(server.Address);
        var facts = await _parts.Get<MediaProbe>().ProbeAsync(input, CancellationToken.None);
        server.Refusal = refusal;

        var error = await Assert.ThrowsAnyAsync<Exception>(() => ExtractAsync(input, facts));

        Assert.IsType(permanent ? typeof(MediaException) : typeof(MediaUnavailableException), error);
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Stash_that_is_away_is_no_fault_of_the_scene()
    {
        var server = new StreamServer(new byte[10]);
        await server.DisposeAsync();
        await using var input = await OpenAsync(server.Address);

        await Assert.ThrowsAsync<MediaUnavailableException>(() => _parts.Get<MediaProbe>().ProbeAsync(input, CancellationToken.None));
    }

    [Fact]
    public async Task What_breaks_off_midway_is_asked_for_from_there_on()
    {
        var content = await File.ReadAllBytesAsync(await corpus.H264());
        await using var server = new StreamServer(content) { BreakAfter = 20_000 };
        await using var input = await OpenAsync(server.Address);

        Assert.Equal(content, await _http.GetByteArrayAsync(input.Argument));
        Assert.Null(input.TakeFailure());
    }

    [Fact]
    public async Task What_breaks_off_and_stays_away_is_a_passing_failure_with_its_reason()
    {
        var content = new byte[50_000];
        await using var server = new StreamServer(content) { BreakAfter = 0 };
        await using var input = await OpenAsync(server.Address);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => _http.GetByteArrayAsync(input.Argument));

        var failure = Assert.IsType<MediaUnavailableException>(input.TakeFailure());
        Assert.Contains("broke off", failure.Message, StringComparison.Ordinal);
        Assert.Null(input.TakeFailure());
    }

    [Fact]
    public async Task A_server_without_ranges_still_serves_what_needs_none()
    {
        await using var server = new StreamServer(await File.ReadAllBytesAsync(await corpus.TransportStream())) { HasRanges = false };
        await using var input = await OpenAsync(server.Address);

        var facts = await _parts.Get<MediaProbe>().ProbeAsync(input, CancellationToken.None);

        Assert.Equal("h264", facts.Codec);
    }

    [Theory]
    [InlineData("GET /a HTTP/1.1\r\nRange: bytes=5-9", 5L, 9L)]
    [InlineData("GET /a HTTP/1.1\r\nrange:bytes=5-", 5L, null)]
    [InlineData("GET /a HTTP/1.1\r\nRange: bytes=-5", null, null)]
    [InlineData("GET /a HTTP/1.1\r\nRange: bytes=9-5", 9L, null)]
    [InlineData("GET /a HTTP/1.1\r\nRange: bytes=1-2,5-9", null, null)]
    [InlineData("GET /a HTTP/1.1\r\nRange: lines=1-2", null, null)]
    [InlineData("GET /a HTTP/1.1", null, null)]
    public void Only_plain_ranges_count(string head, long? from, long? to)
    {
        var request = RelayRequest.Parse(head);

        Assert.Equal((from, to), (request!.From, request.To));
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET")]
    [InlineData("GET /a HTTP/2")]
    [InlineData("GET /a b HTTP/1.1")]
    public void What_is_no_request_is_refused(string head) => Assert.Null(RelayRequest.Parse(head));

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _parts.DisposeAsync();
    }

    private Task<MediaInput> OpenAsync(Uri address, string key = StreamServer.Key) =>
        _parts.Get<MediaGateway>().OpenAsync(new MediaLocation.RemoteMedia(address, key), CancellationToken.None);

    private async Task<List<VideoFrame>> ExtractAsync(MediaInput input, VideoFacts facts) =>
        await _parts
            .Get<FrameExtractor>()
            .ExtractAsync(
                input,
                facts,
                MediaParts.Pictures,
                [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(17)],
                TimeSpan.FromSeconds(0.1),
                CancellationToken.None
            )
            .ToListAsync();
}
