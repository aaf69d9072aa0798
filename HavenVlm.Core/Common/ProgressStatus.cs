using System.Text.Json.Serialization;

namespace HavenVlm.Core.Common;

/// <summary>Custom status of every orchestration: what a progress bar needs.</summary>
public sealed record ProgressStatus
{
    /// <summary>What is going on.</summary>
    [JsonConverter(typeof(LenientEnumConverter<ProgressStage>))]
    public required ProgressStage Stage { get; init; }

    /// <summary>What <see cref="Unit"/> says of a request for images.</summary>
    public const string Images = "images";

    /// <summary>What the frames are when they are no frames of scenes: <c>images</c>. Null = frames.</summary>
    public string? Unit { get; init; }

    /// <summary>Scenes that ended, well or not.</summary>
    public int ScenesDone { get; init; }

    /// <summary>Scenes of the request.</summary>
    public int ScenesTotal { get; init; }

    /// <summary>Frames answered, reused or given up.</summary>
    public int FramesDone { get; init; }

    /// <summary>Frames planned so far.</summary>
    public int FramesTotal { get; init; }

    /// <summary>The round of sampling under way, from 1: adaptive sampling plans each from the answers so far. 0 = none, and for requests.</summary>
    public int Round { get; init; }

    /// <summary>Share of the work that is done, 0 to 100; 100 only at the end.</summary>
    public double Percent { get; init; }

    /// <summary>Frames per minute since the analysis began; 0 = not known yet.</summary>
    public double FramesPerMinute { get; init; }

    /// <summary>Seconds to go; null = not known.</summary>
    public double? EtaSeconds { get; init; }

    /// <summary>Title of the scene, shortened; empty while it is not known, and for requests.</summary>
    public string Title { get; init; } = "";

    /// <summary>A sentence for people.</summary>
    public string Message { get; init; } = "";

    /// <summary>Percent of what is known to be done. Below 100 however little is left: only what has ended is at 100.</summary>
    public static double PercentOf(double done, double total) => total <= 0 ? 0 : Math.Min(99.9, Math.Round(100 * done / total, 1));

    /// <summary>Percent, rate and remaining time from counts and the time since the work began.</summary>
    public ProgressStatus WithRate(TimeSpan elapsed)
    {
        var rate = elapsed > TimeSpan.Zero ? FramesDone / elapsed.TotalMinutes : 0;
        return this with
        {
            Percent = PercentOf(FramesDone, FramesTotal),
            FramesPerMinute = Math.Round(rate, 1),
            EtaSeconds = rate > 0 ? Math.Round(Math.Max(0, FramesTotal - FramesDone) / rate * 60) : null,
        };
    }
}
