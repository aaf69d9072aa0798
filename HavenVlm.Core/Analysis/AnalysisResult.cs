using HavenVlm.Core.Analysis.Sampling;
using HavenVlm.Core.Common;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Markers.Smoothing;
using HavenVlm.Core.Vlm.Contracts;

namespace HavenVlm.Core.Analysis;

/// <summary>
/// What an analysis found, as <c>analyze --json</c> writes it and the timeline call returns it. Times are seconds of a player, as the markers
/// in Stash: where pictures begin after the sound, they count from the sound.
/// </summary>
public sealed record AnalysisResult
{
    /// <summary>Title or file name.</summary>
    public required string Video { get; init; }

    /// <summary>When the last picture ends.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The last answer stands for at most so long; null = the answers were not asked for.</summary>
    public TimeSpan? FrameInterval { get; init; }

    /// <summary>Name of the model that was asked.</summary>
    public required string Model { get; init; }

    /// <summary>Requests that the answers took, those of earlier runs included.</summary>
    public required double Requests { get; init; }

    /// <summary>Tokens of these requests, as the servers count them; null = they do not.</summary>
    public TokenUsage? Tokens { get; init; }

    /// <summary>How many frames were asked, answered, unanswered and reused.</summary>
    public required AnalysisFrames Frames { get; init; }

    /// <summary>Tags that the scene should have, with the seconds for which each holds.</summary>
    public required IReadOnlyDictionary<string, TimeSpan> Tags { get; init; }

    /// <summary>Markers in the order of time, then name.</summary>
    public required IReadOnlyList<AnalysisMarker> Markers { get; init; }

    /// <summary>
    /// The settings with which the answers became markers, tag by tag, in the configuration's order; the scene's own are in them. Null = the
    /// answers were not asked for.
    /// </summary>
    public IReadOnlyList<TagMarkerSettings>? Settings { get; init; }

    /// <summary>With what the answers were smoothed; null = they were not, or were not asked for.</summary>
    public SmoothingParameters? Smoothing { get; init; }

    /// <summary>Where the whole picture changes, in the order of time; null = it makes no difference.</summary>
    public IReadOnlyList<TimeSpan>? Cuts { get; init; }

    /// <summary>The answers themselves in the order of time; null = not asked for.</summary>
    public IReadOnlyList<AnalysisAnswer>? Answers { get; init; }

    /// <summary>What was assumed, skipped or approximated; null = nothing.</summary>
    public IReadOnlyList<string>? Notes { get; init; }

    /// <summary>Names that the model used and nobody asked for, with the number of answers, the most frequent first; null = none.</summary>
    public IReadOnlyDictionary<string, int>? UnknownNames { get; init; }

    /// <summary>The result of a scene's answers with the marker settings of its snapshot.</summary>
    internal static AnalysisResult Of(SceneSnapshot snapshot, SceneAnswers answers, bool withAnswers)
    {
        var duration = snapshot.Facts.Duration;
        var interval = snapshot.Sampling.FrameInterval;
        var smoothing = snapshot.Smoothing is { } parameters ? new SmoothingModel(parameters, answers.Cuts) : null;
        var markers = MarkerBuilder.Build(answers.Answers, interval, duration, snapshot.Markers, smoothing);
        var result = Of(snapshot.Title, duration, snapshot.Key.Model, answers, markers, withAnswers).Later(snapshot.Facts.StartOffset);
        IReadOnlyList<string> notes =
        [
            .. snapshot.Notes,
            .. answers.Refused > 0
                ? [$"{TimeText.Count(answers.Refused, "frame")} refused by the model or its moderation"]
                : Enumerable.Empty<string>(),
            .. new[] { Analysis.UnknownNames.NoteOf(answers.UnknownNames, answers.Records.Count) }.OfType<string>(),
        ];
        return result with
        {
            Notes = notes.Count > 0 ? notes : null,
            FrameInterval = withAnswers ? interval : null,
            Settings = withAnswers ? snapshot.Markers : null,
            // There are thousands, and only then it makes a difference.
            Answers = snapshot.Smoothing is { Bins.Count: > 0 }
                ? result.Answers?.Zip(answers.Answers, (answer, timed) => answer with { Kind = timed.Kind }).ToList()
                : result.Answers,
            Smoothing = withAnswers ? snapshot.Smoothing : null,
            Cuts = withAnswers && smoothing is not null ? [.. answers.Cuts.Select(cut => cut + snapshot.Facts.StartOffset)] : null,
        };
    }

    /// <summary>The result of a scene's answers.</summary>
    internal static AnalysisResult Of(
        string video,
        TimeSpan duration,
        string model,
        SceneAnswers answers,
        MarkerSet markers,
        bool withAnswers
    ) =>
        new()
        {
            Video = video,
            Duration = duration,
            Model = model,
            Requests = Math.Round(answers.Requests, 2),
            Tokens = answers.Tokens is var tokens && tokens == default ? null : tokens.Rounded(),
            Frames = new AnalysisFrames(answers.Asked, answers.Answered, answers.Unanswered, answers.Reused),
            Tags = markers.SceneTags,
            Markers = [.. markers.Markers.Select(m => new AnalysisMarker(m.Tag, m.Start, m.End, Math.Round(m.Confidence, 4)))],
            UnknownNames = answers.UnknownNames is { Count: > 0 } names ? names : null,
            Answers = withAnswers ? [.. answers.Timeline.Select(AnalysisAnswer.Of)] : null,
        };

    private AnalysisResult Later(TimeSpan by) =>
        by == TimeSpan.Zero
            ? this
            : this with
            {
                Duration = Duration + by,
                Markers = [.. Markers.Select(m => m with { Start = m.Start + by, End = m.End + by })],
                Answers = Answers is null ? null : [.. Answers.Select(answer => answer with { T = answer.T + by })],
            };
}

/// <summary>Counts of frames: asked = answered + unanswered; reused ones come on top.</summary>
/// <param name="Asked">Times at which the model was asked.</param>
/// <param name="Answered">Of these the ones with an answer for every tag.</param>
/// <param name="Unanswered">Of these the ones without.</param>
/// <param name="Reused">Times that took over the answer of a frame that looks the same.</param>
public sealed record AnalysisFrames(int Asked, int Answered, int Unanswered, int Reused);

/// <summary>A marker: [Start, End) with the mean confidence over it.</summary>
public sealed record AnalysisMarker(string Tag, TimeSpan Start, TimeSpan End, double Confidence);

/// <summary>What was answered at one planned time.</summary>
public sealed record AnalysisAnswer
{
    /// <summary>Planned time from the start of the video.</summary>
    public required TimeSpan T { get; init; }

    /// <summary>Confidence of each tag that the model saw, by the name that it was asked for; null = unanswered.</summary>
    public IReadOnlyDictionary<string, double>? Tags { get; init; }

    /// <summary>Tags that stayed unanswered while others were answered; null = none.</summary>
    public IReadOnlyCollection<string>? Unknown { get; init; }

    /// <summary>Why it, or a tag of it, stayed unanswered.</summary>
    public string? Unanswered { get; init; }

    /// <summary>True when the answer is that of a frame that looks the same.</summary>
    public bool? Reused { get; init; }

    /// <summary>Tags whose answers are those of another frame while others were asked; null = none.</summary>
    public IReadOnlyCollection<string>? ReusedTags { get; init; }

    /// <summary>What kind of number the confidences are; null = not known, or of several kinds.</summary>
    public ConfidenceKind? Kind { get; init; }

    /// <summary>
    /// True where there is no answer of its own: what the look before saw still stands, what it did not see is unknown from here on, because
    /// this or the next look got no answer.
    /// </summary>
    public bool? Continued { get; init; }

    internal static AnalysisAnswer Of(AnswersAt point)
    {
        var answer = point.ToTimedAnswer();
        return new AnalysisAnswer
        {
            T = answer.Time,
            Tags = answer.Tags,
            Unknown = answer.Unknown.Count > 0 ? answer.Unknown : null,
            Unanswered = point.Reason,
            Reused = point.IsReused && !point.IsContinued ? true : null,
            ReusedTags = answer.Reused.Count > 0 ? answer.Reused : null,
            Continued = point.IsContinued ? true : null,
        };
    }
}
