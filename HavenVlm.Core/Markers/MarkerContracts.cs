using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Markers;

/// <summary>What is known about all tags at one planned time.</summary>
/// <param name="Time">The planned time.</param>
/// <param name="Tags">Confidence of each tag seen; null = unanswered, a hole.</param>
public sealed record TimedAnswer(TimeSpan Time, IReadOnlyDictionary<string, double>? Tags)
{
    /// <summary>Tags that stayed unanswered here while others were answered: holes for these tags alone.</summary>
    public IReadOnlyCollection<string> Unknown { get; init; } = [];

    /// <summary>Whether nothing here was asked: all is taken over from another time.</summary>
    public bool IsReused { get; init; }

    /// <summary>Tags whose answers are taken over from another time, while others were asked.</summary>
    public IReadOnlyCollection<string> Reused { get; init; } = [];

    /// <summary>What kind of number the confidences are; null = not known, or of several kinds.</summary>
    public ConfidenceKind? Kind { get; init; }
}

/// <summary>One tag's settings, resolved for one video.</summary>
public sealed record TagMarkerSettings : ResolvedRules
{
    /// <summary>A tag whose rules are given with the other members.</summary>
    public TagMarkerSettings() { }

    /// <summary>A tag with these rules.</summary>
    [SetsRequiredMembers]
    internal TagMarkerSettings(ResolvedRules rules, string tag, string name, string? exclusiveCategory)
        : base(rules)
    {
        Tag = tag;
        Name = name;
        ExclusiveCategory = exclusiveCategory;
    }

    /// <summary>The name that the model was asked for.</summary>
    public required string Tag { get; init; }

    /// <summary>The name that Stash sees.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the exclusive category that it is in; null = none.</summary>
    public string? ExclusiveCategory { get; init; }

    /// <summary>The tag with other rules.</summary>
    internal TagMarkerSettings With(ResolvedRules rules) => new(rules, Tag, Name, ExclusiveCategory);
}

/// <summary>A span of a video in which a tag holds: [Start, End).</summary>
/// <param name="Tag">Name that Stash sees.</param>
/// <param name="Start">Beginning.</param>
/// <param name="End">End, after the beginning.</param>
/// <param name="Confidence">Mean confidence over the span.</param>
public sealed record MarkerSpan(string Tag, TimeSpan Start, TimeSpan End, double Confidence)
{
    /// <summary>Its length.</summary>
    public TimeSpan Length => End - Start;
}

/// <summary>What a scene should have: markers, and the tags with how long each holds.</summary>
/// <param name="Markers">Spans in order of time, then name.</param>
/// <param name="SceneTags">Tags that the scene itself should have, with their total length.</param>
public sealed record MarkerSet(IReadOnlyList<MarkerSpan> Markers, IReadOnlyDictionary<string, TimeSpan> SceneTags)
{
    /// <summary>Where a tag may hold for all that is known, because answers are missing: an earlier marker there is not taken away.</summary>
    internal IReadOnlyList<PossibleSpan> Possible { get; init; } = [];

    /// <summary>Names of the tags that the scene may well have to have, if all that is unknown were known.</summary>
    internal IReadOnlySet<string> PossibleSceneTags { get; init; } = ReadOnlySet<string>.Empty;

    /// <summary>The same where a span, such as the lost end of a file, was not seen at all: whatever was found there before stays.</summary>
    /// <param name="from">Beginning.</param>
    /// <param name="to">End; before the beginning = nothing is unseen.</param>
    /// <param name="tags">The tags that were looked for.</param>
    internal MarkerSet WithUnseen(TimeSpan from, TimeSpan to, IReadOnlyList<TagMarkerSettings> tags) =>
        to <= from
            ? this
            : this with
            {
                Possible = [.. Possible, .. tags.Select(tag => new PossibleSpan(tag.Name, new TimeRange(from, to)))],
                PossibleSceneTags = tags.Where(tag => tag.RequiredDuration > TimeSpan.Zero)
                    .Select(tag => tag.Name.Trim())
                    .ToHashSet(StringComparer.Ordinal),
            };
}

/// <summary>A span in which a tag is seen or unknown, and unknown at least once.</summary>
/// <param name="Tag">Name that Stash sees.</param>
/// <param name="Range">The span; not empty.</param>
internal sealed record PossibleSpan(string Tag, TimeRange Range);
