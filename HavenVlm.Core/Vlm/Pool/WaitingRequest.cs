namespace HavenVlm.Core.Vlm.Pool;

/// <summary>A request that waits for a slot.</summary>
internal sealed class WaitingRequest(long order, TimeSpan since)
{
    /// <summary>Its place in the queue; kept over retries, so that the queue stays first come, first served.</summary>
    public long Order { get; } = order;

    /// <summary>When it began to wait, on the pool's clock.</summary>
    public TimeSpan Since { get; } = since;

    /// <summary>Endpoints that it was tried at already; used again only when there is no other.</summary>
    public IReadOnlyList<string> Tried { get; init; } = [];

    /// <summary>Whether it repeats a request that is still out: then it goes elsewhere or nowhere.</summary>
    public bool IsHedge { get; init; }

    /// <summary>Whether the primaries that it was tried at count as away for it, so that a fallback may serve.</summary>
    public bool MayUseFallback { get; init; }

    /// <summary>The same request at the same place, after a slot turned out to be taken.</summary>
    public WaitingRequest Requeue() =>
        new(Order, Since)
        {
            Tried = Tried,
            IsHedge = IsHedge,
            MayUseFallback = MayUseFallback,
        };

    /// <summary>Completed with the slot.</summary>
    public TaskCompletionSource<PoolAttempt> Ready { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
