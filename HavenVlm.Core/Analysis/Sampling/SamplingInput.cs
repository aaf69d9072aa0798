using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Analysis.Sampling;

/// <summary>The settings that choose the times; part of a scene's snapshot.</summary>
public sealed record SamplingSettings
{
    /// <summary>How the times are chosen.</summary>
    public required SamplingMode Mode { get; init; }

    /// <summary>Time between looks; above zero.</summary>
    public required TimeSpan FrameInterval { get; init; }

    /// <summary>How exactly adaptive sampling finds where a tag begins and ends; above zero.</summary>
    public required TimeSpan BoundaryPrecision { get; init; }

    /// <summary>How many tags a frame may have.</summary>
    public TagSelection Selection { get; init; }

    /// <summary>Frames in one chunk of a plan, 1 or more.</summary>
    public int ChunkFrames { get; init; } = 60;

    /// <summary>The settings of a configuration for a video of the given length.</summary>
    public static SamplingSettings Of(HavenOptions options, TimeSpan duration)
    {
        var interval = ShortClips.Interval(options.Video.FrameInterval, duration);
        return new SamplingSettings
        {
            Mode = options.Video.Sampling,
            FrameInterval = interval,
            BoundaryPrecision = TimeSpan.FromTicks(Math.Min(options.Video.BoundaryPrecision.Ticks, interval.Ticks)),
            Selection = options.Vlm.Selection,
        };
    }
}

/// <summary>Everything that decides what is asked next. The same input always gives the same plan.</summary>
internal sealed record SamplingInput
{
    /// <summary>Length of the video.</summary>
    public required TimeSpan Duration { get; init; }

    public required SamplingSettings Settings { get; init; }

    /// <summary>Today's tags in the configuration's order.</summary>
    public required IReadOnlyList<WantedTag> Tags { get; init; }

    /// <summary>What the log holds, in the order of its lines.</summary>
    public required IReadOnlyList<FrameRecord> Records { get; init; }

    /// <summary>Picture changes that the log holds, in the order of time.</summary>
    public IReadOnlyList<PictureChange> Changes { get; init; } = [];

    /// <summary>Where picture changes were looked for.</summary>
    public IReadOnlyList<TimeRange> Scanned { get; init; } = [];

    /// <summary>The run: what stayed unanswered in it is not planned again in it.</summary>
    public required string Run { get; init; }

    /// <summary>Records of this run.</summary>
    public int RecordedInRun => Records.Count(record => string.Equals(record.Run, Run, StringComparison.Ordinal));

    /// <summary>The input for what a log holds now.</summary>
    public static SamplingInput Of(
        AnalysisLog log,
        TimeSpan duration,
        SamplingSettings settings,
        IReadOnlyList<WantedTag> tags,
        string run
    ) =>
        new()
        {
            Duration = duration,
            Settings = settings,
            Tags = tags,
            Records = log.Records,
            Changes = log.Changes,
            Scanned = log.ScannedRanges,
            Run = run,
        };
}
