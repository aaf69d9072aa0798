using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Sampling;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Framing;
using HavenVlm.Core.Media.Probing;
using HavenVlm.Core.Media.Sources;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Workflows.Scenes;

namespace HavenVlm.Core.Workflows.Collecting.Exports;

/// <summary>A marker to export.</summary>
internal sealed record MarkerToExport(StashMarker Marker, bool IsIncorrect, bool IsOurs);

/// <summary>What was exported of a scene.</summary>
/// <param name="Entries">An entry for each marker, in their order.</param>
/// <param name="Question">What the model was asked; null = the scene was never analyzed.</param>
internal sealed record ExportedScene(IReadOnlyList<ExportEntry> Entries, VlmQuestion? Question);

/// <summary>Exports the markers of a scene: gathers what is known about them, opens the video and writes their pictures.</summary>
internal sealed class MarkerExport(
    SceneArtifacts artifacts,
    AnalysisLogs logs,
    SceneMedia media,
    MediaProbe probe,
    PictureAnalyzer analyzer,
    MarkerPictures pictures,
    SettingsSource settings
)
{
    public async Task<ExportedScene> ExportAsync(
        StashScene scene,
        IReadOnlyList<MarkerToExport> markers,
        ExportFolder folder,
        CancellationToken cancellationToken
    )
    {
        var snapshot = await artifacts.ReadLatestAsync(scene.Id, cancellationToken);
        var answers = snapshot is null ? null : await AnswersAsync(snapshot, cancellationToken);
        var described = markers.Select(marker => MarkerEntry.Of(scene, marker, snapshot, answers)).ToList();
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
            var video = new VideoToExport(input, facts, picture, answers);
            foreach (var (marker, entry) in markers.Zip(described))
            {
                entries.Add(await pictures.AddAsync(entry, marker.Marker, video, folder, cancellationToken));
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
        var hints = new VrHints(HasVrTag: false, file.FileName);
        return analyzer.DetectAsync(input, facts, options.Video, hints, options.Vlm.MaxImageSize, looks: null, cancellationToken);
    }
}
