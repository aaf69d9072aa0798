namespace HavenVlm.Core.Common;

/// <summary>A stretch of a video: [Start, End).</summary>
/// <param name="Start">Beginning.</param>
/// <param name="End">End.</param>
public readonly record struct TimeRange(TimeSpan Start, TimeSpan End)
{
    /// <summary>Its length.</summary>
    internal TimeSpan Length => End - Start;

    /// <summary>The time that both hold; negative where they lie apart.</summary>
    internal TimeSpan Overlap(TimeRange other) => (End < other.End ? End : other.End) - (Start > other.Start ? Start : other.Start);

    /// <summary>Whether both hold some time.</summary>
    internal bool Overlaps(TimeRange other) => Overlap(other) > TimeSpan.Zero;
}
