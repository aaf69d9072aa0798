using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Workflows.Ports;
using Microsoft.Extensions.Time.Testing;

namespace HavenVlm.Core.UnitTests.Stash.Client;

/// <summary>What an answer means: wait, or fix something, and what.</summary>
public sealed class StashErrorTests
{
    private const string Key = "the-secret-key";

    [Theory]
    [InlineData(401, "", "stash.apiKey is refused by http://127.0.0.1")]
    [InlineData(500, "unauthorized\n", "stash.apiKey is refused by http://127.0.0.1")]
    [InlineData(200, """{"errors":[{"message":"unauthorized"}],"data":null}""", "stash.apiKey is refused by http://127.0.0.1")]
    [InlineData(403, "Stash is exposed to the public internet", "exposed to the public internet")]
    public async Task A_wrong_key_needs_the_user(int status, string body, string message)
    {
        var e = await FailsAsync<StashException>(CannedServer.Http(status, body, ""));

        Assert.Equal(StashErrorKind.Unauthorized, e.Kind);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Distinguishes_a_missing_key_from_a_wrong_one()
    {
        var e = await FailsAsync<StashException>(CannedServer.Http(401, "", ""), key: "");

        Assert.Contains("wants a key", e.Message, StringComparison.Ordinal);
        Assert.Contains("Settings > Security", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Location: /login?returnURL=%2Fgraphql\r\n", nameof(StashErrorKind.Unauthorized))]
    [InlineData("Location: https://user:pass@stash.example.org/graphql\r\n", nameof(StashErrorKind.NotStash))]
    public async Task Redirects_are_not_followed(string header, string kind)
    {
        var e = await FailsAsync<StashException>(CannedServer.Http(302, "", header));

        Assert.Equal(kind, e.Kind.ToString());
        Assert.DoesNotContain("pass", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500, "something broke", nameof(StashErrorKind.ServerError))]
    [InlineData(502, "<html>Bad Gateway</html>", nameof(StashErrorKind.ServerError))]
    [InlineData(503, "", nameof(StashErrorKind.ServerError))]
    [InlineData(429, "", nameof(StashErrorKind.ServerError))]
    [InlineData(200, """{"data":{"o0":{"ver""", nameof(StashErrorKind.BrokenReply))]
    [InlineData(200, "", nameof(StashErrorKind.BrokenReply))]
    [InlineData(200, """{"data":null}""", nameof(StashErrorKind.BrokenReply))]
    [InlineData(200, """{"data":{"o0":{"version":7}}}""", nameof(StashErrorKind.BrokenReply))]
    [InlineData(
        200,
        """{"errors":[{"message":"database is locked (5) (SQLITE_BUSY)","path":["o0"]}],"data":null}""",
        nameof(StashErrorKind.ServerError)
    )]
    public async Task Trouble_that_passes_is_worth_waiting_for(int status, string body, string kind)
    {
        var e = await FailsAsync<StashUnavailableException>(CannedServer.Http(status, body));

        Assert.Equal(kind, e.Kind.ToString());
        Assert.False(ActivityFailure.From(e).IsPermanent);
    }

    [Theory]
    [InlineData(200, "<!DOCTYPE html><html>Stash</html>", nameof(StashErrorKind.NotStash))]
    [InlineData(200, "[]", nameof(StashErrorKind.NotStash))]
    [InlineData(404, "404 page not found", nameof(StashErrorKind.NotStash))]
    [InlineData(
        422,
        """{"errors":[{"message":"Cannot query field \"x\" on type \"Scene\"."}],"data":null}""",
        nameof(StashErrorKind.Invalid)
    )]
    [InlineData(400, """{"errors":[{"message":"json body could not be decoded"}],"data":null}""", nameof(StashErrorKind.Invalid))]
    [InlineData(
        200,
        """{"errors":[{"message":"FOREIGN KEY constraint failed","path":["o0"]}],"data":{"o0":null}}""",
        nameof(StashErrorKind.Refused)
    )]
    public async Task A_no_is_a_no(int status, string body, string kind)
    {
        var e = await FailsAsync<StashException>(CannedServer.Http(status, body));

        Assert.Equal(kind, e.Kind.ToString());
        Assert.True(ActivityFailure.From(e).IsPermanent);
    }

    [Theory]
    [InlineData("<html><body>Bad gateway, back soon</body></html>")]
    [InlineData("{\"message\":\"maintenance\"}")]
    public async Task A_page_in_place_of_a_Stash_that_answered_before_is_an_outage(string page)
    {
        await using var server = new CannedServer(CannedServer.Http(200, "{\"data\":{\"o0\":{\"version\":\"v1\"}}}"));
        using var stash = new StashAt(server.Url, Key);
        Assert.True(await stash.Client.AllowsAnonymousAsync(CancellationToken.None));
        server.Answer = CannedServer.Http(200, page, "Content-Type: text/html\r\n");

        var e = await Assert.ThrowsAsync<StashUnavailableException>(() => stash.Client.AllowsAnonymousAsync(CancellationToken.None));

        Assert.Contains("a proxy in between may be down", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_worth_waiting_for()
    {
        var e = await FailsAsync<StashUnavailableException>("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"data\":");

        Assert.Equal(StashErrorKind.Unreachable, e.Kind);
    }

    [Fact]
    public async Task Nobody_there_is_worth_waiting_for()
    {
        string url;
        await using (var server = new CannedServer(answer: null))
        {
            url = server.Url;
        }

        using var stash = new StashAt(url, Key);
        var e = await Assert.ThrowsAsync<StashUnavailableException>(() => stash.Client.FindSceneAsync("1", CancellationToken.None));
        Assert.Equal(StashErrorKind.Unreachable, e.Kind);
        Assert.Contains(url, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_ends_by_a_deadline()
    {
        await using var server = new CannedServer(answer: null);
        var time = new FakeTimeProvider();
        using var stash = new StashAt(server.Url, Key, time);
        var asking = stash.Client.StatisticsAsync(CancellationToken.None);
        while (server.LastRequest.Length == 0)
        {
            await Task.Delay(5);
        }

        time.Advance(TimeSpan.FromSeconds(61));
        var e = await Assert.ThrowsAsync<StashUnavailableException>(() => asking);
        Assert.Equal(StashErrorKind.Timeout, e.Kind);
    }

    [Fact]
    public async Task Being_stopped_is_not_a_failure_of_Stash()
    {
        await using var server = new CannedServer(answer: null);
        using var stash = new StashAt(server.Url, Key);
        using var stop = new CancellationTokenSource();
        var asking = stash.Client.StatisticsAsync(stop.Token);
        await stop.CancelAsync();
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Theory]
    [InlineData("localhost:9999")]
    [InlineData("")]
    [InlineData("ftp://nas")]
    public async Task Names_an_invalid_address(string url)
    {
        using var stash = new StashAt(url, Key);
        var e = await Assert.ThrowsAsync<StashException>(() => stash.Client.StatisticsAsync(CancellationToken.None));
        Assert.Contains("stash.url", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_travels_in_its_header_and_nowhere_else()
    {
        await using var server = new CannedServer(CannedServer.Http(500, $"trouble with {Key}"));
        using var stash = new StashAt(server.Url, Key);
        var e = await Assert.ThrowsAsync<StashUnavailableException>(() => stash.Client.StatisticsAsync(CancellationToken.None));

        Assert.DoesNotContain(Key, e.ToString(), StringComparison.Ordinal);
        Assert.Contains($"ApiKey: {Key}\r\n", server.LastRequest, StringComparison.Ordinal);
        Assert.Equal(
            server.LastRequest.IndexOf(Key, StringComparison.Ordinal),
            server.LastRequest.LastIndexOf(Key, StringComparison.Ordinal)
        );
        Assert.StartsWith("POST /graphql HTTP/1.1", server.LastRequest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_an_unsendable_key_without_showing_it()
    {
        using var stash = new StashAt("http://127.0.0.1:1", "bad\r\nkey");
        var e = await Assert.ThrowsAsync<StashException>(() => stash.Client.StatisticsAsync(CancellationToken.None));
        Assert.DoesNotContain("bad", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_says_it_is_too_long_is_not_read()
    {
        var e = await FailsAsync<StashException>("HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n ");
        Assert.Equal(StashErrorKind.TooLarge, e.Kind);
    }

    [Fact(Explicit = true)]
    public async Task An_endless_answer_is_not_read_to_its_end()
    {
        var endless = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + new string(' ', 65 << 20);
        var e = await FailsAsync<StashException>(endless);
        Assert.Equal(StashErrorKind.TooLarge, e.Kind);
    }

    private static async Task<TException> FailsAsync<TException>(string answer, string key = Key)
        where TException : Exception
    {
        await using var server = new CannedServer(answer);
        using var stash = new StashAt(server.Url, key);
        var e = await Assert.ThrowsAsync<TException>(() => stash.Client.StatisticsAsync(CancellationToken.None));
        Assert.DoesNotContain(Key, e.ToString(), StringComparison.Ordinal);
        return e;
    }
}
