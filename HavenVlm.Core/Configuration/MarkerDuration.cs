namespace HavenVlm.Core.Configuration;

/// <summary>A length of time, or a share of the video's length: <c>500ms</c>, <c>2s</c>, <c>3m</c> or <c>5%</c>.</summary>
public readonly record struct MarkerDuration
{
    private MarkerDuration(TimeSpan time, double share)
    {
        Time = time;
        Share = share;
    }

    /// <summary>The length when it is absolute, else zero.</summary>
    public TimeSpan Time { get; }

    /// <summary>The share of the video when it is relative (0 to 1), else 0.</summary>
    public double Share { get; }

    /// <summary>An absolute length.</summary>
    public static MarkerDuration OfTime(TimeSpan time) => new(time, 0);

    /// <summary>A share of the video, 0 to 1.</summary>
    public static MarkerDuration OfShare(double share) => new(TimeSpan.Zero, share);

    /// <summary>The length for a video of the given length.</summary>
    public TimeSpan Resolve(TimeSpan videoDuration) => Share > 0 ? videoDuration * Share : Time;
}
