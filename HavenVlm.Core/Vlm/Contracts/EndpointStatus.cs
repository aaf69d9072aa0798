namespace HavenVlm.Core.Vlm.Contracts;

/// <summary>Whether an endpoint gets requests.</summary>
public enum EndpointState
{
    /// <summary>It gets requests.</summary>
    Healthy,

    /// <summary>It failed and is left alone for a while.</summary>
    Open,

    /// <summary>It failed; the next single request shows whether it is back.</summary>
    HalfOpen,

    /// <summary>A person paused it.</summary>
    Paused,

    /// <summary>Outside the hours in which it may be used.</summary>
    OutOfHours,

    /// <summary>Somebody has to fix its key, model name or address; asked again only seldom.</summary>
    Misconfigured,

    /// <summary>Requests are out and nothing has come back for long; no new ones until it answers.</summary>
    Silent,
}

/// <summary>What <c>GET /api/status</c> tells about one endpoint; free of secrets.</summary>
public sealed record EndpointStatus
{
    /// <summary>Its name in the configuration.</summary>
    public required string Name { get; init; }

    /// <summary>The model it is asked for.</summary>
    public required string Model { get; init; }

    /// <summary>Whether it gets requests.</summary>
    public required EndpointState State { get; init; }

    /// <summary>Since when it is in that state; an outage lasts until it answers again.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Why it is in that state and what to do; empty while healthy.</summary>
    public required string Message { get; init; }

    /// <summary>Whether it is a fallback.</summary>
    public bool IsFallback { get; init; }

    /// <summary>Requests at once that it may have now.</summary>
    public int Slots { get; init; }

    /// <summary>Whether <see cref="Slots"/> is found by adapting instead of configured.</summary>
    public bool IsAdaptive { get; init; }

    /// <summary>Requests out now.</summary>
    public int InFlight { get; init; }

    /// <summary>Requests of the whole pool that wait for a slot and may go here.</summary>
    public int Waiting { get; init; }

    /// <summary>Median response time of the last requests; null = nothing known yet.</summary>
    public TimeSpan? LatencyP50 { get; init; }

    /// <summary>Response time that 95 % of the last requests stayed within; null = nothing known yet.</summary>
    public TimeSpan? LatencyP95 { get; init; }

    /// <summary>Requests sent since start.</summary>
    public long Requests { get; init; }

    /// <summary>Requests of these that gave no usable answer.</summary>
    public long Errors { get; init; }

    /// <summary>Requests that were repeated elsewhere while this endpoint kept silent.</summary>
    public long Hedged { get; init; }

    /// <summary>The last failure; null = none.</summary>
    public string? LastError { get; init; }

    /// <summary>When the last failure was.</summary>
    public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>Tokens of its replies since start, as the server counts them; a count is null while it does not say.</summary>
    public TokenUsage Tokens { get; init; }

    /// <summary>What a person could make better about it, each a clause; work goes on as it is.</summary>
    public IReadOnlyList<string> Hints { get; init; } = [];

    /// <summary>What was learned about it, such as <c>jsonSchema</c> and <c>max_tokens</c>.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];
}
