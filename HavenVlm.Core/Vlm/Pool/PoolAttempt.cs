using HavenVlm.Core.Vlm.Contracts;

namespace HavenVlm.Core.Vlm.Pool;

/// <summary>One request that is out at one endpoint, or about to be.</summary>
internal sealed class PoolAttempt(PoolEndpoint endpoint, TimeSpan startedAt, int generation)
{
    /// <summary>Where it went.</summary>
    public PoolEndpoint Endpoint { get; } = endpoint;

    /// <summary>When it went out, on the pool's clock.</summary>
    public TimeSpan StartedAt { get; set; } = startedAt;

    /// <summary>The breaker's generation when it went out.</summary>
    public int Generation { get; } = generation;

    /// <summary>
    /// Whether it is sent to see whether the endpoint is back, and with a picture of ours: then a frame does not pay for the endpoint's
    /// trouble, and one that caused it is not sent again and again. Whoever asked for patience is asked the request itself, which is cheaper.
    /// </summary>
    public bool IsProbe { get; init; }

    /// <summary>How long the answer may take.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Its number at <see cref="Limits.LimitController"/>; null for endpoints with <c>maxConcurrent</c>.</summary>
    public long? Ticket { get; set; }

    /// <summary>The promise kept to the endpoint; null for adaptive endpoints.</summary>
    public IEndpointSlot? Slot { get; set; }
}
