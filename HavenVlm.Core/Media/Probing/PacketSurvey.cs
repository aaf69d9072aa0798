namespace HavenVlm.Core.Media.Probing;

/// <summary>What the packets of a video tell.</summary>
/// <param name="Start">Container time of the first picture.</param>
/// <param name="End">Container time at which the last picture ends.</param>
/// <param name="FrameRate">Average frames per second; 0 = too few to say.</param>
/// <param name="KeyframeInterval">Usual time between keyframes; at least this where fewer than two were seen; zero = unknown.</param>
/// <param name="LongestKeyframeInterval">Longest time seen between keyframes.</param>
/// <param name="IsReordered">Whether pictures are stored in another order than shown: there are B-frames.</param>
/// <param name="BitRate">Bits per second; 0 = unknown.</param>
/// <param name="IsEncrypted">Whether pictures need a key.</param>
/// <param name="IsStartTimed">Whether the first picture carries its presentation time.</param>
/// <param name="IsTimed">Whether every packet carries its presentation time.</param>
internal sealed record PacketSurvey(
    TimeSpan Start,
    TimeSpan End,
    double FrameRate,
    TimeSpan KeyframeInterval,
    TimeSpan LongestKeyframeInterval,
    bool IsReordered,
    long BitRate,
    bool IsEncrypted,
    bool IsStartTimed,
    bool IsTimed
)
{
    /// <summary>What windows of packets add up to.</summary>
    /// <param name="start">Container time of the first picture.</param>
    /// <param name="end">Container time at which the last picture ends.</param>
    /// <param name="head">The beginning of the video.</param>
    /// <param name="middle">Its middle; null = the beginning is all that was read.</param>
    public static PacketSurvey Of(TimeSpan start, TimeSpan end, PacketWindow head, PacketWindow? middle)
    {
        List<PacketWindow> windows = middle is { Start: not null } ? [head, middle] : [head];
        var gaps = windows.SelectMany(window => window.KeyframeGaps).Order().ToList();
        // One keyframe in a whole window: the next is at least that far away.
        var atLeast = windows.Max(window => window.Span);
        return new PacketSurvey(
            start,
            end,
            head.FrameRate,
            gaps.Count > 0 ? gaps[gaps.Count / 2] : atLeast,
            gaps.Count > 0 ? gaps[^1] : atLeast,
            windows.Exists(window => window.IsReordered),
            (long)windows.Average(window => window.BitRate),
            windows.Exists(window => window.IsEncrypted),
            head.IsStartTimed,
            windows.TrueForAll(window => window.IsTimed)
        );
    }
}
