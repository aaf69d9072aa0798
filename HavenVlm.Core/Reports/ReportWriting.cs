using System.Globalization;
using HavenVlm.Core.Analysis;
using HavenVlm.Core.Markers.Tuning;

namespace HavenVlm.Core.Reports;

/// <summary>Writes results as reports: one HTML file each that needs nothing else, as UTF-8.</summary>
public static class ReportWriting
{
    /// <summary>Writes the report of <c>analyze --report</c>.</summary>
    /// <param name="analysis">The finished analysis.</param>
    /// <param name="target">Written to, left open.</param>
    /// <param name="created">The date that the report shows.</param>
    /// <param name="cancellationToken">Stops writing.</param>
    public static Task WriteReportAsync(
        this FinishedAnalysis analysis,
        Stream target,
        DateTimeOffset created,
        CancellationToken cancellationToken
    ) =>
        AnalysisReport.WriteAsync(
            target,
            new ReportContent
            {
                Result = analysis.Result,
                Answers = analysis.Answers,
                Tags = analysis.Snapshot.Markers,
                Sampling = analysis.Snapshot.Sampling,
                Settings = Settings(analysis),
                Pictures = analysis.Pictures,
                Elapsed = analysis.Elapsed,
                Created = created,
            },
            cancellationToken
        );

    /// <summary>Writes the report of <c>tune --report</c>.</summary>
    /// <param name="result">The settings found.</param>
    /// <param name="target">Written to, left open.</param>
    /// <param name="created">The date that the report shows.</param>
    /// <param name="cancellationToken">Stops writing.</param>
    public static Task WriteReportAsync(
        this MarkerSettingsResult result,
        Stream target,
        DateTimeOffset created,
        CancellationToken cancellationToken
    ) => TuningReport.WriteAsync(target, result, created, cancellationToken);

    private static List<KeyValuePair<string, string>> Settings(FinishedAnalysis analysis)
    {
        var snapshot = analysis.Snapshot;
        var question = snapshot.Question;
        var picture = snapshot.Picture;
        List<KeyValuePair<string, string>> settings =
        [
            new("video.reuseStill", snapshot.ReuseStill ? "true" : "false"),
            new("picture", $"{snapshot.Facts.Width} x {snapshot.Facts.Height}, {snapshot.Facts.Codec} in {snapshot.Facts.Container}"),
            new("decoding", Media.Frames.DecodeExplanation.Of(snapshot.Facts, analysis.IsRemote, snapshot.Sampling.FrameInterval)),
            new(
                "rounds of this run",
                analysis.Rounds.Count == 0 ? "none: the log had every answer" : $"{string.Join(" + ", analysis.Rounds)} frames"
            ),
            new("vlm.maxImageSize", picture.MaxImageSize.ToString(CultureInfo.InvariantCulture)),
            new("vlm.framesPerRequest", snapshot.FramesPerRequest.ToString(CultureInfo.InvariantCulture)),
            new("vlm.confidence", question.Confidence.ToString().ToLowerInvariant()),
            new("vlm.maxUnanswered", snapshot.MaxUnanswered.ToString("0.##%", CultureInfo.InvariantCulture)),
        ];
        if (picture.Crop is { } crop)
        {
            settings.Add(new("black bars cut to", $"{crop.Width} x {crop.Height} at {crop.X}, {crop.Y}"));
        }

        if (picture.Vr != Media.Contracts.VrLayout.Flat)
        {
            settings.Add(new("VR layout", picture.Vr.ToString()));
        }

        settings.Add(new("vlm.prompt", question.Prompt.Length == 0 ? "built in" : question.Prompt));
        return settings;
    }
}
