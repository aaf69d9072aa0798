using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Analysis.Sampling;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Core.Media.Framing;
using HavenVlm.Core.Media.Probing;
using HavenVlm.Core.Media.Sources;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Prompting;
using HavenVlm.Core.Workflows.Scenes;

namespace HavenVlm.Core.Workflows.Collecting.Exports;

/// <summary>A marker to export.</summary>
internal sealed record MarkerToExport(StashMarker Marker, bool IsIncorrect, bool IsOurs);

/// <summary>What was exported of a scene.</summary>
/// <param name="Entries">An entry for each marker, in their order.</param>
/// <param name="Question">What the model was asked; null = the scene was never analyzed.</param>
internal sealed record ExportedScene(IReadOnlyList<ExportEntry> Entries, VlmQuestion? Question);

/// <summary>
/// Writes the pictures of a scene's markers and gathers what is known about them. A picture is the very frame that the model saw, where it
/// was asked about one near the start, the middle or the end of the marker.
/// </summary>
internal sealed class MarkerExport(
    SceneArtifacts artifacts,
    AnalysisLogs logs,
    SceneMedia media,
    MediaProbe probe,
    PictureAnalyzer pictures,
    FrameExtractor extractor,
    SettingsSource settings
)
{
    private const int MostAnswers = 200;

    // Marker times without an end are taken to reach so far.
    private static readonly TimeSpan OpenEnd = TimeSpan.FromSeconds(6);

    public async Task<ExportedScene> ExportAsync(
        StashScene scene,
        IReadOnlyList<MarkerToExport> markers,
        ExportFolder folder,
        CancellationToken cancellationToken
    )
    {
        var snapshot = await artifacts.ReadLatestAsync(scene.Id, cancellationToken);
        var answers = snapshot is null ? null : await AnswersAsync(snapshot, cancellationToken);
        var described = markers.Select(marker => Described(scene, marker, snapshot, answers)).ToList();
        var entries = new List<ExportEntry>();
        try
        {
            if (scene.Files.Count == 0)
            {
                throw new MediaException($"Scene {scene.Id} has no file in Stash.");
            }

            var file = scene.Files[0];
            await using var input = await media.OpenAsync(new MediaFile(scene.Id, file.Path, file.Size), cancellationToken);
            var facts = snapshot?.Facts ?? await probe.ProbeAsync(input, cancellationToken);
            var picture = snapshot?.Picture ?? await PictureAsync(input, facts, file, cancellationToken);
            foreach (var (marker, entry) in markers.Zip(described))
            {
                entries.Add(await WithPicturesAsync(marker.Marker, entry, facts, answers, input, picture, folder, cancellationToken));
            }
        }
        catch (Exception e) when (e is MediaException or MediaUnavailableException)
        {
            entries.AddRange(described.Skip(entries.Count).Select(entry => entry with { Reason = e.Message }));
        }

        return new ExportedScene(entries, snapshot?.Question);
    }

    private async Task<SceneAnswers> AnswersAsync(SceneSnapshot snapshot, CancellationToken cancellationToken)
    {
        await using var log = await logs.OpenAsync(snapshot.Key, cancellationToken);
        return SamplingRounds.Answers(snapshot.SamplingOf(log));
    }

    private Task<PictureSettings> PictureAsync(MediaInput input, VideoFacts facts, StashFile file, CancellationToken cancellationToken)
    {
        var options = settings.Current;
        var hints = new VrHints(HasVrTag: false, file.Path[(file.Path.LastIndexOfAny(['/', '\\']) + 1)..]);
        return pictures.DetectAsync(input, facts, options.Video, hints, options.Vlm.MaxImageSize, cancellationToken);
    }

    private static ExportEntry Described(StashScene scene, MarkerToExport wanted, SceneSnapshot? snapshot, SceneAnswers? answers)
    {
        var marker = wanted.Marker;
        var file = scene.Files.Count == 0 ? null : scene.Files[0];
        var tags =
            snapshot?.Markers.Where(tag => tag.Name.Equals(marker.PrimaryTag.Name, StringComparison.OrdinalIgnoreCase)).ToList() ?? [];
        var (start, end) = Span(marker, snapshot?.Facts.StartOffset ?? TimeSpan.Zero);
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
            Confidence = answers is null || tags.Count == 0 ? null : tags.Max(tag => Confidence(snapshot!, answers, tag, start, end)),
            Answers = answers is null ? [] : [.. Inside(answers, start, end).Take(MostAnswers).Select(Exported)],
        };
    }

    private static double Confidence(SceneSnapshot snapshot, SceneAnswers answers, TagMarkerSettings tag, TimeSpan start, TimeSpan end) =>
        Math.Round(
            TagSeries
                .Of(answers.Answers, tag.Tag, tag.Threshold, snapshot.Sampling.FrameInterval, snapshot.Facts.Duration)
                .MeanConfidence(new TimeRange(start, end)),
            4
        );

    private async Task<ExportEntry> WithPicturesAsync(
        StashMarker marker,
        ExportEntry entry,
        VideoFacts facts,
        SceneAnswers? answers,
        MediaInput input,
        PictureSettings picture,
        ExportFolder folder,
        CancellationToken cancellationToken
    )
    {
        var (start, end) = Span(marker, facts.StartOffset);
        var inside = answers is null ? [] : Inside(answers, start, end).Where(record => record.Answer.Tags is not null).ToList();
        var exported = new List<ExportedPicture>();
        foreach (var (place, wish) in Places(start, end))
        {
            var seen = inside.MinBy(record => (record.Time - wish).Duration());
            var time = seen?.Time ?? Within(wish, facts.Duration);
            var name = $"scenes/{SafeName.Of(marker.PrimaryTag.Name)}/{entry.Scene!.Id}-{marker.Id}-{place}-{time.TotalMilliseconds:0}.jpg";
            if (!folder.Exists(name))
            {
                var frame = await extractor.ExtractOneAsync(input, facts, picture, time, cancellationToken);
                if (frame.Jpeg.IsEmpty)
                {
                    return entry with { Pictures = exported, Reason = frame.Reason ?? $"Nothing could be decoded at {time}." };
                }

                await folder.WriteAsync(name, stream => stream.WriteAsync(frame.Jpeg, cancellationToken).AsTask(), cancellationToken);
            }

            exported.Add(new ExportedPicture(place, name, time, seen is null ? null : Exported(seen)));
        }

        return entry with
        {
            Pictures = exported,
        };
    }

    private static IEnumerable<(string Place, TimeSpan Time)> Places(TimeSpan start, TimeSpan end) =>
        [("start", start), ("middle", start + ((end - start) / 2)), ("end", end)];

    /// <summary>The frames that the model was really shown: an answer taken over from a frame that looks the same is not one of them.</summary>
    private static IEnumerable<FrameRecord> Inside(SceneAnswers answers, TimeSpan start, TimeSpan end) =>
        answers
            .Records.Where(record => record.ReusedFrom is null && record.Time >= start && record.Time <= end)
            .OrderBy(record => record.Time);

    private static ExportedAnswer Exported(FrameRecord record) =>
        new()
        {
            T = record.Time,
            Tags = record.Answer.Tags,
            Asked = [.. record.Vocabulary.Hashes.Keys.Order(StringComparer.Ordinal)],
            Model = record.Answer.Model,
            Endpoint = record.Answer.Endpoint,
            ConfidenceKind = KeyPath.Camel(record.Answer.Kind.ToString()),
            Reason = record.Answer.Reason,
        };

    private static (TimeSpan Start, TimeSpan End) Span(StashMarker marker, TimeSpan offset)
    {
        var start = MarkerTime.FromSeconds(marker.Seconds) - offset;
        var end = marker.EndSeconds is { } seconds ? MarkerTime.FromSeconds(seconds) - offset : start + OpenEnd;
        return (start, end < start ? start : end);
    }

    private static TimeSpan Within(TimeSpan time, TimeSpan duration)
    {
        var last = duration - TimeSpan.FromMilliseconds(100);
        return time < TimeSpan.Zero || last < TimeSpan.Zero ? TimeSpan.Zero
            : time > last ? last
            : time;
    }
}
