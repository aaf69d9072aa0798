using System.Collections.ObjectModel;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Tags;

namespace HavenVlm.Core.Stash.Publishing;

/// <summary>What is on a scene, and what is known about it.</summary>
internal sealed record PublicationState
{
    /// <summary>Ids of the scene's tags.</summary>
    public required IReadOnlySet<string> SceneTags { get; init; }

    /// <summary>When Stash says that it was changed last; null = it does not say.</summary>
    public string? UpdatedAt { get; init; }

    /// <summary>All markers of the scene.</summary>
    public required IReadOnlyList<StashMarker> Markers { get; init; }

    /// <summary>What we wrote.</summary>
    public required PublicationRecord Record { get; init; }

    /// <summary>The tag that our markers carry.</summary>
    public required string BaseTag { get; init; }

    /// <summary>The tag by which a person says that a marker is wrong.</summary>
    public required string IncorrectTag { get; init; }

    /// <summary>Ids of the tag family.</summary>
    public IReadOnlySet<string> FamilyTags { get; init; } = ReadOnlySet<string>.Empty;

    /// <summary>Tags in the record that are gone, each with the one that took its name over, or null.</summary>
    public IReadOnlyDictionary<string, string?> VanishedTags { get; init; } = new Dictionary<string, string?>(StringComparer.Ordinal);

    /// <summary>Whether the server keeps ends of markers.</summary>
    public required bool HasMarkerEnd { get; init; }
}

/// <summary>A marker that the scene should have.</summary>
/// <param name="TagId">Id of its tag.</param>
/// <param name="Name">Name of its tag.</param>
/// <param name="Start">Beginning in the player's time.</param>
/// <param name="End">End in the player's time.</param>
/// <param name="MaxGap">How far an existing marker without an end is taken to reach.</param>
internal sealed record WantedMarker(string TagId, string Name, TimeSpan Start, TimeSpan End, TimeSpan MaxGap);

/// <summary>What a scene should have.</summary>
internal sealed record DesiredPublication
{
    public IReadOnlyList<WantedMarker> Markers { get; init; } = [];

    public IReadOnlyList<PublishedTag> SceneTags { get; init; } = [];

    /// <summary>Where tags may hold for all that is known, in the player's time; what of ours lies there stays.</summary>
    public IReadOnlyList<PossibleSpan> Possible { get; init; } = [];

    /// <summary>Names of tags that, once ours, stay on the scene because too little is known to take them off.</summary>
    public IReadOnlySet<string> PossibleSceneTags { get; init; } = ReadOnlySet<string>.Empty;

    /// <summary>Forgets what the user deleted or corrected.</summary>
    public bool Reset { get; init; }

    /// <summary>Takes away also what waits to be collected as incorrect.</summary>
    public bool TakesIncorrect { get; init; }
}

/// <summary>Why something that is wanted is not written.</summary>
internal enum SkipReason
{
    /// <summary>The user deleted it before.</summary>
    Deleted,

    /// <summary>The user changed our marker; it stands for this span now.</summary>
    Edited,

    /// <summary>The user said that it is wrong.</summary>
    Incorrect,

    /// <summary>There is a marker of that tag already.</summary>
    Occupied,

    /// <summary>The name means a tag of the VLM family.</summary>
    FamilyTag,
}

/// <summary>A marker that is wanted and not written.</summary>
internal sealed record SkippedMarker(WantedMarker Marker, SkipReason Reason);

/// <summary>A tag that is wanted and not put on.</summary>
internal sealed record SkippedTag(PublishedTag Tag, SkipReason Reason);

/// <summary>The difference between what is and what should be.</summary>
internal sealed record PublicationPlan
{
    /// <summary>The record as the scene shows it: open intents resolved, edits and deletions noted.</summary>
    public required PublicationRecord Record { get; init; }

    public IReadOnlyList<PlannedMarker> Create { get; init; } = [];

    /// <summary>Markers of ours that change their place: as they are, and as they will be.</summary>
    public IReadOnlyList<(PublishedMarker From, PlannedMove To)> Move { get; init; } = [];

    public IReadOnlyList<PublishedMarker> Destroy { get; init; } = [];

    /// <summary>Those of <see cref="Destroy"/> that are extra copies of a marker that we wrote once.</summary>
    public IReadOnlyList<PublishedMarker> Duplicates { get; init; } = [];

    /// <summary>Highest id of the markers that are there; 0 = there are none.</summary>
    public long HighestMarkerId { get; init; }

    public IReadOnlyList<PublishedTag> AddTags { get; init; } = [];

    public IReadOnlyList<PublishedTag> RemoveTags { get; init; } = [];

    public IReadOnlyList<SkippedMarker> SkippedMarkers { get; init; } = [];

    public IReadOnlyList<SkippedTag> SkippedTags { get; init; } = [];

    /// <summary>What we wrote once and what counts as the user's now.</summary>
    public IReadOnlyList<PublicationLeft> Left { get; init; } = [];

    /// <summary>Names of tags that have to be created first.</summary>
    public IReadOnlyList<string> MissingTags =>
        [
            .. Create
                .Select(marker => new PublishedTag(marker.Content.TagId, marker.Name))
                .Concat(AddTags)
                .Where(tag => TagFamily.MissingId(tag.Name).Equals(tag.Id, StringComparison.Ordinal))
                .Select(tag => tag.Name)
                .Distinct(StringComparer.Ordinal),
        ];

    /// <summary>The intents to write the tags.</summary>
    public PublicationIntents TagIntents(DateTimeOffset now) =>
        new()
        {
            At = now,
            AddTags = AddTags,
            RemoveTags = [.. RemoveTags.Select(tag => tag.Id)],
        };

    /// <summary>A record after the tags were written.</summary>
    public PublicationRecord WithWrittenTags(PublicationRecord record) =>
        record with
        {
            Intents = null,
            Recent = record.Recent?.WithoutLate(AddTags.Concat(RemoveTags).Select(tag => tag.Id)),
            Tags = [.. record.Tags.Except(RemoveTags), .. AddTags],
        };

    /// <summary>Whether markers have to be written.</summary>
    public bool ChangesMarkers => Create.Count + Move.Count + Destroy.Count > 0;

    /// <summary>Whether the scene's tags have to be changed.</summary>
    public bool ChangesTags => AddTags.Count + RemoveTags.Count > 0;
}
