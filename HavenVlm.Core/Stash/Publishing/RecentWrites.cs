using System.Globalization;
using System.Text.Json.Serialization;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Tags;

namespace HavenVlm.Core.Stash.Publishing;

/// <summary>
/// What was to be written in the last days. Stash can carry a write out long after we gave it up (a cut connection, a write lock), or twice (a
/// proxy that repeats): what then appears is recognized by this.
/// </summary>
internal sealed record RecentWrites
{
    /// <summary>How long they are kept.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary>Markers that were to be created.</summary>
    public IReadOnlyList<RecentCreate> Creates { get; init; } = [];

    /// <summary>Markers that were to be moved.</summary>
    public IReadOnlyList<RecentMove> Moves { get; init; } = [];

    /// <summary>Ids of markers that were to be destroyed.</summary>
    public IReadOnlyList<RecentId> Destroys { get; init; } = [];

    /// <summary>Tags that were to be put on and were not there afterward.</summary>
    public IReadOnlyList<RecentTag> LateTags { get; init; } = [];

    /// <summary>Tags that were to be taken off and were still there afterward.</summary>
    public IReadOnlyList<RecentTag> LateRemovals { get; init; } = [];

    /// <summary>Ids of state tags that an undo took off.</summary>
    public IReadOnlyList<RecentId> UndoneStates { get; init; } = [];

    /// <summary>
    /// Ids of our markers that a person edited: theirs for good. Edited back within the second of their creation, they look like extra copies.
    /// </summary>
    public IReadOnlyList<RecentId> GivenUp { get; init; } = [];

    /// <summary>Whether nothing is kept. What was given up matters only beside creates.</summary>
    [JsonIgnore]
    public bool IsEmpty => Creates.Count + Moves.Count + Destroys.Count + LateTags.Count + LateRemovals.Count + UndoneStates.Count == 0;

    /// <summary>Those that are kept; null = none.</summary>
    public RecentWrites? Current(DateTimeOffset now)
    {
        var oldest = now - Lifetime;
        var kept = new RecentWrites
        {
            Creates = [.. Creates.Where(write => write.At > oldest)],
            Moves = [.. Moves.Where(write => write.At > oldest)],
            Destroys = [.. Destroys.Where(write => write.At > oldest)],
            LateTags = [.. LateTags.Where(write => write.At > oldest)],
            LateRemovals = [.. LateRemovals.Where(write => write.At > oldest)],
            UndoneStates = [.. UndoneStates.Where(write => write.At > oldest)],
            GivenUp = [.. GivenUp.Where(write => write.At > oldest)],
        };
        return kept.IsEmpty ? null : kept;
    }

    /// <summary>With the markers of intents; what is intended again is kept from now on.</summary>
    /// <param name="intents">What is about to be written.</param>
    /// <param name="highestId">Highest id of the scene's markers before.</param>
    /// <param name="now">When.</param>
    public RecentWrites With(PublicationIntents intents, long highestId, DateTimeOffset now)
    {
        var earlier = Creates.ToDictionary(write => KeyOf(write.Marker.Content), StringComparer.Ordinal);
        foreach (var marker in intents.Create)
        {
            var key = KeyOf(marker.Content);
            var after = earlier.TryGetValue(key, out var known) ? Math.Min(known.After, highestId) : highestId;
            earlier[key] = new RecentCreate(now, after, marker);
        }

        var moves = Moves.ToDictionary(write => $"{write.Move.Id} {KeyOf(write.Move.Content)}", StringComparer.Ordinal);
        foreach (var move in intents.Move)
        {
            moves[$"{move.Id} {KeyOf(move.Content)}"] = new RecentMove(now, move);
        }

        return this with
        {
            Creates = [.. earlier.Values],
            Moves = [.. moves.Values],
            Destroys = With(Destroys, intents.Destroy, now),
            // A create that is kept longer keeps what was given up as long.
            GivenUp = intents.Create.Count > 0 ? [.. GivenUp.Select(given => given with { At = now })] : GivenUp,
        };
    }

    /// <summary>With tags whose writing was not seen to happen.</summary>
    public RecentWrites WithLate(IEnumerable<PublishedTag> added, IEnumerable<string> removed, DateTimeOffset at) =>
        this with
        {
            LateTags = Distinct(LateTags.Concat(added.Select(tag => new RecentTag(at, tag.Id, tag.Name)))),
            LateRemovals = Distinct(LateRemovals.Concat(removed.Select(id => new RecentTag(at, id, "")))),
        };

    /// <summary>Without tags whose writing has been confirmed since.</summary>
    public RecentWrites WithoutLate(IEnumerable<string> tagIds)
    {
        var ids = tagIds.ToHashSet(StringComparer.Ordinal);
        return this with
        {
            LateTags = [.. LateTags.Where(tag => !ids.Contains(tag.Id))],
            LateRemovals = [.. LateRemovals.Where(tag => !ids.Contains(tag.Id))],
        };
    }

    /// <summary>With state tags that an undo takes off.</summary>
    public RecentWrites WithUndone(IEnumerable<string> states, DateTimeOffset now) =>
        this with
        {
            UndoneStates = With(UndoneStates, states, now),
        };

    /// <summary>With markers that a person edited.</summary>
    public RecentWrites WithGivenUp(IEnumerable<string> ids) =>
        Creates.Count == 0 ? this : this with { GivenUp = With(GivenUp, ids, Creates.Max(write => write.At)) };

    private static List<RecentId> With(IReadOnlyList<RecentId> known, IEnumerable<string> ids, DateTimeOffset now)
    {
        var added = ids.ToHashSet(StringComparer.Ordinal);
        return [.. known.Where(write => !added.Contains(write.Id)), .. added.Select(id => new RecentId(now, id))];
    }

    private static List<RecentTag> Distinct(IEnumerable<RecentTag> tags) =>
        [.. tags.OrderByDescending(tag => tag.At).DistinctBy(tag => tag.Id, StringComparer.Ordinal)];

    private static string KeyOf(MarkerContent content) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{content.TagId} {content.Start.Ticks} {content.End?.Ticks} {string.Join(',', content.TagIds)} {content.Title}"
        );
}

/// <summary>A marker that was to be created.</summary>
/// <param name="At">When.</param>
/// <param name="After">Highest id of the scene's markers before: what has a higher one was created later.</param>
/// <param name="Marker">The marker.</param>
internal sealed record RecentCreate(DateTimeOffset At, long After, PlannedMarker Marker);

/// <summary>A marker that was to be moved.</summary>
internal sealed record RecentMove(DateTimeOffset At, PlannedMove Move);

/// <summary>Something with an id.</summary>
internal sealed record RecentId(DateTimeOffset At, string Id);

/// <summary>A tag of the scene or image.</summary>
internal sealed record RecentTag(DateTimeOffset At, string Id, string Name);
