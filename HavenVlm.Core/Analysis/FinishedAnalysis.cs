using HavenVlm.Core.Analysis.Sampling;

namespace HavenVlm.Core.Analysis;

/// <summary>A finished analysis with what a report shows of it.</summary>
public sealed class FinishedAnalysis
{
    internal FinishedAnalysis(
        AnalysisResult result,
        SceneSnapshot snapshot,
        SceneAnswers answers,
        IReadOnlyDictionary<TimeSpan, ReadOnlyMemory<byte>> pictures,
        TimeSpan elapsed,
        bool isRemote
    )
    {
        IsRemote = isRemote;
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

    /// <summary>Whether the video was read over the network rather than from a local file.</summary>
    internal bool IsRemote { get; }

    /// <summary>The answers and the records behind them.</summary>
    internal SceneAnswers Answers { get; }

    /// <summary>A picture in the middle of each marker, by its time.</summary>
    internal IReadOnlyDictionary<TimeSpan, ReadOnlyMemory<byte>> Pictures { get; }
}
