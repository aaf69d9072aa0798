using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration.Editing;

namespace HavenVlm.Core.Markers.Tuning;

/// <summary>What finding marker settings for a scene came to. Times are seconds.</summary>
public sealed record MarkerSettingsResult
{
    /// <summary>Stash's id of the scene.</summary>
    public required SceneId SceneId { get; init; }

    /// <summary>Title or file name.</summary>
    public required string Title { get; init; }

    /// <summary>Length of the video.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Model configured.</summary>
    public required string Model { get; init; }

    /// <summary>Requests to the model that this took; 0 when the log held everything.</summary>
    public required double Requests { get; init; }

    /// <summary>All tags together with the settings in force.</summary>
    public required MarkerFit Before { get; init; }

    /// <summary>All tags together with the settings found.</summary>
    public required MarkerFit After { get; init; }

    /// <summary>Tag by tag; tags that are neither marked nor found in the scene are left out.</summary>
    public required IReadOnlyList<TagFit> Tags { get; init; }

    /// <summary>The settings to be written, for the tags whose settings change.</summary>
    public required IReadOnlyList<TagSettingsChange> Changes { get; init; }

    /// <summary>The same as YAML, each tag whole with what is configured for it already; empty when nothing changes.</summary>
    public required string Yaml { get; init; }

    /// <summary>How far confidences can be trusted, one curve for every kind.</summary>
    public required IReadOnlyList<CalibrationCurve> Calibration { get; init; }

    /// <summary>What was left out or deserves attention, a sentence each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}

/// <summary>How near computed markers come to the user's.</summary>
public sealed record MarkerFit
{
    /// <summary>Share of the computed time that is the user's too, 0 to 1.</summary>
    public required double Precision { get; init; }

    /// <summary>Share of the user's time that was computed, 0 to 1.</summary>
    public required double Recall { get; init; }

    /// <summary>Harmonic mean of both.</summary>
    public required double F1 { get; init; }

    /// <summary>Mean over the user's markers of the intersection over union with the computed marker that fits each best.</summary>
    public required double MeanIou { get; init; }

    /// <summary>Computed markers.</summary>
    public required int Markers { get; init; }

    internal static MarkerFit Of(SpanScore score) =>
        new()
        {
            Precision = score.Precision,
            Recall = score.Recall,
            F1 = score.F1,
            MeanIou = score.MeanIou,
            Markers = score.Spans,
        };
}

/// <summary>One tag of the configuration, before and after.</summary>
public sealed record TagFit
{
    /// <summary>Its name in the configuration.</summary>
    public required string Tag { get; init; }

    /// <summary>Its name in Stash.</summary>
    public required string Name { get; init; }

    /// <summary>Settings in force.</summary>
    public required TagMarkerSettings SettingsBefore { get; init; }

    /// <summary>Settings found.</summary>
    public required TagMarkerSettings SettingsAfter { get; init; }

    /// <summary>How near the settings in force come.</summary>
    public required MarkerFit Before { get; init; }

    /// <summary>How near the settings found come.</summary>
    public required MarkerFit After { get; init; }

    /// <summary>The user's markers.</summary>
    public required IReadOnlyList<TimeRange> User { get; init; }

    /// <summary>Markers with the settings in force.</summary>
    public required IReadOnlyList<TimeRange> MarkersBefore { get; init; }

    /// <summary>Markers with the settings found.</summary>
    public required IReadOnlyList<TimeRange> MarkersAfter { get; init; }

    /// <summary>Why its settings stay as they are; empty = they were sought.</summary>
    public string Note { get; init; } = "";

    /// <summary>Whether the settings differ.</summary>
    public bool IsChanged => SettingsBefore != SettingsAfter;
}
