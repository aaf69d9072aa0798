using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Analysis.Sampling;
using HavenVlm.Core.Common;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Workflows.Collecting.Exports;

/// <summary>Which part of the video a marker covers, and what the log holds about it.</summary>
internal static class MarkerFrames
{
    // Marker times without an end are taken to reach so far.
    private static readonly TimeSpan OpenEnd = TimeSpan.FromSeconds(6);

    /// <summary>The marker's times from the first picture.</summary>
    /// <param name="marker">The marker.</param>
    /// <param name="offset">Time of the first picture in the player.</param>
    public static TimeRange RangeOf(StashMarker marker, TimeSpan offset)
    {
        var start = MarkerTime.FromSeconds(marker.Seconds) - offset;
        var end = marker.EndSeconds is { } seconds ? MarkerTime.FromSeconds(seconds) - offset : start + OpenEnd;
        return new TimeRange(start, end < start ? start : end);
    }

    /// <summary>The frames that the model was really shown: an answer taken over from a frame that looks the same is not one of them.</summary>
    public static IEnumerable<FrameRecord> Inside(SceneAnswers answers, TimeRange range) =>
        answers
            .Records.Where(record => record.ReusedFrom is null && record.Time >= range.Start && record.Time <= range.End)
            .OrderBy(record => record.Time);
}
