using System.Globalization;
using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Vlm.Endpoints;

/// <summary>Tells whose fault a failed request is, and what to do about it.</summary>
internal static class FailureClassifier
{
    /// <summary>The failure that a server's error amounts to.</summary>
    /// <param name="error">What it said.</param>
    /// <param name="retryAfter">How long its headers ask to leave it alone.</param>
    /// <param name="endpoint">Settings named in the message.</param>
    public static EndpointFailureException OfError(ServerError error, TimeSpan? retryAfter, EndpointOptions endpoint)
    {
        var row = ServerFailures.Of(error);
        return new EndpointFailureException(row.Kind, Message(row.Advice), retryAfter ?? error.RetryDelay)
        {
            Status = error.Status,
            IfOfPicture = row.IsDoubtful ? Message("it refuses this picture") : "",
        };

        string Message(string advice)
        {
            var said = error.Text.Length == 0 ? "" : $" (the server says: {error.Text})";
            var what = advice.Length == 0 ? "" : ", " + advice.Replace("{name}", endpoint.Name, StringComparison.Ordinal);
            return error.Sent + what + said;
        }
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
                    return New(FailureKind.Unreachable, "connection refused: nothing listens at that address");
                case HttpRequestException or IOException or SocketException when e.InnerException is null:
                    return New(FailureKind.Server, "the connection broke: " + e.Message);
            }
        }

        return New(FailureKind.Server, exception.Message);

        EndpointFailureException New(FailureKind kind, string message) => new(kind, ErrorText.Clean(message), innerException: exception);
    }

    /// <summary>Whether an exception is about the connection rather than of a mistake in this program.</summary>
    public static bool IsOfConnection(Exception exception) =>
        exception is HttpRequestException or IOException or SocketException or TimeoutException
        || (exception is OperationCanceledException && exception.InnerException is TimeoutException);

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
