using HavenVlm.Simulation.Media;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Simulation.Demo;

/// <summary>What the demo is set up with.</summary>
public sealed record DemoEnvironmentOptions
{
    /// <summary>The Stash that is simulated.</summary>
    public StashVersion Version { get; init; } = StashVersion.New2026;

    /// <summary>How many simulated model servers share the work.</summary>
    public int Servers { get; init; } = 1;

    /// <summary>How each of them behaves; every one has a seed of its own.</summary>
    public VlmBehavior Vlm { get; init; } = new();

    /// <summary><c>video.sampling</c> of the configuration: <c>linear</c> or <c>adaptive</c>.</summary>
    public string Sampling { get; init; } = "linear";

    /// <summary><c>video.frameInterval</c> of the configuration.</summary>
    public TimeSpan FrameInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Requests at once that the configuration promises to each model server.</summary>
    public int MaxConcurrent { get; init; } = 4;

    /// <summary>The videos in the library.</summary>
    public IReadOnlyList<SampleScript> Scripts { get; init; } = SampleScripts.All;

    /// <summary>Whether there are images too.</summary>
    public bool WithImages { get; init; }

    /// <summary>The ffmpeg program that makes them.</summary>
    public string Ffmpeg { get; init; } = "ffmpeg";
}
