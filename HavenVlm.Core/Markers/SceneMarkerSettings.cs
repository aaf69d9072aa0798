using System.Text.Json.Serialization;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Markers;

/// <summary>
/// Marker settings of one scene alone. What a scene says takes precedence over what the configuration says: its setting of a tag, then its own
/// default, then the tag's setting in the configuration, then the default there.
/// </summary>
public sealed record SceneMarkerSettings : MarkerRules
{
    /// <summary>Settings of single tags, by the name that the model is asked for.</summary>
    [JsonPropertyOrder(1)]
    public IReadOnlyDictionary<string, MarkerRules> Tags { get; init; } =
        new Dictionary<string, MarkerRules>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether nothing is said.</summary>
    internal bool IsEmpty => HasNoRule && Tags.Values.All(tag => tag.HasNoRule);

    /// <summary>The same without tags about which nothing is said.</summary>
    internal SceneMarkerSettings Trimmed() =>
        this with
        {
            Tags = Tags.Where(tag => !tag.Value.HasNoRule).ToDictionary(StringComparer.OrdinalIgnoreCase),
        };

    /// <summary>The settings of one tag of a video with what the scene says about it.</summary>
    internal TagMarkerSettings Apply(TagMarkerSettings configured, TimeSpan videoDuration) =>
        configured.With(Of(configured.Tag).Over(configured.ToRules()).Resolve(videoDuration));

    /// <summary>The threshold of a tag with what the scene says about it.</summary>
    internal double ThresholdOf(string tag, double configured) => Of(tag).Threshold ?? configured;

    /// <summary>What the scene says about a tag: of it alone, else of all.</summary>
    private MarkerRules Of(string tag) =>
        Tags.FirstOrDefault(entry => entry.Key.Equals(tag, StringComparison.OrdinalIgnoreCase)).Value?.Over<MarkerRules>(this) ?? this;
}
