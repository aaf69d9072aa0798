using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Sampling;
using HavenVlm.Core.Common;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Workflows.Collecting.Exports;

/// <summary>Gathers what Stash and the log know about a marker.</summary>
internal static class MarkerEntry
{
    private const int MostAnswers = 200;

    /// <summary>The entry of a marker, without its pictures.</summary>
    /// <param name="scene">The marker's scene.</param>
    /// <param name="wanted">The marker.</param>
    /// <param name="snapshot">The scene's latest run; null = it was never analyzed.</param>
    /// <param name="answers">What the log of that run holds.</param>
    public static ExportEntry Of(StashScene scene, MarkerToExport wanted, SceneSnapshot? snapshot, SceneAnswers? answers)
    {
        var marker = wanted.Marker;
        var file = scene.Files.Count == 0 ? null : scene.Files[0];
        var tags =
            snapshot?.Markers.Where(tag => tag.Name.Equals(marker.PrimaryTag.Name, StringComparison.OrdinalIgnoreCase)).ToList() ?? [];
        var range = MarkerFrames.RangeOf(marker, snapshot?.Facts.StartOffset ?? TimeSpan.Zero);
        return new ExportEntry
        {
            Kind = "marker",
            Verdict = wanted.IsIncorrect ? ExportVerdict.Incorrect : ExportVerdict.Right,
            Scene = new ExportedMedia(
                scene.Id,
                scene.Title ?? "",
                file?.Path,
                file?.Size,
                file?.Duration,
                file?.Fingerprint("oshash") ?? file?.Fingerprint("md5")
            ),
            Marker = new ExportedMarker(
                marker.Id,
                marker.PrimaryTag.Name,
                [.. tags.Select(tag => tag.Tag)],
                marker.Title,
                marker.Seconds,
                marker.EndSeconds,
                [.. marker.Tags.Select(tag => tag.Name)],
                wanted.IsOurs
            ),
            Model = snapshot?.Key.Model,
            PromptHash = snapshot?.Key.QuestionHash,
            Confidence = answers is null || tags.Count == 0 ? null : tags.Max(tag => Confidence(snapshot!, answers, tag, range)),
            Answers = answers is null ? [] : [.. MarkerFrames.Inside(answers, range).Take(MostAnswers).Select(ExportedAnswer.Of)],
        };
    }

    private static double Confidence(SceneSnapshot snapshot, SceneAnswers answers, TagMarkerSettings tag, TimeRange range) =>
        Math.Round(
            TagSeries
                .Of(answers.Answers, tag.Tag, tag.Threshold, snapshot.Sampling.FrameInterval, snapshot.Facts.Duration)
                .MeanConfidence(range),
            4
        );
}
