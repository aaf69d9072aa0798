using System.Text.Json;
using System.Text.Json.Serialization;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Tags;

namespace HavenVlm.Core.Stash.Publishing;

/// <summary>
/// What Haven VLM wrote to one scene or image, and what the user took back: the ground for never touching anything else.
/// </summary>
internal sealed record PublicationRecord
{
    /// <summary>The layout that this program writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Layout of the file.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>When Stash first saw the scene; a scene of the same number made at another time is another scene. Null = not yet known.</summary>
    public string? CreatedAt { get; init; }

    /// <summary>Tags that were absent before we added them.</summary>
    public IReadOnlyList<PublishedTag> Tags { get; init; } = [];

    /// <summary>Ids of the state tags (<c>Tagged</c>, <c>Errored</c>) that were absent before we put them on.</summary>
    public IReadOnlyList<string> States { get; init; } = [];

    /// <summary>Ids of the tags beside ours when the scene was last written to: the user's. Null in records of older programs.</summary>
    public IReadOnlyList<string>? Others { get; init; }

    /// <summary>
    /// When Stash says that it was changed last, at our last look or write: what is changed later was changed by somebody else. Null in records
    /// of older programs.
    /// </summary>
    public string? SeenAt { get; init; }

    /// <summary>Our markers.</summary>
    public IReadOnlyList<PublishedMarker> Markers { get; init; } = [];

    /// <summary>What was about to be written when this was saved; null = nothing is open.</summary>
    public PublicationIntents? Intents { get; init; }

    /// <summary>What was to be written in the last days; null = nothing. Records of older programs have none.</summary>
    public RecentWrites? Recent { get; init; }

    /// <summary>Spans that are never written again.</summary>
    public IReadOnlyList<MarkerTombstone> DeletedMarkers { get; init; } = [];

    /// <summary>Tags that are never put on again.</summary>
    public IReadOnlyList<PublishedTag> DeletedTags { get; init; } = [];

    /// <summary>Marker settings of this scene alone; null = none.</summary>
    public JsonElement? Settings { get; init; }

    /// <summary>With what the answers were smoothed when it was published last; null = with nothing.</summary>
    public JsonElement? Smoothing { get; init; }

    /// <summary>Whether it says that something in Stash is ours, or that the user took something back.</summary>
    [JsonIgnore]
    public bool IsAboutStash =>
        Tags.Count + States.Count + Markers.Count + DeletedMarkers.Count + DeletedTags.Count > 0 || Intents is not null;

    /// <summary>Whether nothing in it is null that cannot be: what is read may be damaged.</summary>
    [JsonIgnore]
    public bool IsComplete =>
        !Tags.Contains(null)
        && States.All(state => state is not null)
        && Others?.All(other => other is not null) != false
        && !Markers.Contains(null)
        && !DeletedMarkers.Contains(null)
        && !DeletedTags.Contains(null);

    /// <summary>The record with state tags put on and taken off.</summary>
    public PublicationRecord WithStates(IEnumerable<string> added, IEnumerable<string> removed) =>
        this with
        {
            States = [.. States.Except(removed, StringComparer.Ordinal).Union(added, StringComparer.Ordinal)],
        };

    /// <summary>The record with spans that a person marked as wrong: they are not written again.</summary>
    public PublicationRecord WithIncorrect(IEnumerable<string> markerIds)
    {
        var ids = markerIds.ToHashSet(StringComparer.Ordinal);
        var wrong = Markers.Where(marker => ids.Contains(marker.Id)).Select(marker => marker.ToTombstone(TombstoneReason.Incorrect));
        return this with { DeletedMarkers = [.. DeletedMarkers.Concat(wrong).Distinct()] };
    }
}

/// <summary>A marker of ours.</summary>
/// <param name="Id">Its id in Stash.</param>
/// <param name="Content">Exactly what was written.</param>
/// <param name="Name">Name of the tag as it was wanted.</param>
/// <param name="SpanEnd">End of the span, also where the server knows no ends.</param>
internal sealed record PublishedMarker(string Id, MarkerContent Content, string Name, TimeSpan SpanEnd)
{
    /// <summary>What keeps its span from being written again.</summary>
    public MarkerTombstone ToTombstone(TombstoneReason reason) => new(Content.TagId, Name, Content.Start, SpanEnd, reason);
}

/// <summary>Why a span is never written again.</summary>
internal enum TombstoneReason
{
    /// <summary>The user deleted our marker.</summary>
    Deleted,

    /// <summary>The user changed our marker; it stands for this span now.</summary>
    Edited,

    /// <summary>The user said that it is wrong.</summary>
    Incorrect,
}

/// <summary>A span that is never written again.</summary>
internal sealed record MarkerTombstone(string TagId, string Name, TimeSpan Start, TimeSpan End, TombstoneReason Reason);

/// <summary>A marker that is not written yet.</summary>
internal sealed record PlannedMarker(MarkerContent Content, string Name, TimeSpan SpanEnd);

/// <summary>A marker of ours that changes its place.</summary>
internal sealed record PlannedMove(string Id, MarkerContent Content, TimeSpan SpanEnd);

/// <summary>Writes that were decided, saved before they are made: after a crash the scene shows which of them happened.</summary>
internal sealed record PublicationIntents
{
    /// <summary>When; null in records of older programs.</summary>
    public DateTimeOffset? At { get; init; }

    public IReadOnlyList<PlannedMarker> Create { get; init; } = [];

    public IReadOnlyList<PlannedMove> Move { get; init; } = [];

    /// <summary>Ids of markers.</summary>
    public IReadOnlyList<string> Destroy { get; init; } = [];

    public IReadOnlyList<PublishedTag> AddTags { get; init; } = [];

    /// <summary>Ids of tags.</summary>
    public IReadOnlyList<string> RemoveTags { get; init; } = [];
}
