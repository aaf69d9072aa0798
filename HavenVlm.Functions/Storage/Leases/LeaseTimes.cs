namespace HavenVlm.Functions.Storage.Leases;

/// <summary>How long a lease lasts and how often it is renewed.</summary>
internal sealed record LeaseTimes
{
    /// <summary>A killed holder's lease is free again after at most half a minute.</summary>
    public static LeaseTimes Default { get; } = new();

    /// <summary>How long the service keeps a lease that is not renewed; it allows 15 to 60 seconds.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often it is renewed: two attempts may fail.</summary>
    public TimeSpan RenewEvery { get; init; } = TimeSpan.FromSeconds(9);

    /// <summary>
    /// How long before the service lets it go we no longer count on it: what it protects has this long to stop. It also covers that our
    /// clock may run a little slower than the service's.
    /// </summary>
    public TimeSpan Margin { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a renewal, or a look for a free lease, may take.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
