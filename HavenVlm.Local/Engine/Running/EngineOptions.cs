using HavenVlm.Core.Workflows.Running;

namespace HavenVlm.Local.Engine.Running;

/// <summary>How the embedded engine works.</summary>
public sealed record EngineOptions
{
    /// <summary>Activities at once over all instances, 1 or more. Further ones wait their turn.</summary>
    public int MaxConcurrentActivities { get; init; } = 256;

    /// <summary>How long ended instances stay readable; asked for at every clean-up, so it may follow the settings.</summary>
    public Func<TimeSpan> KeepHistory { get; init; } = () => TimeSpan.FromDays(30);

    /// <summary>What ended instances wrote, which goes when they are forgotten; null = nothing.</summary>
    public InstanceArtifacts? Artifacts { get; init; }

    /// <summary>
    /// Whether timers that an earlier process left waiting come due at the start: what was waited for (a key that was refused, a server
    /// that was away) may have changed while nothing ran, and whoever starts again has usually changed it.
    /// </summary>
    public bool EndsWaitsAtStart { get; init; }

    /// <summary>Most instances whose orchestrators are kept in memory between events; others are read back when something happens.</summary>
    internal int MaxLiveInstances { get; init; } = 1024;

    /// <summary>How often ended instances are looked through for old ones.</summary>
    internal TimeSpan CleanUpInterval { get; init; } = TimeSpan.FromHours(1);
}
