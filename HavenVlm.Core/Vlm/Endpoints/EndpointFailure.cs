namespace HavenVlm.Core.Vlm.Endpoints;

/// <summary>Why a request gave no answer: decides whether it is tried elsewhere and what is thought of the endpoint.</summary>
internal enum FailureKind
{
    /// <summary>No connection: the server is off, asleep or unknown.</summary>
    Unreachable,

    /// <summary>The server asks for patience (429, 503).</summary>
    Overloaded,

    /// <summary>No complete answer within the endpoint's time.</summary>
    Timeout,

    /// <summary>The server failed: 5xx, a connection that broke, something that is no chat completion.</summary>
    Server,

    /// <summary>The server answers, but its model is not there: crashed, unloaded, being loaded, or failing whatever it is asked.</summary>
    Down,

    /// <summary>Somebody has to fix the configuration or the server: key, model name, address, certificate.</summary>
    Misconfigured,

    /// <summary>The slot was lost to another process; nobody's fault.</summary>
    SlotLost,

    /// <summary>A reply without text.</summary>
    Empty,

    /// <summary>A reply that can't be read as an answer.</summary>
    Unusable,

    /// <summary>A reply that ended at the token budget before the answer was complete.</summary>
    Cut,

    /// <summary>The model refused to answer.</summary>
    Refused,

    /// <summary>The server does not accept this very request (400); no other endpoint would.</summary>
    Request,

    /// <summary>The request is too large for the server or the model's context.</summary>
    TooLarge,

    /// <summary>The server takes fewer pictures in one request.</summary>
    TooManyPictures,
}

/// <summary>A request to an endpoint gave no answer.</summary>
internal sealed class EndpointFailureException(
    FailureKind kind,
    string message,
    TimeSpan? retryAfter = null,
    Exception? innerException = null
) : Exception(message, innerException)
{
    public FailureKind Kind { get; } = kind;

    /// <summary>How long the server asked to be left alone.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>HTTP status, when it failed by one.</summary>
    public int? Status { get; init; }

    /// <summary>What to say instead when the failure turns out to be about the picture; empty = there is no such doubt.</summary>
    public string IfOfPicture { get; init; } = "";

    /// <summary>The endpoint that failed; set by the pool.</summary>
    public string Endpoint { get; set; } = "";
}

/// <summary>What follows from each kind of failure.</summary>
internal static class FailureKinds
{
    /// <summary>Whether another endpoint would fail in the same way.</summary>
    public static bool IsFaultOfRequest(this FailureKind kind) =>
        kind is FailureKind.Request or FailureKind.TooLarge or FailureKind.TooManyPictures;

    /// <summary>Whether the server worked and only the model's words were of no use.</summary>
    public static bool IsFaultOfReply(this FailureKind kind) =>
        kind is FailureKind.Empty or FailureKind.Unusable or FailureKind.Cut or FailureKind.Refused;

    /// <summary>Whether the server sent something, so that it is not silent.</summary>
    public static bool IsAnswer(this FailureKind kind) =>
        kind is not (FailureKind.Unreachable or FailureKind.Timeout or FailureKind.SlotLost);

    /// <summary>Whether it may be the endpoint's or the picture's: the endpoint is tried with a picture of ours before the picture is given up.</summary>
    public static bool IsAmbiguous(this FailureKind kind) => kind is FailureKind.Request or FailureKind.Server or FailureKind.Timeout;

    /// <summary>Requests in all that a picture is worth when they fail in this way; waiting for an endpoint that is away costs none.</summary>
    public static int MaxAttempts(this FailureKind kind) =>
        kind switch
        {
            FailureKind.Request or FailureKind.TooLarge or FailureKind.TooManyPictures => 1,
            FailureKind.Empty or FailureKind.Unusable or FailureKind.Cut or FailureKind.Refused => 2,
            FailureKind.Down => 2,
            FailureKind.Timeout => 3,
            FailureKind.Server => 4,
            _ => int.MaxValue,
        };
}
