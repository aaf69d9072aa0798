using HavenVlm.Core.Stash.Publishing;
using Marker = HavenVlm.Simulation.Stash.State.StashMarker;

namespace HavenVlm.Core.Tests.Stash.Publishing.RandomUsers;

/// <summary>From when to when, in seconds.</summary>
internal readonly record struct TimeStretch(double Start, double End)
{
    /// <summary>Times are kept in milliseconds: what is less is none.</summary>
    public const double Least = 0.0015;

    public bool Overlaps(TimeStretch other) => Math.Min(End, other.End) - Math.Max(Start, other.Start) > Least;

    public override string ToString() => $"{Start}-{End}";
}

/// <summary>A marker of ours as publishing left it, with the merges of tags since then.</summary>
internal sealed record WrittenMarker(string Name, TimeStretch Span, Marker Row)
{
    /// <summary>Where our marker ends, also on a server that keeps no ends: what was reported, else what was wished.</summary>
    public static double EndOf(Marker marker, string name, PublicationAttempt attempt)
    {
        var reported = attempt
            .Changes(PublicationChangeKind.MarkerCreated, PublicationChangeKind.MarkerMoved)
            .FirstOrDefault(change => change.Tag == name && change.Start is { } start && IsAt(start, marker));
        var wished = attempt.Wish.Markers.FirstOrDefault(span => span.Tag == name && IsAt(span.Start, marker));
        return marker.EndSeconds ?? reported?.End?.TotalSeconds ?? wished?.End.TotalSeconds ?? (marker.Seconds + TimeStretch.Least);
    }

    public WrittenMarker WithTag(int gone, int? into)
    {
        var carried = Row.TagIds.Contains(gone);
        var tags = Row.TagIds.Remove(gone);
        return this with
        {
            Row = Row with
            {
                TagIds = carried && into is { } tag ? tags.Add(tag) : tags,
                PrimaryTagId = Row.PrimaryTagId == gone && into is { } primary ? primary : Row.PrimaryTagId,
            },
        };
    }

    /// <summary>Whether nobody changed it. The mark of a person and a tag that is also the primary one do not count.</summary>
    public bool IsStill(Marker now, IReadOnlySet<int> marks) =>
        Row.Title == now.Title
        && Row.Seconds == now.Seconds
        && Row.EndSeconds == now.EndSeconds
        && Row.PrimaryTagId == now.PrimaryTagId
        && Row.TagIds.Remove(Row.PrimaryTagId)
            .SetEquals(now.TagIds.Remove(now.PrimaryTagId).Where(id => Row.TagIds.Contains(id) || !marks.Contains(id)));

    private static bool IsAt(TimeSpan time, Marker marker) => Math.Abs(time.TotalSeconds - marker.Seconds) < TimeStretch.Least;
}
