using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Stash.Client;

/// <summary>Sends GraphQL to Stash over HTTP and tells apart what can go wrong. Address and key are read for every request: they may be reloaded.</summary>
internal sealed class StashTransport : IDisposable
{
    private const int LargestReply = 64 * 1024 * 1024;

    private readonly SettingsSource _settings;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private volatile string? _spokeGraphQl;

    public StashTransport(SettingsSource settings, TimeProvider time)
    {
        _settings = settings;
        _time = time;
#pragma warning disable CA2000 // The client disposes its handler.
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                AutomaticDecompression = DecompressionMethods.All,
                ConnectTimeout = TimeSpan.FromSeconds(10),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                MaxResponseHeadersLength = 64,
            },
            disposeHandler: true
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
#pragma warning restore CA2000
    }

    /// <summary>Address of the Stash in use, without a trailing slash.</summary>
    public string BaseUrl => _settings.Current.Stash.Url.TrimEnd('/');

    /// <summary>How the last request ended.</summary>
    public StashHealth Health { get; } = new();

    /// <summary>Sends one request and returns the reply's JSON; the caller disposes it.</summary>
    /// <exception cref="StashUnavailableException">Later it may work.</exception>
    /// <exception cref="StashException">It will not.</exception>
    public async Task<JsonDocument> SendAsync(
        string query,
        JsonObject variables,
        TimeSpan timeout,
        bool withKey,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var reply = await SendOnceAsync(query, variables, timeout, withKey, cancellationToken);
            Health.Succeeded();
            return reply;
        }
        catch (Exception e) when (withKey && e is StashException or StashUnavailableException)
        {
            Health.Failed(e);
            throw;
        }
    }

    private async Task<JsonDocument> SendOnceAsync(
        string query,
        JsonObject variables,
        TimeSpan timeout,
        bool withKey,
        CancellationToken cancellationToken
    )
    {
        var stash = _settings.Current.Stash;
        var url = stash.Url.TrimEnd('/');
        using var request = CreateRequest(url, withKey ? stash.ApiKey : "", query, variables);
        using var deadline = new CancellationTokenSource(timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            var body = await ReadAsync(response, url, both.Token);
            var reply = StashReply.Read(response, new SecretMask([stash.ApiKey]).Apply(body), url, stash.ApiKey, _time.GetUtcNow());
            _spokeGraphQl = url;
            return reply;
        }
        catch (StashException e) when (e.Kind == StashErrorKind.NotStash && url.Equals(_spokeGraphQl, StringComparison.Ordinal))
        {
            // It was Stash a moment ago: now a proxy before it answers in its place.
            throw new StashUnavailableException(
                StashErrorKind.ServerError,
                $"{url} no longer answers as Stash: a proxy in between may be down.",
                e
            );
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StashUnavailableException(
                StashErrorKind.Timeout,
                $"Stash at {url} did not answer within {timeout.TotalSeconds:0} s.",
                e
            );
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.SecureConnectionError)
        {
            throw new StashException(
                StashErrorKind.NotStash,
                $"No secure connection to Stash at {url}: its certificate is not trusted here. Use a trusted certificate or the plain http address in stash.url.",
                e
            );
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new StashUnavailableException(
                StashErrorKind.Unreachable,
                $"Stash at {url} cannot be reached ({StashText.Clean(e.Message)}). Is it running, and is stash.url right from this machine?",
                e
            )
            {
                WasNeverSent = IsOfConnecting(e),
            };
        }
    }

    public void Dispose() => _http.Dispose();

    private static bool IsOfConnecting(Exception exception) =>
        exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };

    private static HttpRequestMessage CreateRequest(string url, string key, string query, JsonObject variables)
    {
        if (!Uri.TryCreate(url + "/graphql", UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new StashException(StashErrorKind.NotStash, "stash.url is not an address: write it like http://localhost:9999.");
        }

        if (key.Any(character => character is <= ' ' or > '~'))
        {
            throw new StashException(
                StashErrorKind.Unauthorized,
                "stash.apiKey holds characters that no key has: copy it from Stash under Settings > Security."
            );
        }

        // Not as a part of another JsonObject: a request that is sent again has the same variables.
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new { query, variables }));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (key.Length > 0)
        {
            request.Headers.Add("ApiKey", key);
        }

        return request;
    }

    private static StashException TooLarge(string url) =>
        new(StashErrorKind.TooLarge, $"Stash at {url} answered with more than {LargestReply >> 20} MB.");

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, string url, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > LargestReply)
        {
            throw TooLarge(url);
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var buffer = new MemoryStream();
        var chunk = new byte[64 * 1024];
        int read;
        while ((read = await stream.ReadAsync(chunk, cancellationToken)) > 0)
        {
            if (buffer.Length + read > LargestReply)
            {
                throw TooLarge(url);
            }

            await buffer.WriteAsync(chunk.AsMemory(0, read), cancellationToken);
        }

        return buffer.ToArray();
    }
}
