using HavenVlm.Core.Common;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Tags;

namespace HavenVlm.Core.Stash.Publishing;

/// <summary>Everything that publishing to a scene needs to know before it writes.</summary>
internal sealed record SceneStateFound
{
    public required StashTagFamily Family { get; init; }

    public required StashSchema Schema { get; init; }

    public required StoredPublicationRecord Stored { get; init; }

    public required PublicationState State { get; init; }

    /// <summary>Id of the tag of each wanted name.</summary>
    public required IReadOnlyDictionary<string, string> TagIds { get; init; }

    /// <summary>Wanted names that mean a tag of the family.</summary>
    public IReadOnlyList<PublicationSkip> SkippedNames =>
        [
            .. TagIds
                .Where(entry => Family.All.Contains(entry.Value, StringComparer.Ordinal))
                .Select(entry => new PublicationSkip(entry.Key, SkipReason.FamilyTag)),
        ];

    /// <summary>The same after tags were created.</summary>
    public SceneStateFound With(IReadOnlyDictionary<string, StashTag> created)
    {
        var ids = TagIds.ToDictionary(StringComparer.Ordinal);
        foreach (var (name, tag) in created)
        {
            ids[name] = tag.Id;
        }

        return this with
        {
            TagIds = ids,
        };
    }

    /// <summary>The desired of a request in ids of tags and in the player's time.</summary>
    public DesiredPublication DesiredFor(ScenePublication request)
    {
        var family = Family.All;
        return new DesiredPublication
        {
            Reset = request.Reset,
            Possible =
            [
                .. (request.CreateMarkers ? request.Wanted.Possible : []).Select(span =>
                    span with
                    {
                        Range = new TimeRange(span.Range.Start + request.StartOffset, span.Range.End + request.StartOffset),
                    }
                ),
            ],
            PossibleSceneTags = request.Wanted.PossibleSceneTags,
            Markers =
            [
                .. (request.CreateMarkers ? request.Wanted.Markers : [])
                    .Select(span => Marker(request, span))
                    .Where(marker => !family.Contains(marker.TagId, StringComparer.Ordinal)),
            ],
            SceneTags =
            [
                .. request
                    .Wanted.SceneTags.Keys.Select(name => new PublishedTag(IdOf(name), name.Trim()))
                    .Where(tag => !family.Contains(tag.Id, StringComparer.Ordinal)),
            ],
        };
    }

    private WantedMarker Marker(ScenePublication request, MarkerSpan span) =>
        new(
            IdOf(span.Tag),
            span.Tag.Trim(),
            span.Start + request.StartOffset,
            span.End + request.StartOffset,
            request.MaxGaps.TryGetValue(span.Tag, out var gap) ? gap : request.DefaultMaxGap
        );

    private string IdOf(string name) => TagIds.TryGetValue(name.Trim(), out var id) ? id : TagFamily.MissingId(name.Trim());
}
