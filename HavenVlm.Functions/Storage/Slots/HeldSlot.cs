using HavenVlm.Functions.Storage.Leases;

namespace HavenVlm.Functions.Storage.Slots;

/// <summary>A slot whose lease this process has. The endpoint's lock covers what changes.</summary>
internal sealed class HeldSlot(int index, BlobLease lease, TimeSpan now)
{
    /// <summary>Which slot.</summary>
    public int Index => index;

    public BlobLease Lease => lease;

    /// <summary>Whether a request is in it.</summary>
    public bool IsInUse { get; set; }

    /// <summary>Whether it is given back as soon as no request is in it.</summary>
    public bool IsEnding { get; set; }

    public TimeSpan TurnBegan { get; set; } = now;

    /// <summary>When its last request ended.</summary>
    public TimeSpan IdleSince { get; set; } = now;

    /// <summary>Whether a request may have it.</summary>
    public bool IsFree => !IsInUse && !IsEnding && !lease.Lost.IsCancellationRequested;
}
