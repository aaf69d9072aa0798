using HavenVlm.Core.Common;

namespace HavenVlm.Core.Stash.Publishing;

/// <summary>Why something that we wrote once is not taken back.</summary>
internal enum LeftReason
{
    /// <summary>A person changed our marker.</summary>
    Edited,

    /// <summary>A person took <c>VLM</c> off our marker.</summary>
    BaseTagTakenOff,

    /// <summary>The tag <c>VLM</c> was deleted in Stash: nothing on the marker shows any more that it is ours.</summary>
    BaseTagGone,

    /// <summary>Our tag was merged into one that the scene or image may have had before.</summary>
    Merged,

    /// <summary>The record was damaged: what it listed is not known.</summary>
    RecordDamaged,
}

/// <summary>Something that we wrote once and that counts as the user's now; times only with markers, in the player's time.</summary>
/// <param name="Tag">Name of the tag; empty = everything.</param>
/// <param name="Reason">Why it stays.</param>
/// <param name="Start">Where we wrote it.</param>
/// <param name="End">Where we wrote it.</param>
internal sealed record PublicationLeft(string Tag, LeftReason Reason, TimeSpan? Start = null, TimeSpan? End = null)
{
    public static PublicationLeft Marker(PublishedMarker marker, LeftReason reason) =>
        new(marker.Name, reason, marker.Content.Start, marker.SpanEnd);

    /// <summary>One line for people, such as <c>keep marker Kissing 0:34-0:45: edited in Stash</c>.</summary>
    /// <param name="baseTag">Name of the base tag.</param>
    public string ToText(string baseTag) => $"keep {Subject()}: {Why(baseTag)}";

    private string Subject() =>
        (Start, End) switch
        {
            _ when Tag.Length == 0 => "what was written earlier",
            ({ } start, { } end) => $"marker {Tag} {TimeText.Range(start, end)}",
            _ => $"tag {Tag}",
        };

    private string Why(string baseTag) =>
        Reason switch
        {
            LeftReason.Edited => "edited in Stash",
            LeftReason.BaseTagTakenOff => $"the tag {baseTag} was removed from it",
            LeftReason.BaseTagGone => $"the tag {baseTag} was deleted in Stash, so it counts as yours",
            LeftReason.Merged => "it was merged into a tag that may have been there before",
            LeftReason.RecordDamaged => "its publication record was damaged",
            _ => throw new InvalidOperationException($"There are no words for {Reason}."),
        };
}
