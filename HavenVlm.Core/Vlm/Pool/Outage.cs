using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Endpoints;

namespace HavenVlm.Core.Vlm.Pool;

/// <summary>Says why no endpoint takes requests, and when asking again makes sense.</summary>
internal static class Outage
{
    // Somebody may press "resume" or save the configuration any moment; nobody who waits on a timer hears of it.
    private static readonly TimeSpan RecheckInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);

    /// <summary>The exception for everybody who waits.</summary>
    public static EndpointsUnavailableException Describe(IReadOnlyList<PoolEndpoint> endpoints, TimeSpan now, DateTimeOffset local)
    {
        if (endpoints.Count == 0)
        {
            return new EndpointsUnavailableException(
                "No model server is configured: add one under vlm.endpoints.",
                RecheckInterval,
                needsUser: true
            );
        }

        var states = endpoints.Select(endpoint => endpoint.StateAt(now, local)).ToList();
        var lines = endpoints.Zip(states, (endpoint, state) => Sentence(endpoint, state));
        var wait = endpoints.Zip(states, (endpoint, state) => Wait(endpoint, state, now, local)).Min();
        var needsUser =
            states.Contains(EndpointState.Misconfigured)
            && states.TrueForAll(state => state is EndpointState.Misconfigured or EndpointState.Paused);
        return new EndpointsUnavailableException(
            $"No model server takes requests: {string.Join("; ", lines)}.",
            wait > ShortestWait ? wait : ShortestWait,
            needsUser
        );
    }

    /// <summary>What a state means, in words for the status.</summary>
    public static string Explain(PoolEndpoint endpoint, EndpointState state) =>
        state switch
        {
            EndpointState.Healthy => "",
            EndpointState.Paused => Pause(endpoint),
            EndpointState.OutOfHours => $"outside its hours ({endpoint.Options.Hours})",
            EndpointState.Silent => "requests are out and it has not answered for long",
            _ => endpoint.Breaker.Message,
        };

    /// <summary>A change of state in words for the log.</summary>
    public static string DescribeChange(PoolEndpoint endpoint, EndpointState state) =>
        state is EndpointState.Healthy ? "serves" : WithReason(Verdict(endpoint, state), endpoint, state);

    private static string Sentence(PoolEndpoint endpoint, EndpointState state) =>
        WithReason(
            $"{endpoint.Options.Name} {Verdict(endpoint, state)} since {endpoint.Since.ToLocalTime():yyyy-MM-dd HH:mm:ss}",
            endpoint,
            state
        );

    private static string WithReason(string text, PoolEndpoint endpoint, EndpointState state)
    {
        var reason = state is EndpointState.Paused ? "" : Explain(endpoint, state);
        return reason.Length == 0 ? text : $"{text} ({reason})";
    }

    private static string Verdict(PoolEndpoint endpoint, EndpointState state) =>
        state switch
        {
            EndpointState.Misconfigured => "is misconfigured",
            EndpointState.Open when endpoint.Breaker.Cause == FailureKind.Overloaded => "is overloaded",
            EndpointState.Open or EndpointState.HalfOpen => "is away",
            EndpointState.Silent => "keeps silent",
            EndpointState.Paused => $"is {Pause(endpoint)}",
            EndpointState.OutOfHours => "is out of its hours",
            _ => "is busy",
        };

    private static string Pause(PoolEndpoint endpoint) =>
        !endpoint.IsPaused && endpoint.PausedUntil is { } until ? $"paused until {until.ToLocalTime():yyyy-MM-dd HH:mm}" : "paused";

    private static TimeSpan Wait(PoolEndpoint endpoint, EndpointState state, TimeSpan now, DateTimeOffset local)
    {
        var breaker = endpoint.Breaker.OpenUntil - now;
        return state switch
        {
            EndpointState.Paused => endpoint.UntilPauseEnds(local) is var end && end > TimeSpan.Zero && end < RecheckInterval
                ? end
                : RecheckInterval,
            EndpointState.Misconfigured => breaker < RecheckInterval ? breaker : RecheckInterval,
            EndpointState.OutOfHours => endpoint.UntilHoursCheck(local),
            _ => breaker,
        };
    }
}
