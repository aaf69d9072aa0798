namespace HavenVlm.Core.Configuration;

/// <summary>How the times are chosen at which a scene is analyzed.</summary>
public enum SamplingMode
{
    /// <summary>At every <see cref="VideoOptions.FrameInterval"/>: finds whatever lasts so long, for about seven times the requests.</summary>
    Linear,

    /// <summary>A coarse pass, then closer looks where answers or the picture change.</summary>
    Adaptive,
}

/// <summary>How a VR scene is laid out.</summary>
public enum VrMode
{
    /// <summary>From Stash's VR tag, the file name and the aspect.</summary>
    Auto,

    /// <summary>Two eyes side by side.</summary>
    Sbs,

    /// <summary>Two eyes, top and bottom.</summary>
    Tb,

    /// <summary>One 180 or 360 degree picture.</summary>
    Mono,

    /// <summary>Not VR.</summary>
    Off,
}

/// <summary>How scenes are sampled.</summary>
public sealed record VideoOptions
{
    /// <summary>Time between looks, 100 ms or more.</summary>
    [DurationRange("100ms", "1h")]
    public TimeSpan FrameInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Lowest confidence that counts, 0 to 1, where a tag does not say otherwise.</summary>
    [Between(0, 1)]
    public double Threshold { get; init; } = 0.3;

    /// <summary>How the times are chosen.</summary>
    public SamplingMode Sampling { get; init; } = SamplingMode.Adaptive;

    /// <summary>How exactly adaptive sampling finds where a tag begins and ends; never coarser than <see cref="FrameInterval"/>.</summary>
    [DurationRange("20ms", "1h")]
    public TimeSpan BoundaryPrecision { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether a frame that looks the same as an answered neighbor reuses its answer.</summary>
    public bool ReuseStill { get; init; } = true;

    /// <summary>Whether black bars are cut off before the model looks.</summary>
    public bool CropBlackBars { get; init; } = true;

    /// <summary>How VR scenes are laid out.</summary>
    public VrMode Vr { get; init; } = VrMode.Auto;

    /// <summary>ffmpeg's hardware decoder: <c>auto</c>, <c>none</c> or one of ffmpeg's names.</summary>
    [Text(TextKind.Hwaccel)]
    public string Hwaccel { get; init; } = "auto";
}

/// <summary>How images are judged.</summary>
public sealed record ImageOptions
{
    /// <summary>Lowest confidence that counts, 0 to 1, where a tag does not say otherwise.</summary>
    [Between(0, 1)]
    public double Threshold { get; init; } = 0.5;

    /// <summary>Images that are analyzed and written to Stash together, 1 to 1000.</summary>
    [Between(1, 1000)]
    public int BatchSize { get; init; } = 50;
}
