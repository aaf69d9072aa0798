namespace HavenVlm.Core.Markers.Smoothing;

/// <summary>What one look says about one tag.</summary>
/// <param name="Seconds">When, from the beginning of the video.</param>
/// <param name="Evidence">What it says.</param>
/// <param name="IsPositive">Whether its answer, its own or not, sees the tag with at least the threshold.</param>
/// <param name="Bin">Which of the <see cref="ConfidenceBins"/> a positive lies in; -1 = its confidence says nothing.</param>
internal readonly record struct Look(double Seconds, LookEvidence Evidence, bool IsPositive, int Bin = -1);

/// <summary>What a look says about a tag.</summary>
internal enum LookEvidence
{
    /// <summary>Nothing: it is unanswered, or its answer is that of another frame.</summary>
    None,

    /// <summary>The tag was not seen, or below its threshold.</summary>
    Negative,

    /// <summary>The tag was seen with at least its threshold.</summary>
    Positive,
}
