using System.ClientModel;
using System.Globalization;
using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Vlm.Endpoints;

/// <summary>Tells whose fault a failed request is, and what to do about it.</summary>
internal static class FailureClassifier
{
    private static readonly string[] TooLongWords =
    [
        "context length",
        "context size",
        "context window",
        "maximum context",
        "context_length_exceeded",
        "exceed_context_size",
        "too many tokens",
        "n_ctx",
        "too many images",
        "image is too large",
        "request entity too large",
    ];

    private static readonly string[] BlindWords =
    [
        "image input is not supported",
        "not support image",
        "not support vision",
        "not a multimodal",
        "not multimodal",
        "mmproj",
        "image_url is only supported",
        "unknown part type: image",
    ];

    private static readonly string[] MissingModelWords =
    [
        "not found",
        "does not exist",
        "not exist",
        "not loaded",
        "no models loaded",
        "unknown model",
        "invalid model",
        "not a valid model",
        "failed to load model",
    ];

    private static readonly string[] NoCreditWords =
    [
        "insufficient_quota",
        "exceeded your current quota",
        "insufficient credit",
        "billing",
    ];

    /// <summary>The failure that a status and the server's words amount to.</summary>
    /// <param name="status">HTTP status, 300 or more.</param>
    /// <param name="text">The server's words, cleaned.</param>
    /// <param name="retryAfter">How long it asks to be left alone.</param>
    /// <param name="endpoint">Settings named in the message.</param>
    public static EndpointFailureException OfStatus(int status, string text, TimeSpan? retryAfter, EndpointOptions endpoint)
    {
        var (kind, advice) = Judge(status, text, retryAfter);
        var said = text.Length == 0 ? "" : $" (the server says: {text})";
        var what =
            advice.Length == 0 ? $"HTTP {status}" : $"HTTP {status}, {advice.Replace("{name}", endpoint.Name, StringComparison.Ordinal)}";
        return new EndpointFailureException(kind, what + said, retryAfter) { Status = status };
    }

    /// <summary>The failure that an exception of the connection amounts to.</summary>
    public static EndpointFailureException OfException(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case AuthenticationException:
                    return New(FailureKind.Misconfigured, "its certificate is not trusted: " + e.Message);
                case HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } when e.InnerException is null:
                case HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError }:
                case SocketException
                {
                    SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.HostUnreachable
                }:
                case SocketException { SocketErrorCode: SocketError.NetworkUnreachable or SocketError.TryAgain or SocketError.NoData }:
                    return New(FailureKind.Unreachable, "no connection: " + (e.InnerException ?? e).Message);
                case TimeoutException:
                    return New(FailureKind.Unreachable, "no connection: nobody answers at that address");
                case HttpRequestException or IOException or SocketException when e.InnerException is null:
                    return New(FailureKind.Server, "the connection broke: " + e.Message);
            }
        }

        return New(FailureKind.Server, exception.Message);

        EndpointFailureException New(FailureKind kind, string message) => new(kind, ErrorText.Clean(message), innerException: exception);
    }

    /// <summary>Whether an exception tells of the connection rather than of a mistake in this program.</summary>
    public static bool IsOfConnection(Exception exception) =>
        exception is HttpRequestException or IOException or SocketException or ClientResultException or TimeoutException
        || (exception is OperationCanceledException && exception.InnerException is TimeoutException);

    private static (FailureKind Kind, string Advice) Judge(int status, string text, TimeSpan? retryAfter)
    {
        switch (status)
        {
            case < 400:
                return (FailureKind.Misconfigured, "it redirects elsewhere: put the final address into baseUrl of endpoint {name}");
            case 401:
                return (FailureKind.Misconfigured, "the key is not accepted: check apiKey of endpoint {name}");
            case 402:
                return (FailureKind.Misconfigured, "the account has no credit left");
            case 403:
                return (FailureKind.Misconfigured, "access is denied: check apiKey of endpoint {name} and what it may use");
            case 404 or 405:
                return (
                    FailureKind.Misconfigured,
                    "nothing there: check baseUrl of endpoint {name} (it usually ends with /v1) and that the server has the model"
                );
            case 413:
                return (FailureKind.TooLarge, "the request is too large for it: lower vlm.maxImageSize or vlm.framesPerRequest");
            case 429 when Has(text, NoCreditWords):
                return (FailureKind.Misconfigured, "the account has no credit left");
            case 429:
                return (FailureKind.Overloaded, "it asks for fewer requests");
            // llama.cpp while it loads the model, and whoever says Retry-After.
            case 503:
                return (FailureKind.Overloaded, "it asks to come back later");
        }

        if (Has(text, BlindWords))
        {
            return (FailureKind.Misconfigured, "the model can not see pictures: choose a vision model for endpoint {name}");
        }

        if (text.Contains("model", StringComparison.OrdinalIgnoreCase) && Has(text, MissingModelWords))
        {
            return (FailureKind.Misconfigured, "it does not have the model: check model of endpoint {name}, or load it there");
        }

        if (Has(text, TooLongWords))
        {
            return (
                FailureKind.TooLarge,
                "the request does not fit into the model's context: lower vlm.maxImageSize or vlm.framesPerRequest, or give the model more"
            );
        }

        // 408, 409 and 425 ask to try again; 5xx are the server's own failures.
        return status is >= 500 or 408 or 409 or 425 ? (FailureKind.Server, "") : (FailureKind.Request, "");
    }

    private static bool Has(string text, string[] words) =>
        Array.Exists(words, word => text.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>What <c>Retry-After</c> asks for, in seconds or as a date; null = nothing that can be read.</summary>
    public static TimeSpan? RetryAfter(string? value, DateTimeOffset now)
    {
        if (double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
        {
            return TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.FromDays(1).TotalSeconds));
        }

        if (DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            return date > now ? date - now : TimeSpan.Zero;
        }

        return null;
    }
}
