using System.Text.Json;
using HavenVlm.Core.Analysis.Learning;
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
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Prompting;

namespace HavenVlm.Core.Analysis;

/// <summary>A video that is about to be analyzed.</summary>
/// <param name="SceneId">Stash's id; empty without Stash.</param>
/// <param name="Title">For people.</param>
/// <param name="Run">Id of the run.</param>
/// <param name="Media">The file.</param>
/// <param name="Fingerprint">What tells the video from others.</param>
/// <param name="Vr">What is known about its being VR.</param>
internal sealed record VideoSubject(SceneId SceneId, string Title, string Run, MediaFile Media, string Fingerprint, VrHints Vr);

/// <summary>Freezes settings and facts into the snapshot that a run works with.</summary>
internal sealed class SnapshotBuilder(MediaProbe probe, PictureAnalyzer pictures)
{
    public async Task<SceneSnapshot> BuildAsync(
        HavenOptions options,
        VideoSubject subject,
        MediaInput input,
        CancellationToken cancellationToken
    )
    {
        if (options.Tags.Count == 0)
        {
            throw new PermanentFailureException("No tags are configured: add some under `tags`.");
        }

        await using var early = new EarlyLook((found, token) => DetectAsync(found, looks: null, token), cancellationToken);
        var facts = await probe.ProbeAsync(input, early.Begin, cancellationToken);
        var question = Question(options);
        var wanted = WantedTag.Of(question.Tags, options);
        var sampling = SamplingSettings.Of(options, facts.Duration);
        var picture =
            await early.FoundForAsync(facts)
            ?? await DetectAsync(facts, FirstLooksOf(facts.Duration, sampling, wanted, subject.Run), cancellationToken);
        return new SceneSnapshot
        {
            SceneId = subject.SceneId,
            Title = subject.Title,
            Run = subject.Run,
            Media = subject.Media,
            Facts = facts,
            Picture = picture,
            PictureNotes =
            [
                .. new[]
                {
                    VrLayoutGuess.NoteOf(options.Video.Vr, subject.Vr, picture.Vr),
                    ColorConversion.NoteOf(facts, picture.Color),
                }.OfType<string>(),
            ],
            Question = question,
            Key = new AnalysisKey(subject.Fingerprint, ModelName(options), QuestionHash.Of(question, PictureText(picture, facts))),
            LearningKey = LearningStore.KeyOf(ModelName(options), question, options.Vlm.MaxImageSize),
            FramesPerRequest = options.Vlm.FramesPerRequest,
            Wanted = wanted,
            Sampling = sampling,
            ReuseStill = options.Video.ReuseStill,
            Markers = MarkerSettings.Resolve(options, facts.Duration),
            CreateMarkers = options.Markers.Create,
            GeneratePreviews = options.Markers.GeneratePreviews,
            MaxUnanswered = options.Vlm.MaxUnanswered,
        };

        Task<PictureSettings> DetectAsync(VideoFacts found, FirstLooks? looks, CancellationToken token) =>
            pictures.DetectAsync(input, found, options.Video, subject.Vr, options.Vlm.MaxImageSize, looks, token);
    }

    // What the first round of a video without answers asks, where that is one chunk.
    private static FirstLooks? FirstLooksOf(TimeSpan duration, SamplingSettings sampling, IReadOnlyList<WantedTag> wanted, string run)
    {
        var plan = SamplingRounds.Plan(
            0,
            new SamplingInput
            {
                Duration = duration,
                Settings = sampling,
                Tags = wanted,
                Records = [],
                Run = run,
            }
        );
        return plan.ChunkCount == 1 ? new FirstLooks([.. plan.Chunk(0).Frames.Select(frame => frame.Time)], plan.Tolerance) : null;
    }

    // Answers about pictures that earlier versions showed the wrong way round are not taken for answers about the right ones.
    private static string PictureText(PictureSettings picture, VideoFacts facts) =>
        JsonSerializer.Serialize(picture with { Hwaccel = "" }, HavenJson.Options) + (facts.IsMirrored ? " mirrored" : "");

    /// <summary>What the model is asked, by the settings.</summary>
    internal static VlmQuestion Question(HavenOptions options) =>
        new()
        {
            Model = options.Vlm.Model,
            Tags = [.. options.Tags.Select(t => new VlmTag(t.Key, t.Value.Description) { Aliases = t.Value.Aliases })],
            Prompt = options.Vlm.Prompt,
            Selection = options.Vlm.Selection,
            Confidence = options.Vlm.Confidence,
            FixedConfidence = options.Vlm.FixedConfidence,
        };

    /// <summary>The model that names the log: the configured one, else the ones of the endpoints.</summary>
    internal static string ModelName(HavenOptions options) =>
        options.Vlm.Model.Length > 0
            ? options.Vlm.Model
            : string.Join('+', options.Vlm.Endpoints.Select(e => e.Model).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
}
