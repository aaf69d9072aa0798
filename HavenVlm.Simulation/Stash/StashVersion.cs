namespace HavenVlm.Simulation.Stash;

/// <summary>Which Stash is simulated. The releases between the two servers that the product is known to meet are there for what lies between.</summary>
public enum StashVersion
{
    /// <summary>No version: not a server that can be simulated.</summary>
    None = 0,

    /// <summary>The development build after v0.22.1 of September 2023, database schema 49.</summary>
    Old2023 = 22,

    /// <summary>v0.23.</summary>
    Release23 = 23,

    /// <summary>v0.24.</summary>
    Release24 = 24,

    /// <summary>v0.25.</summary>
    Release25 = 25,

    /// <summary>v0.26.</summary>
    Release26 = 26,

    /// <summary>v0.27.</summary>
    Release27 = 27,

    /// <summary>v0.28, the first with ends of markers.</summary>
    Release28 = 28,

    /// <summary>v0.29.</summary>
    Release29 = 29,

    /// <summary>v0.30, the first with bulk updates of markers.</summary>
    Release30 = 30,

    /// <summary>The development build after v0.30.1 of January 2026, database schema 75.</summary>
    New2026 = 31,
}
