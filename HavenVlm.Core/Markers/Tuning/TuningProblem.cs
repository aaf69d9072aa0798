using HavenVlm.Core.Markers.Smoothing;

namespace HavenVlm.Core.Markers.Tuning;

/// <summary>What marker settings are sought for.</summary>
internal sealed record TuningProblem
{
    /// <summary>What was answered at each planned time.</summary>
    public required IReadOnlyList<TimedAnswer> Answers { get; init; }

    /// <summary>The last answer stands for at most so long.</summary>
    public required TimeSpan FrameInterval { get; init; }

    /// <summary>Length of the video.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>With what answers are smoothed; null = each counts as it is, and smoothing makes no difference.</summary>
    public SmoothingModel? Smoothing { get; init; }

    /// <summary>The settings in force, in the configuration's order.</summary>
    public required IReadOnlyList<TagMarkerSettings> Settings { get; init; }

    /// <summary>What a tag without settings of its own would have, for each tag in the same order.</summary>
    public required IReadOnlyList<TagMarkerSettings> Defaults { get; init; }

    /// <summary>Where each tag really holds, by the name that Stash sees. Only tags with at least one span are tuned.</summary>
    public required IReadOnlyDictionary<string, TruthSpans> Truth { get; init; }

    /// <summary>Whether the scene itself should carry a tag, by the name that Stash sees; left out = nobody said.</summary>
    public IReadOnlyDictionary<string, bool> SceneTags { get; init; } = new Dictionary<string, bool>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The truth of a tag; null when there is nothing to tune it by.</summary>
    public TruthSpans? TruthOf(TagMarkerSettings tag) => Truth.TryGetValue(tag.Name, out var truth) && truth.Spans.Count > 0 ? truth : null;
}
