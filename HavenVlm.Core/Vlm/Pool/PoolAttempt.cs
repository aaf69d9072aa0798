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

    /// <summary>The promise kept to the endpoint; null for adaptive endpoints.</summary>
    public IEndpointSlot? Slot { get; set; }
}
