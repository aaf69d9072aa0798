using HavenVlm.Core.Common;

namespace HavenVlm.Core.Markers.Tuning;

/// <summary>The markers of a scene as the user left them, in the video's own time.</summary>
internal sealed record UserMarkers
{
    /// <summary>Spans by the tag's name in Stash.</summary>
    public required ILookup<string, TimeRange> Spans { get; init; }

    /// <summary>For each configured name the one that its tag has in Stash; left out = Stash has no such tag.</summary>
    public required IReadOnlyDictionary<string, string> Names { get; init; }

    /// <summary>Where markers without an end begin, by the tag's name in Stash.</summary>
    public required ILookup<string, TimeSpan> Endless { get; init; }

    /// <summary>Whether the scene should carry a tag, by its name in Stash, where that is known.</summary>
    public required IReadOnlyDictionary<string, bool> SceneTags { get; init; }

    /// <summary>Markers of tags that are not looked for, by name.</summary>
    public required IReadOnlyDictionary<string, int> Unknown { get; init; }

    /// <summary>Markers that the user marked as wrong: they are not there.</summary>
    public required int Incorrect { get; init; }
}
