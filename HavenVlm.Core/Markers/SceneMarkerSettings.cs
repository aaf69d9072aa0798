using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Markers;

/// <summary>
/// Marker settings of one scene alone. What a scene says goes before what the configuration says: its setting of a tag, then its own
/// default, then the tag's setting in the configuration, then the default there.
/// </summary>
public sealed record SceneMarkerSettings
{
    /// <summary>Lowest confidence that counts, 0 to 1; null = as configured.</summary>
    [Between(0, 1)]
    public double? Threshold { get; init; }

    /// <summary>Spans closer than this are joined; null = as configured.</summary>
    public MarkerDuration? MaxGap { get; init; }

    /// <summary>Shorter spans are dropped; null = as configured.</summary>
    public MarkerDuration? MinMarkerDuration { get; init; }

    /// <summary>The scene gets a tag from so much on, zero = never; null = as configured.</summary>
    public MarkerDuration? RequiredDuration { get; init; }

    /// <summary>Settings of single tags, by the name that the model is asked for.</summary>
    public IReadOnlyDictionary<string, SceneTagSettings> Tags { get; init; } =
        new Dictionary<string, SceneTagSettings>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether nothing is said.</summary>
    internal bool IsEmpty =>
        Threshold is null && MaxGap is null && MinMarkerDuration is null && RequiredDuration is null && Tags.Values.All(tag => tag.IsEmpty);

    /// <summary>The same without tags about which nothing is said.</summary>
    internal SceneMarkerSettings Trimmed() =>
        this with
        {
            Tags = Tags.Where(tag => !tag.Value.IsEmpty).ToDictionary(StringComparer.OrdinalIgnoreCase),
        };

    /// <summary>The settings of one tag of a video with what the scene says about it.</summary>
    internal TagMarkerSettings Apply(TagMarkerSettings configured, TimeSpan videoDuration)
    {
        var tag = Of(configured.Tag);
        return configured with
        {
            Threshold = tag.Threshold ?? Threshold ?? configured.Threshold,
            MaxGap = (tag.MaxGap ?? MaxGap)?.Resolve(videoDuration) ?? configured.MaxGap,
            MinMarkerDuration = (tag.MinMarkerDuration ?? MinMarkerDuration)?.Resolve(videoDuration) ?? configured.MinMarkerDuration,
            RequiredDuration = (tag.RequiredDuration ?? RequiredDuration)?.Resolve(videoDuration) ?? configured.RequiredDuration,
        };
    }

    /// <summary>The threshold of a tag with what the scene says about it.</summary>
    internal double ThresholdOf(string tag, double configured) => Of(tag).Threshold ?? Threshold ?? configured;

    private SceneTagSettings Of(string tag) =>
        Tags.FirstOrDefault(entry => entry.Key.Equals(tag, StringComparison.OrdinalIgnoreCase)).Value ?? SceneTagSettings.None;
}

/// <summary>What a scene says about one tag; null = as configured.</summary>
public sealed record SceneTagSettings
{
    /// <summary>Lowest confidence that counts, 0 to 1.</summary>
    [Between(0, 1)]
    public double? Threshold { get; init; }

    /// <summary>Spans closer than this are joined.</summary>
    public MarkerDuration? MaxGap { get; init; }

    /// <summary>Shorter spans are dropped.</summary>
    public MarkerDuration? MinMarkerDuration { get; init; }

    /// <summary>The scene gets the tag when its spans together last at least so long; zero = never.</summary>
    public MarkerDuration? RequiredDuration { get; init; }

    internal static SceneTagSettings None { get; } = new();

    internal bool IsEmpty => this == None;
}
