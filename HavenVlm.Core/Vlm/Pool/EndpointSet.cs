using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Pool.Limits;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Core.Vlm.Pool;

/// <summary>The endpoints of the configuration in force, and the states last told to the outside. The dispatcher's lock covers it.</summary>
internal sealed class EndpointSet(PoolClock clock, LimitMemory limits, Random random, ILogger logger)
{
    private List<PoolEndpoint> _endpoints = [];

    /// <summary>The endpoints in the configuration's order.</summary>
    public IReadOnlyList<PoolEndpoint> All => _endpoints;

    /// <summary>The endpoint of a name; null = none.</summary>
    public PoolEndpoint? Find(string name) =>
        _endpoints.Find(each => string.Equals(each.Options.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Until when all are paused, those to come included; null = they are not.</summary>
    public DateTimeOffset? PausedUntil
    {
        get;
        set
        {
            field = value;
            _endpoints.ForEach(each => each.PausedUntil = value);
        }
    }

    /// <summary>Follows a changed configuration: the same connections go on with what they know, the others finish what is out.</summary>
    public void Apply(VlmOptions vlm)
    {
        var left = _endpoints;
        _endpoints = [.. vlm.Endpoints.Select(each => Adopt(each, LimitKey(each, vlm), left))];
        foreach (var endpoint in left.Except(_endpoints))
        {
            endpoint.Retire();
        }
    }

    /// <summary>Notes states that changed, most of which change by time alone; true when one did.</summary>
    public bool PublishStateChanges()
    {
        var (now, local) = (clock.Now, clock.Local);
        var changed = false;
        foreach (var endpoint in _endpoints)
        {
            var state = endpoint.StateAt(now, local);
            if (state == endpoint.PublishedState)
            {
                continue;
            }

            Log(endpoint, state);
            // Each look whether it is back is the same outage still.
            if (!IsUnavailable(state) || !IsUnavailable(endpoint.PublishedState))
            {
                endpoint.Since = clock.UtcNow;
            }

            endpoint.PublishedState = state;
            changed = true;
        }

        return changed;
    }

    private static bool IsUnavailable(EndpointState state) => state is EndpointState.Open or EndpointState.HalfOpen;

    private static string LimitKey(EndpointOptions options, VlmOptions vlm) =>
        LimitMemory.Key(
            options.BaseUrl,
            options.Model.Length > 0 ? options.Model : vlm.Model,
            vlm.MaxImageSize,
            Math.Max(1, vlm.FramesPerRequest)
        );

    // One line for an outage, however often somebody looked meanwhile.
    private void Log(PoolEndpoint endpoint, EndpointState state)
    {
        var text = Outage.DescribeChange(endpoint, state);
        if (state == EndpointState.HalfOpen || text.Equals(endpoint.LoggedText, StringComparison.Ordinal))
        {
            return;
        }

        var level = state switch
        {
            EndpointState.Misconfigured => LogLevel.Error,
            EndpointState.Open or EndpointState.Silent => LogLevel.Warning,
            _ => LogLevel.Information,
        };
        logger.Log(level, "Endpoint {Endpoint} {State}", endpoint.Options.Name, text);
        endpoint.LoggedText = text;
    }

    private PoolEndpoint Adopt(EndpointOptions options, string limitKey, List<PoolEndpoint> left)
    {
        var old = left.Find(each => string.Equals(each.Options.Name, options.Name, StringComparison.Ordinal));
        if (old is not null && old.CanServe(options))
        {
            old.Update(options, limitKey);
            // Whatever was fixed by hand may have been fixed along with the configuration.
            old.Breaker.ProbeNow(clock.Now);
            return old;
        }

        var made = new PoolEndpoint(options, limitKey, limits, random, clock)
        {
            IsPaused = old?.IsPaused ?? false,
            PausedUntil = PausedUntil,
            Since = clock.UtcNow,
        };
        made.PublishedState = made.StateAt(clock.Now, clock.Local);
        return made;
    }
}
