using HavenVlm.Core.Common;
using HavenVlm.Core.Markers;

namespace HavenVlm.Core.Stash.Publishing;

/// <summary>What is to be published to a scene.</summary>
internal sealed record ScenePublication
{
    public required string SceneId { get; init; }

    /// <summary>What the scene should have; names are those that Stash sees.</summary>
    public required MarkerSet Wanted { get; init; }

    /// <summary>How far an existing marker without an end is taken to reach, by tag name; see <see cref="DefaultMaxGap"/>.</summary>
    public IReadOnlyDictionary<string, TimeSpan> MaxGaps { get; init; } = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);

    /// <summary>The same for tags that are not in <see cref="MaxGaps"/>.</summary>
    public TimeSpan DefaultMaxGap { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>Whether the scene should have markers at all; without, those of ours are taken away.</summary>
    public bool CreateMarkers { get; init; } = true;

    /// <summary>Writes again what the user deleted.</summary>
    public bool Reset { get; init; }

    /// <summary>Finds out what would be written and writes nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Asks Stash for previews of the markers that were created or moved; that it cannot make them is no failure.</summary>
    public bool GeneratePreviews { get; init; }

    /// <summary>Container time of the first picture: markers count from there in a player.</summary>
    public TimeSpan StartOffset { get; init; }

    /// <summary>Asked once before the first write; false = the work was called off.</summary>
    public Func<CancellationToken, Task<bool>>? StillWanted { get; init; }

    /// <summary>Names of the tags that the scene or its markers should have.</summary>
    public IReadOnlyList<string> TagNames =>
        [.. (CreateMarkers ? Wanted.Markers.Select(span => span.Tag) : []).Concat(Wanted.SceneTags.Keys)];
}

/// <summary>How publishing ended.</summary>
internal enum PublicationOutcome
{
    /// <summary>The scene has what it should have; see the lists for what was (or with a dry run would be) written.</summary>
    Published,

    /// <summary>Called off before anything was written.</summary>
    CalledOff,

    /// <summary>There is no such scene (any more).</summary>
    SceneGone,
}

/// <summary>One change of a scene.</summary>
internal enum PublicationChangeKind
{
    /// <summary>A tag that did not exist in Stash.</summary>
    TagCreated,
    MarkerCreated,
    MarkerMoved,
    MarkerDestroyed,

    /// <summary>An extra copy of a marker of ours, made by Stash late or twice, was removed.</summary>
    DoubleDestroyed,
    SceneTagAdded,
    SceneTagRemoved,
    StateTagAdded,
    StateTagRemoved,
}

/// <summary>One change of a scene; times only with markers, in the player's time.</summary>
/// <param name="Kind">What kind.</param>
/// <param name="Tag">Name of the tag.</param>
/// <param name="Start">Beginning.</param>
/// <param name="End">End.</param>
/// <param name="FormerStart">Beginning before a move.</param>
/// <param name="FormerEnd">End before a move.</param>
internal sealed record PublicationChange(
    PublicationChangeKind Kind,
    string Tag,
    TimeSpan? Start = null,
    TimeSpan? End = null,
    TimeSpan? FormerStart = null,
    TimeSpan? FormerEnd = null
)
{
    /// <summary>One line for people, such as <c>add marker Kissing 0:34-0:45</c>.</summary>
    public string ToText()
    {
        return Kind switch
        {
            PublicationChangeKind.TagCreated => $"create tag {Tag} in Stash",
            PublicationChangeKind.MarkerCreated => $"add marker {Tag} {Range(Start, End)}",
            PublicationChangeKind.MarkerMoved => $"move marker {Tag} from {Range(FormerStart, FormerEnd)} to {Range(Start, End)}",
            PublicationChangeKind.MarkerDestroyed => $"remove marker {Tag} {Range(Start, End)}",
            PublicationChangeKind.DoubleDestroyed => $"remove extra copy of marker {Tag} {Range(Start, End)}",
            PublicationChangeKind.SceneTagAdded or PublicationChangeKind.StateTagAdded => $"add tag {Tag}",
            PublicationChangeKind.SceneTagRemoved or PublicationChangeKind.StateTagRemoved => $"remove tag {Tag}",
            _ => throw new InvalidOperationException($"There are no words for {Kind}."),
        };
    }

    private static string Range(TimeSpan? start, TimeSpan? end) =>
        (start, end) switch
        {
            ({ } from, { } to) => TimeText.Range(from, to),
            ({ } from, null) => TimeText.Clock(from),
            _ => "",
        };
}

/// <summary>Something wanted that was left out; times only with markers.</summary>
internal sealed record PublicationSkip(string Tag, SkipReason Reason, TimeSpan? Start = null, TimeSpan? End = null);

/// <summary>What publishing did.</summary>
internal sealed record PublicationResult
{
    public required PublicationOutcome Outcome { get; init; }

    /// <summary>Whether nothing was really written.</summary>
    public bool DryRun { get; init; }

    /// <summary>What was written, in the order in which it was.</summary>
    public IReadOnlyList<PublicationChange> Changes { get; init; } = [];

    /// <summary>What was wanted and left out, with the reason.</summary>
    public IReadOnlyList<PublicationSkip> Skipped { get; init; } = [];

    /// <summary>With undo: what we wrote once and what stays, with the reason.</summary>
    public IReadOnlyList<PublicationLeft> Left { get; init; } = [];

    public int Count(PublicationChangeKind kind) => Changes.Count(change => change.Kind == kind);
}
