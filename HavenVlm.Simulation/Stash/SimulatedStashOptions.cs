namespace HavenVlm.Simulation.Stash;

/// <summary>Which Stash is simulated and how it starts.</summary>
public sealed record SimulatedStashOptions
{
    /// <summary>The version whose schema and behavior it has.</summary>
    public StashVersion Version { get; init; } = StashVersion.New2026;

    /// <summary>The key that requests must carry; empty = no password is set.</summary>
    public string ApiKey { get; init; } = "";

    /// <summary>The port on 127.0.0.1; 0 = any free one.</summary>
    public int Port { get; init; }

    /// <summary>What stands in addresses in place of the request's host, such as <c>https://stash.example.org</c>; empty = the request's host.</summary>
    public string ExternalHost { get; init; } = "";

    /// <summary>The folder whose plugins are loaded, and run as processes; empty = none.</summary>
    public string PluginsPath { get; init; } = "";

    /// <summary>The clock of all times that are written.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Called for every hook that a request fires, before the request is answered. Stash waits for it without a limit.</summary>
    public Func<StashHook, CancellationToken, Task>? OnHook { get; init; }
}
