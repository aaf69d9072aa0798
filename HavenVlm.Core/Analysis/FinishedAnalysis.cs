using System.Globalization;
using HavenVlm.Core.Analysis.Report;
using HavenVlm.Core.Analysis.Sampling;

namespace HavenVlm.Core.Analysis;

/// <summary>A finished analysis with what a report shows of it.</summary>
public sealed class FinishedAnalysis
{
    private readonly bool _isRemote;

    internal FinishedAnalysis(
        AnalysisResult result,
        SceneSnapshot snapshot,
        SceneAnswers answers,
        IReadOnlyDictionary<TimeSpan, ReadOnlyMemory<byte>> pictures,
        TimeSpan elapsed,
        bool isRemote
    )
    {
        _isRemote = isRemote;
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

    /// <summary>Frames that each round of this run asked.</summary>
    internal IReadOnlyList<int> Rounds { get; init; } = [];

    /// <summary>What it worked with.</summary>
    internal SceneSnapshot Snapshot { get; }

    /// <summary>The answers and the records behind them.</summary>
    internal SceneAnswers Answers { get; }

    /// <summary>A picture in the middle of each marker, by its time.</summary>
    internal IReadOnlyDictionary<TimeSpan, ReadOnlyMemory<byte>> Pictures { get; }

    /// <summary>Writes the report of <c>analyze --report</c>: one HTML file that needs nothing else, as UTF-8.</summary>
    /// <param name="target">Written to, left open.</param>
    /// <param name="created">The date that the report shows.</param>
    /// <param name="cancellationToken">Stops writing.</param>
    public Task WriteReportAsync(Stream target, DateTimeOffset created, CancellationToken cancellationToken) =>
        AnalysisReport.WriteAsync(
            target,
            new ReportContent
            {
                Result = Result,
                Answers = Answers,
                Tags = Snapshot.Markers,
                Sampling = Snapshot.Sampling,
                Settings = Settings(),
                Pictures = Pictures,
                Elapsed = Elapsed,
                Created = created,
            },
            cancellationToken
        );

    private List<KeyValuePair<string, string>> Settings()
    {
        var question = Snapshot.Question;
        var picture = Snapshot.Picture;
        List<KeyValuePair<string, string>> settings =
        [
            new("video.reuseStill", Snapshot.ReuseStill ? "true" : "false"),
            new("picture", $"{Snapshot.Facts.Width} x {Snapshot.Facts.Height}, {Snapshot.Facts.Codec} in {Snapshot.Facts.Container}"),
            new("decoding", Media.DecodeExplanation.Of(Snapshot.Facts, _isRemote, Snapshot.Sampling.FrameInterval)),
            new("rounds of this run", Rounds.Count == 0 ? "none: the log had every answer" : $"{string.Join(" + ", Rounds)} frames"),
            new("vlm.maxImageSize", picture.MaxImageSize.ToString(CultureInfo.InvariantCulture)),
            new("vlm.framesPerRequest", Snapshot.FramesPerRequest.ToString(CultureInfo.InvariantCulture)),
            new("vlm.confidence", question.Confidence.ToString().ToLowerInvariant()),
            new("vlm.maxUnanswered", Snapshot.MaxUnanswered.ToString("0.##%", CultureInfo.InvariantCulture)),
        ];
        if (picture.Crop is { } crop)
        {
            settings.Add(new("black bars cut to", $"{crop.Width} x {crop.Height} at {crop.X}, {crop.Y}"));
        }

        if (picture.Vr != Media.VrLayout.Flat)
        {
            settings.Add(new("VR layout", picture.Vr.ToString()));
        }

        settings.Add(new("vlm.prompt", question.Prompt.Length == 0 ? "built in" : question.Prompt));
        return settings;
    }
}
