using HavenVlm.Core.Analysis.Sampling;
using HavenVlm.Core.Markers;

namespace HavenVlm.Core.Analysis;

/// <summary>What an analysis came to: the file of <c>analyze --json</c> and the answer of the timeline call.</summary>
public sealed record AnalysisResult
{
    /// <summary>Title or file name.</summary>
    public required string Video { get; init; }

    /// <summary>Length of the video.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Model that was asked.</summary>
    public required string Model { get; init; }

    /// <summary>Requests that the answers took.</summary>
    public required double Requests { get; init; }

    /// <summary>Frames looked at.</summary>
    public required FrameCounts Frames { get; init; }

    /// <summary>Tags that the scene itself gets, with their total length.</summary>
    public required IReadOnlyDictionary<string, TimeSpan> Tags { get; init; }

    /// <summary>The markers, in the order of time.</summary>
    public required IReadOnlyList<MarkerSpan> Markers { get; init; }

    /// <summary>What the model said at each time; null where it was not asked for.</summary>
    public IReadOnlyList<AnswerPoint>? Answers { get; init; }

    internal static AnalysisResult Of(SceneSnapshot snapshot, SceneAnswers answers, bool withAnswers)
    {
        var markers = MarkerBuilder.Build(answers.Answers, snapshot.Sampling.FrameInterval, snapshot.Facts.Duration, snapshot.Markers);
        return new AnalysisResult
        {
            Video = snapshot.Title,
            Duration = snapshot.Facts.Duration,
            Model = snapshot.Key.Model,
            Requests = Math.Round(answers.Requests, 2),
            Frames = new FrameCounts(answers.Asked, answers.Answered, answers.Unanswered, answers.Reused),
            Tags = markers.SceneTags,
            Markers = [.. markers.Markers.Select(m => m with { Confidence = Math.Round(m.Confidence, 3) })],
            Answers = withAnswers ? [.. answers.Answers.Select(a => new AnswerPoint(a.Time, a.Tags))] : null,
        };
    }
}

/// <summary>Counts of frames.</summary>
/// <param name="Asked">Frames that the model was asked about.</param>
/// <param name="Answered">Of these the answered ones.</param>
/// <param name="Unanswered">Of these the ones without a usable answer.</param>
/// <param name="Reused">Frames that took over the answer of one that looks the same.</param>
public sealed record FrameCounts(int Asked, int Answered, int Unanswered, int Reused);

/// <summary>What the model said at a time.</summary>
/// <param name="T">The time.</param>
/// <param name="Tags">Confidence of each tag seen; null = unanswered.</param>
public sealed record AnswerPoint(TimeSpan T, IReadOnlyDictionary<string, double>? Tags);

/// <summary>A finished analysis with what a report shows of it.</summary>
public sealed class FinishedAnalysis
{
    internal FinishedAnalysis(
        AnalysisResult result,
        SceneSnapshot snapshot,
        SceneAnswers answers,
        IReadOnlyDictionary<TimeSpan, ReadOnlyMemory<byte>> pictures,
        TimeSpan elapsed
    )
    {
        Result = result;
        Snapshot = snapshot;
        Answers = answers;
        Pictures = pictures;
        Elapsed = elapsed;
    }

    /// <summary>Tags, markers and counts.</summary>
    public AnalysisResult Result { get; }

    /// <summary>How long this run took.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>What it worked with.</summary>
    internal SceneSnapshot Snapshot { get; }

    /// <summary>The answers and the records behind them.</summary>
    internal SceneAnswers Answers { get; }

    /// <summary>A picture in the middle of each marker, by its time.</summary>
    internal IReadOnlyDictionary<TimeSpan, ReadOnlyMemory<byte>> Pictures { get; }
}
