using System.Text.Json.Serialization;

namespace HavenVlm.Core.Markers.Smoothing;

/// <summary>
/// The numbers with which a scene's answers are smoothed. They are kept with what was published, so that later learning moves nothing by
/// itself.
/// </summary>
public sealed record SmoothingParameters
{
    /// <summary>The layout that this program writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>A cut raises the odds of a change as so many seconds do.</summary>
    internal const double DefaultCutSeconds = 15;

    /// <summary>Layout.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>Number of what had been learned when these were found; 0 = nothing.</summary>
    public int Learned { get; init; }

    /// <summary>Whether the model has not been seen to err: then every look is taken at its word, as without smoothing.</summary>
    public bool Plain { get; init; }

    /// <summary>How long an error of the model lasts; 0 = each look errs by itself.</summary>
    public double ErrorSeconds { get; init; }

    /// <summary>A cut raises the odds of a change as so many seconds do.</summary>
    public double CutSeconds { get; init; } = DefaultCutSeconds;

    /// <summary>The numbers of each tag, by the name that the model is asked for.</summary>
    public required IReadOnlyDictionary<string, TagRates> Tags { get; init; }

    /// <summary>The numbers of tags that are not listed.</summary>
    public required TagRates Others { get; init; }

    /// <summary>How much a positive of each bin of confidence counts beyond others, in thousandths of a nat; empty = all count the same.</summary>
    public IReadOnlyList<int> Bins { get; init; } = [];

    /// <summary>What the scene was published with before: what it made stays where the odds hardly changed. Null = nothing.</summary>
    public SmoothingParameters? Before { get; init; }

    /// <summary>Whether these can be what was written.</summary>
    [JsonIgnore]
    internal bool IsSound =>
        Version is > 0 and <= CurrentVersion
        && ErrorSeconds is >= 0 and < 1000
        && CutSeconds is >= 0 and < 100_000
        && Others.IsSound
        && Tags.Values.All(rates => rates.IsSound)
        && Before is null or { IsSound: true }
        && (Bins.Count == 0 || Bins.Count == ConfidenceBins.Count);

    /// <summary>The numbers of a tag.</summary>
    internal TagRates Of(string tag) => Tags.TryGetValue(tag, out var rates) ? rates : Others;

    /// <summary>Names of these tags whose answers do not tell where they are.</summary>
    internal IReadOnlyList<string> UnreliableOf(IEnumerable<string> tags) => Plain ? [] : [.. tags.Where(tag => !Of(tag).Reliable)];
}
