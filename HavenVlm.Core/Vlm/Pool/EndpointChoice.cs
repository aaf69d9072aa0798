using HavenVlm.Core.Vlm.Contracts;

namespace HavenVlm.Core.Vlm.Pool;

/// <summary>
/// Which endpoint gets a request: the least loaded relative to its weight among the healthy ones with a free slot (as Envoy's weighted
/// least request does); one request at a time goes to an endpoint that failed, to see whether it is back.
/// </summary>
internal readonly struct EndpointChoice(IReadOnlyList<PoolEndpoint> endpoints, TimeSpan now, DateTimeOffset local, TimeSpan? overflowAfter)
{
    // A pause that is over so soon is waited for; the first one after a hang belongs to these.
    private static readonly TimeSpan ShortWait = TimeSpan.FromSeconds(6);

    /// <summary>The endpoint for a request; null = it waits.</summary>
    public PoolEndpoint? Choose(WaitingRequest request)
    {
        if (!request.IsHedge && request.Tried.Count == 0 && DueProbe(request, fallbacks: false) is { } probe)
        {
            return probe;
        }

        if (AnyHealthy(request, fallbacks: false))
        {
            if (LeastLoaded(request, fallbacks: false) is { } primary)
            {
                return primary;
            }

            var overflows = overflowAfter is { } patience && now - request.Since >= patience;
            return overflows ? LeastLoaded(request, fallbacks: true) : null;
        }

        if (FallbackServes(request))
        {
            return LeastLoaded(request, fallbacks: true);
        }

        return request.IsHedge ? null : LastResort(request);
    }

    /// <summary>Whether some endpoint takes requests now or soon, so that waiting makes sense.</summary>
    public bool IsWorthWaiting()
    {
        foreach (var endpoint in endpoints)
        {
            if (endpoint.IsPausedAt(local) || !endpoint.IsInHours(local))
            {
                continue;
            }

            var breaker = endpoint.Breaker;
            if (breaker.IsClosed || breaker.IsProbing || breaker.OpenUntil - now <= ShortWait)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether another endpoint than these could take the request.</summary>
    public bool HasOther(WaitingRequest request) => AnyHealthy(request, fallbacks: false) || FallbackServes(request);

    private bool FallbackServes(WaitingRequest request) =>
        (request.MayUseFallback || !AnyHealthy(request: null, fallbacks: false)) && AnyHealthy(request, fallbacks: true);

    // Nobody else is there: a fallback that may be back, then those that already failed on this request.
    private PoolEndpoint? LastResort(WaitingRequest request) =>
        DueProbe(request, fallbacks: false)
        ?? (AnyHealthy(request: null, fallbacks: false) ? null : DueProbe(request, fallbacks: true))
        ?? LeastLoaded(request: null, fallbacks: false)
        ?? (AnyHealthy(request: null, fallbacks: false) ? null : LeastLoaded(request: null, fallbacks: true))
        ?? DueProbe(request: null, fallbacks: false)
        ?? (AnyHealthy(request: null, fallbacks: false) ? null : DueProbe(request: null, fallbacks: true));

    private bool IsHealthy(PoolEndpoint endpoint) => endpoint.StateAt(now, local) == EndpointState.Healthy;

    private static bool IsExcluded(PoolEndpoint endpoint, WaitingRequest? request) =>
        request is not null && request.Tried.Contains(endpoint.Options.Name, StringComparer.Ordinal);

    private bool AnyHealthy(WaitingRequest? request, bool fallbacks)
    {
        foreach (var endpoint in endpoints)
        {
            if (endpoint.Options.IsFallback == fallbacks && !IsExcluded(endpoint, request) && IsHealthy(endpoint))
            {
                return true;
            }
        }

        return false;
    }

    private PoolEndpoint? DueProbe(WaitingRequest? request, bool fallbacks)
    {
        foreach (var endpoint in endpoints)
        {
            if (
                endpoint.Options.IsFallback == fallbacks
                && !IsExcluded(endpoint, request)
                && endpoint.IsProbeDue(now, local)
                && endpoint.HasRoom(now)
            )
            {
                return endpoint;
            }
        }

        return null;
    }

    private PoolEndpoint? LeastLoaded(WaitingRequest? request, bool fallbacks)
    {
        PoolEndpoint? best = null;
        var bestLoad = double.MaxValue;
        foreach (var endpoint in endpoints)
        {
            if (endpoint.Options.IsFallback != fallbacks || IsExcluded(endpoint, request) || !endpoint.HasRoom(now) || !IsHealthy(endpoint))
            {
                continue;
            }

            var load = (endpoint.InFlight + 1) / (double)Math.Max(1, endpoint.Options.Weight);
            if (best is null || load < bestLoad || (load.Equals(bestLoad) && endpoint.LastUse < best.LastUse))
            {
                best = endpoint;
                bestLoad = load;
            }
        }

        return best;
    }
}
