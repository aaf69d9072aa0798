using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Vlm.Endpoints;

/// <summary>
/// The connection to one model server: one HTTP client with its own connections. It learns once in which shape the server takes
/// requests. It sets no deadline of its own for an answer; the caller's token does.
/// </summary>
internal sealed class EndpointClient : IDisposable
{
    private const int LongestReply = 4 * 1024 * 1024;
    private const int LongestError = 16 * 1024;
    private const int MaxShapes = 6;
    private const double CharactersPerToken = 4;

    // A computer that sleeps does not refuse, it says nothing.
    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(5);

    private readonly EndpointOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly Uri _address;

    /// <summary>Makes a connection; nothing is sent yet.</summary>
    public EndpointClient(EndpointOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _http = new HttpClient(NewHandler(options.Timeout / 2), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("haven-vlm", productVersion: null));
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (options.ApiKey.Length > 0)
        {
            // Local servers get no Authorization header at all: some refuse any key when none is set.
            _ = _http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + options.ApiKey);
        }

        _address = new Uri(options.BaseUrl.TrimEnd('/') + "/chat/completions");
    }

    /// <summary>What was learned about the server.</summary>
    public EndpointCapabilities Capabilities { get; } = new();

    /// <summary>Tokens of its replies.</summary>
    public TokenMeter Tokens { get; } = new();

    /// <summary>Whether two settings of an endpoint lead to the same server and model in the same way.</summary>
    public static bool IsSameConnection(EndpointOptions a, EndpointOptions b) =>
        string.Equals(a.BaseUrl, b.BaseUrl, StringComparison.Ordinal)
        && string.Equals(a.ApiKey, b.ApiKey, StringComparison.Ordinal)
        && string.Equals(a.Model, b.Model, StringComparison.Ordinal)
        && a.Timeout == b.Timeout
        && JsonNode.DeepEquals(a.ExtraBody, b.ExtraBody);

    /// <summary>Asks and returns the reply as it is.</summary>
    /// <exception cref="EndpointFailureException">There is no chat completion to read.</exception>
    public async Task<ChatReply> AskAsync(ChatQuestion question, CancellationToken cancellationToken)
    {
        var wish = question.StructuredOutput;
        var shape = Capabilities.Shape.With(wish);
        var mask = SecretMask.Of(_options, question.ExtraBody);
        EndpointFailureException? first = null;
        var wasInDoubt = Capabilities.IsFormatInDoubt;
        var isSure = true;
        for (var tries = 1; ; tries++)
        {
            try
            {
                var reply = await SendAsync(RequestBody.Write(question, _options, shape), mask, cancellationToken);
                Count(reply, question);
                if (isSure || wasInDoubt)
                {
                    Capabilities.Confirm(shape, wish);
                }
                else
                {
                    Capabilities.DoubtFormat();
                }

                return reply;
            }
            catch (EndpointFailureException failure)
            {
                first ??= failure;
                var isComplaint = failure.Kind is FailureKind.Request or FailureKind.Server && failure.Status is >= 400;
                var other = isComplaint ? shape.After(failure.Message, wish) : null;
                if (other is null && failure.Kind == FailureKind.Request && !Capabilities.IsConfirmed)
                {
                    // A server may reject a format without saying so. It may also have been unwell for a moment: that is not remembered.
                    other = shape.WithLess(wish);
                    isSure = false;
                }

                if (other is null || tries == MaxShapes)
                {
                    throw first.Kind == failure.Kind ? first : failure;
                }

                shape = other;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private void Count(ChatReply reply, ChatQuestion question)
    {
        if (reply.Usage is { } usage)
        {
            // Hosted servers keep prompts from 1,024 tokens on; whoever asks for a key is one as a rule.
            var least = _options.ApiKey.Length > 0 ? 1024 : 256;
            var shared = question.Instructions.Length / CharactersPerToken;
            Tokens.Add(usage, shared >= least ? shared : 0);
        }
    }

    private static SocketsHttpHandler NewHandler(TimeSpan connectTimeout) =>
        new()
        {
            // A redirect could carry the key to another host.
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = connectTimeout < LongestConnect ? connectTimeout : LongestConnect,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectCallback = ConnectAsync,
        };

    // Keep-alive probes notice within half a minute that the computer at the other end fell asleep in the middle of a request.
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            KeepAlive(socket);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void KeepAlive(Socket socket)
    {
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 15);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        }
        catch (SocketException)
        {
            // Some systems do not know all of these; the endpoint's timeout notices it then.
        }
    }

    private async Task<ChatReply> SendAsync(ReadOnlyMemory<byte> body, SecretMask mask, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = new ReadOnlyMemoryContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            // Not buffered by the client: it would take replies of any size.
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return await ReadAsync(response, mask, cancellationToken);
        }
        catch (Exception e) when (FailureClassifier.IsOfConnection(e) && !cancellationToken.IsCancellationRequested)
        {
            throw FailureClassifier.OfException(e);
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && e is not OperationCanceledException)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
    }

    private async Task<ChatReply> ReadAsync(HttpResponseMessage response, SecretMask mask, CancellationToken cancellationToken)
    {
        var isError = !response.IsSuccessStatusCode;
        var limit = isError ? LongestError : LongestReply;
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var (received, isWhole) = await BoundedBody.ReadAsync(stream, limit, cancellationToken);
        var body = mask.Apply(received);
        if (isError)
        {
            throw FailureClassifier.OfError(ServerError.Read((int)response.StatusCode, body, mask), RetryAfter(response), _options);
        }

        if (!isWhole)
        {
            throw new EndpointFailureException(FailureKind.Server, $"the reply is larger than {LongestReply / 1024 / 1024} MB");
        }

        try
        {
            using var document = ReplyBody.Parse(body);
            if (ReplyError.Find(document.RootElement, mask) is { } error)
            {
                throw FailureClassifier.OfError(error, RetryAfter(response), _options);
            }

            return ChatReply.Read(document.RootElement)
                ?? throw FailureClassifier.OfError(
                    ServerError.Read(500, body, mask).InsideReply(hasCode: false),
                    RetryAfter(response),
                    _options
                );
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            var type = Header(response.Content.Headers, "Content-Type") ?? "no content type";
            var start = ErrorText.OfBody(body.Span[..Math.Min(body.Length, LongestError)], mask);
            throw new EndpointFailureException(
                FailureKind.Server,
                $"it did not send a chat completion but {ErrorText.Clean(mask.Apply(type))}: {start}; is baseUrl right?",
                innerException: e
            );
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        if (
            double.TryParse(Header(response.Headers, "retry-after-ms"), CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds is >= 0 and < 86_400_000
        )
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        return FailureClassifier.RetryAfter(Header(response.Headers, "Retry-After"), _time.GetUtcNow());
    }

    private static string? Header(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
}
