using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Endpoints;

namespace HavenVlm.Core.Vlm.Pool;

/// <summary>What others see of an endpoint.</summary>
internal static class PoolReport
{
    /// <summary>The endpoint as it is now; called under the pool's lock, after states were noted.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="model">Model name for endpoints without their own.</param>
    /// <param name="waiting">Requests that wait in the pool.</param>
    public static EndpointStatus Of(PoolEndpoint endpoint, string model, int waiting) =>
        new()
        {
            Name = endpoint.Options.Name,
            Model = endpoint.ModelFor(model),
            State = endpoint.PublishedState,
            Since = endpoint.Since,
            Message = Outage.Explain(endpoint, endpoint.PublishedState),
            IsFallback = endpoint.Options.IsFallback,
            Slots = endpoint.Limit,
            IsAdaptive = endpoint.Options.MaxConcurrent is null,
            InFlight = endpoint.InFlight,
            Waiting = endpoint.Options.IsFallback ? 0 : waiting,
            LatencyP50 = endpoint.Latencies.Percentile(0.5),
            LatencyP95 = endpoint.Latencies.Percentile(0.95),
            Requests = endpoint.Requests,
            Errors = endpoint.Errors,
            Hedged = endpoint.Hedged,
            LastError = endpoint.LastError,
            LastErrorAt = endpoint.LastErrorAt,
            Tokens = endpoint.Client.IsValueCreated ? endpoint.Client.Value.Tokens.Total : default,
            Hints = endpoint.Client.IsValueCreated ? HintsOf(endpoint.Client.Value) : [],
            Capabilities = endpoint.Client.IsValueCreated ? endpoint.Client.Value.Capabilities.Describe() : [],
        };

    private static IReadOnlyList<string> HintsOf(EndpointClient client) => client.Tokens.IsCacheUnused ? [TokenMeter.UnusedCache] : [];
}
