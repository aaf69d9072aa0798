using HavenVlm.Functions.Storage.Leases;

namespace HavenVlm.Functions.Storage.Slots;

/// <summary>How slots are shared among processes.</summary>
internal sealed record LeaseSlotTimes
{
    /// <summary>What is used outside of tests.</summary>
    public static LeaseSlotTimes Default { get; } = new();

    public LeaseTimes Lease { get; init; } = LeaseTimes.Default;

    /// <summary>How long slots serve one process before it looks whether others wait for them.</summary>
    public TimeSpan Turn { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a slot without requests is kept.</summary>
    public TimeSpan KeepIdle { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a process that gave a slot up leaves it to those who wait.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long nobody asks the service again after no slot was free.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long nobody asks the service again after it failed.</summary>
    public TimeSpan PauseAfterFault { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a process that waits says so.</summary>
    public TimeSpan AnnounceInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>For how long that counts.</summary>
    public TimeSpan AnnouncementLifetime { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>How often leases are looked after.</summary>
    public TimeSpan MaintenanceInterval { get; init; } = TimeSpan.FromMilliseconds(500);
}
