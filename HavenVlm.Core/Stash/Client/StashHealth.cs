namespace HavenVlm.Core.Stash.Client;

/// <summary>How the last request to Stash ended; what the status page shows without asking Stash.</summary>
internal sealed class StashHealth
{
    private volatile Last? _last;

    /// <summary>Whether the last request got an answer; null = none was sent.</summary>
    public bool? Reachable => _last?.Reachable;

    /// <summary>What went wrong in the last request; null = nothing.</summary>
    public string? Message => _last?.Message;

    /// <summary>Whether only a person can change what went wrong: the key, the address, the version. False = it may pass, or nothing went wrong.</summary>
    public bool NeedsUser => _last?.NeedsUser ?? false;

    /// <summary>Stash's version as it was last read; null = never.</summary>
    public string? Version { get; set; }

    public void Succeeded() => _last = Last.Good;

    public void Failed(Exception exception) =>
        _last = new Last(
            exception is StashException { Kind: StashErrorKind.Refused },
            exception.Message,
            exception is StashException { Kind: StashErrorKind.Unauthorized or StashErrorKind.NotStash or StashErrorKind.Invalid }
        );

    private sealed record Last(bool Reachable, string? Message, bool NeedsUser)
    {
        public static Last Good { get; } = new(true, null, NeedsUser: false);
    }
}
