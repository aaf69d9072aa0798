using System.Globalization;

namespace HavenVlm.Core.Configuration.Editing;

/// <summary>New settings of one tag; null = as it is.</summary>
public sealed record TagSettingsChange
{
    /// <summary>The tag's name in the configuration.</summary>
    public required string Tag { get; init; }

    /// <summary>Written only for a tag that the configuration does not list, because it comes from Stash with this description.</summary>
    public string? Description { get; init; }

    /// <summary>Lowest confidence that counts, 0 to 1.</summary>
    public double? Threshold { get; init; }

    /// <summary>Spans closer than this are joined.</summary>
    public MarkerDuration? MaxGap { get; init; }

    /// <summary>Shorter spans are dropped.</summary>
    public MarkerDuration? MinMarkerDuration { get; init; }

    /// <summary>The scene gets the tag from so much on; zero = never.</summary>
    public MarkerDuration? RequiredDuration { get; init; }

    /// <summary>Keys and values as they are written, in the order in which the configuration lists them.</summary>
    internal IEnumerable<(string Key, string Value)> Written()
    {
        if (Description is { Length: > 0 })
        {
            yield return ("description", Description);
        }

        if (Threshold is { } threshold)
        {
            yield return ("threshold", threshold.ToString("0.############", CultureInfo.InvariantCulture));
        }

        if (MinMarkerDuration is { } least)
        {
            yield return ("minMarkerDuration", least.ToString());
        }

        if (MaxGap is { } gap)
        {
            yield return ("maxGap", gap.ToString());
        }

        if (RequiredDuration is { } required)
        {
            yield return ("requiredDuration", required.ToString());
        }
    }

    /// <summary>A tag's settings with this change.</summary>
    internal TagOptions Apply(TagOptions tag) =>
        tag with
        {
            Description = Description ?? tag.Description,
            Threshold = Threshold ?? tag.Threshold,
            MinMarkerDuration = MinMarkerDuration ?? tag.MinMarkerDuration,
            MaxGap = MaxGap ?? tag.MaxGap,
            RequiredDuration = RequiredDuration ?? tag.RequiredDuration,
        };
}
