using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Sampling;
using HavenVlm.Core.Markers;

namespace HavenVlm.Core.Reports;

/// <summary>Everything that a report shows.</summary>
internal sealed record ReportContent
{
    /// <summary>The result; its answers are drawn if it has them.</summary>
    public required AnalysisResult Result { get; init; }

    /// <summary>The answers with what they took.</summary>
    public required SceneAnswers Answers { get; init; }

    /// <summary>The tags with their settings, in the configuration's order.</summary>
    public required IReadOnlyList<TagMarkerSettings> Tags { get; init; }

    /// <summary>How the times were chosen.</summary>
    public required SamplingSettings Sampling { get; init; }

    /// <summary>Further settings worth showing, in order: name as in the configuration, value. No secrets.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Settings { get; init; } = [];

    /// <summary>JPEGs by a time inside the marker that each belongs to.</summary>
    public IReadOnlyDictionary<TimeSpan, ReadOnlyMemory<byte>> Pictures { get; init; } = new Dictionary<TimeSpan, ReadOnlyMemory<byte>>();

    /// <summary>How long the run took; zero = unknown.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>When the report is made.</summary>
    public required DateTimeOffset Created { get; init; }
}
