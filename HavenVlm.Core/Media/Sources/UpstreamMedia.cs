using System.Net;
using System.Net.Http.Headers;
using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Media.Sources;

/// <summary>Asks Stash for ranges of one media address and says in plain words why it does not get them.</summary>
internal sealed class UpstreamMedia(HttpClient http, MediaLocation.RemoteMedia media, TimeProvider time)
{
    private const int MaxErrorBody = 2048;

    /// <summary>Longest wait for an answer, and for the next bytes of one.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>The address, for messages.</summary>
    public string Name => media.Address.ToString();

    /// <summary>Asks for the bytes from an offset on. The answer is 200, 206 or 416; dispose it.</summary>
    /// <param name="from">First byte.</param>
    /// <param name="to">Last byte; null = until the end.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="MediaException">Stash refuses for good.</exception>
    /// <exception cref="MediaUnavailableException">Stash does not answer now.</exception>
    public async Task<HttpResponseMessage> OpenAsync(long from, long? to, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, media.Address);
        // Ranges count in the bytes of the file itself.
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        if (media.ApiKey.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("ApiKey", media.ApiKey);
        }

        request.Headers.Range = new RangeHeaderValue(from, to);

        using var limit = new CancellationTokenSource(Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token);
            if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                return response;
            }

            using (response)
            {
                throw await RefusalAsync(response, linked.Token);
            }
        }
        catch (HttpRequestException e)
        {
            throw new MediaUnavailableException($"Stash does not answer at {Name}: {e.Message}", e);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MediaUnavailableException($"Stash did not answer at {Name} within {Timeout.TotalSeconds:0} seconds.");
        }
    }

    /// <summary>Reads the next bytes of an answer; 0 = its end.</summary>
    /// <exception cref="IOException">The connection broke, or nothing came for too long.</exception>
    public async ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await body.ReadAsync(buffer, linked.Token);
        }
        catch (HttpRequestException e)
        {
            throw new IOException(e.Message, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"Nothing came for {Timeout.TotalSeconds:0} seconds.", e);
        }
    }

    private async Task<Exception> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var location = response.Headers.Location?.ToString() ?? "";
        var wrongKey =
            status is 401 or 403
            || (status is >= 300 and < 400 && location.Contains("/login", StringComparison.Ordinal))
            // Stash of 2023 says it so.
            || (
                status == 500
                && (await ReadTextAsync(response, cancellationToken)).Contains("unauthorized", StringComparison.OrdinalIgnoreCase)
            );
        if (wrongKey)
        {
            var key = media.ApiKey.Length > 0 ? "does not accept stash.apiKey" : "wants a key, and stash.apiKey is empty";
            return new MediaException($"Stash {key} for {Name}. Copy the API key from Stash's settings (Security) to stash.apiKey.");
        }

        return status switch
        {
            404 or 410 => new MediaException($"Stash has no media at {Name} (HTTP {status}): it or its file is gone."),
            >= 300 and < 400 => new MediaException(
                $"{Name} redirects to another place (HTTP {status}); redirects are not followed. Set stash.url to the address that Stash itself answers at."
            ),
            408 or 429 or >= 500 => new MediaUnavailableException($"Stash cannot deliver {Name} now (HTTP {status})."),
            _ => new MediaException($"Stash refuses {Name} (HTTP {status})."),
        };
    }

    private static async Task<string> ReadTextAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxErrorBody];
        var read = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return System.Text.Encoding.UTF8.GetString(buffer, 0, read);
    }
}
