using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Markers;

/// <summary>Works out which settings apply to each tag in one video.</summary>
internal static class MarkerSettings
{
    /// <summary>A tag's own settings, else the defaults; shares of the video become times. In the configuration's order.</summary>
    public static IReadOnlyList<TagMarkerSettings> Resolve(HavenOptions options, TimeSpan videoDuration) =>
        [.. options.Tags.Select(tag => Resolve(options, tag.Key, tag.Value, videoDuration))];

    private static TagMarkerSettings Resolve(HavenOptions options, string name, TagOptions tag, TimeSpan videoDuration) =>
        new(
            tag.Over(options.Markers.ToRules(options.Video.Threshold)).Resolve(videoDuration),
            name,
            tag.Rename.Length > 0 ? tag.Rename : name,
            options.Categories.GetValueOrDefault(tag.Category) is { Exclusive: true } ? tag.Category : null
        );
}
