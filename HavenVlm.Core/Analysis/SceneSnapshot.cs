using System.Globalization;
using System.Text.Json.Serialization;
using HavenVlm.Core.Analysis.Learning;
using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Analysis.Sampling;
using HavenVlm.Core.Common;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Markers.Smoothing;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Sources;
using HavenVlm.Core.Vlm.Contracts;

namespace HavenVlm.Core.Analysis;

/// <summary>
/// Everything that a run of a scene works with, frozen when it began: an edited configuration changes the next run, never a running one.
/// Holds no secrets and no addresses: media is located again by every activity.
/// </summary>
internal sealed record SceneSnapshot
{
    /// <summary>Stash's id; empty for a video analyzed without Stash.</summary>
    public SceneId SceneId { get; init; }

    /// <summary>Title or file name, for people.</summary>
    public string Title { get; init; } = "";

    /// <summary>Run of the scene: times that stay unanswered are not repeated within it.</summary>
    public required string Run { get; init; }

    /// <summary>The file as Stash knows it.</summary>
    public required MediaFile Media { get; init; }

    /// <summary>What the probe found.</summary>
    public required VideoFacts Facts { get; init; }

    /// <summary>How pictures are cut and scaled.</summary>
    public required PictureSettings Picture { get; init; }

    /// <summary>What was assumed about its pictures, each a clause.</summary>
    public IReadOnlyList<string> PictureNotes { get; init; } = [];

    /// <summary>What the model is asked.</summary>
    public required VlmQuestion Question { get; init; }

    /// <summary>Where the answers are kept.</summary>
    public required AnalysisKey Key { get; init; }

    /// <summary>Pictures in one request, 1 to 32.</summary>
    public int FramesPerRequest { get; init; } = 1;

    /// <summary>The tags looked for, with their thresholds.</summary>
    public required IReadOnlyList<WantedTag> Wanted { get; init; }

    /// <summary>How times are chosen.</summary>
    public required SamplingSettings Sampling { get; init; }

    /// <summary>Whether a frame that looks like an answered neighbor takes over its answer.</summary>
    public bool ReuseStill { get; init; }

    /// <summary>How answers become markers as configured; what is said about the scene alone comes on top when it is used.</summary>
    public required IReadOnlyList<TagMarkerSettings> Markers { get; init; }

    /// <summary><c>markers.create</c>: false removes those of ours.</summary>
    public bool CreateMarkers { get; init; } = true;

    /// <summary>Whether Stash is asked for previews of new markers.</summary>
    public bool GeneratePreviews { get; init; }

    /// <summary>Share of frames that may stay unanswered.</summary>
    public double MaxUnanswered { get; init; }

    /// <summary>What people must know to read the result: what was assumed, skipped or approximated, each a clause.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Notes => [.. Facts.Notes, .. PictureNotes, .. UnseenEnd(Facts)];

    /// <summary>What the model and the question have in common with other scenes'; empty in snapshots of older programs.</summary>
    public string LearningKey { get; init; } = "";

    /// <summary>What was learned from other scenes when the run began; null = nothing.</summary>
    public Learned? Learned { get; init; }

    /// <summary>With what the scene was published before; null = it was not, or with another model or question.</summary>
    public SmoothingParameters? Published { get; init; }

    /// <summary>Whether the scene is to be made again with what was learned since.</summary>
    public bool IsRebuild { get; init; }

    /// <summary>With what the answers were smoothed in the end; null = they were not, or not yet.</summary>
    public SmoothingParameters? Smoothing { get; init; }

    /// <summary>The same with what is said about this scene alone.</summary>
    public SceneSnapshot With(SceneMarkerSettings scene) =>
        this with
        {
            Wanted = [.. Wanted.Select(tag => tag with { Threshold = scene.ThresholdOf(tag.Name, tag.Threshold) })],
            Markers = [.. Markers.Select(tag => scene.Apply(tag, Facts.Duration))],
        };

    /// <summary>What the sampling decides from, as the log is now.</summary>
    public SamplingInput SamplingOf(AnalysisLog log) => SamplingInput.Of(log, Facts.Duration, Sampling, Wanted, Run);

    /// <summary>What the log says about the tags looked for.</summary>
    public AnswerTimeline TimelineOf(AnalysisLog log) => new(log.Records, Wanted, Sampling.Selection, Run);

    private static IEnumerable<string> UnseenEnd(VideoFacts facts) =>
        facts.ClaimedDuration > facts.Duration
            ?
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the file says that it lasts {facts.ClaimedDuration.TotalSeconds:0} s, but its pictures end at {facts.Duration.TotalSeconds:0} s: nothing is known of the rest"
                ),
            ]
            : [];
}
