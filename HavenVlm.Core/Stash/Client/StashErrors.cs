using HavenVlm.Core.Common;

namespace HavenVlm.Core.Stash.Client;

/// <summary>What went wrong between us and Stash.</summary>
internal enum StashErrorKind
{
    /// <summary>No connection, or it broke.</summary>
    Unreachable,

    /// <summary>No answer in time.</summary>
    Timeout,

    /// <summary>Stash or a proxy before it has trouble of its own (5xx, 408, 429).</summary>
    ServerError,

    /// <summary>The answer ended early or is not what was asked for.</summary>
    BrokenReply,

    /// <summary>Somebody else wrote at the same moment.</summary>
    Conflict,

    /// <summary>The key is missing or wrong.</summary>
    Unauthorized,

    /// <summary>The address leads elsewhere: a redirect, a page, no GraphQL.</summary>
    NotStash,

    /// <summary>Stash does not know what we ask for.</summary>
    Invalid,

    /// <summary>Stash understood and refused.</summary>
    Refused,

    /// <summary>The answer is larger than we read.</summary>
    TooLarge,

    /// <summary>Something in Stash is not as it must be, and a person has to put it right.</summary>
    NeedsUser,
}

/// <summary>Stash cannot be spoken to right now: trying again later helps without anybody fixing anything.</summary>
internal sealed class StashUnavailableException(StashErrorKind kind, string message, Exception? innerException = null)
    : UnavailableException(message, innerException)
{
    /// <summary>What went wrong.</summary>
    public StashErrorKind Kind { get; } = kind;

    /// <summary>Whether there was no connection at all, so that nothing of the request can have happened.</summary>
    public bool WasNeverSent { get; init; }

    /// <summary>How long Stash, or a proxy before it, asks to wait; null = it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>Stash said no, or is not Stash: trying the same again cannot help; the message says what to fix.</summary>
internal sealed class StashException(StashErrorKind kind, string message, Exception? innerException = null)
    : PermanentFailureException(message, innerException)
{
    /// <summary>What went wrong.</summary>
    public StashErrorKind Kind { get; } = kind;
}
