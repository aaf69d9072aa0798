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

/// <summary>Reads scene, record and tags, with few requests: one when no tag has gone since the last time.</summary>
internal sealed class SceneStateReader(StashClient client, TagFamily family, TagResolver resolver, PublicationRecordStore records)
{
    /// <summary>What is there, for who only reads: makes neither the tag family nor a record; null when the scene is not there.</summary>
    /// <param name="subject">The scene.</param>
    /// <param name="tagNames">Names of tags to look up.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task<SceneStateFound?> FindAsync(
        PublicationSubject subject,
        IReadOnlyCollection<string> tagNames,
        CancellationToken cancellationToken
    ) => ReadAsync(subject, tagNames, prepares: false, cancellationToken);

    /// <summary>
    /// The same for who is about to write: makes what lacks of the tag family, and begins a new record when the old one is about another Stash.
    /// </summary>
    public Task<SceneStateFound?> PrepareAsync(
        PublicationSubject subject,
        IReadOnlyCollection<string> tagNames,
        CancellationToken cancellationToken
    ) => ReadAsync(subject, tagNames, prepares: true, cancellationToken);

    private async Task<SceneStateFound?> ReadAsync(
        PublicationSubject subject,
        IReadOnlyCollection<string> tagNames,
        bool prepares,
        CancellationToken cancellationToken
    )
    {
        var schema = await client.SchemaAsync(cancellationToken);
        var remembered = family.Remembered;
        var stored = await records.ReadAsync(subject, cancellationToken);
        var names = tagNames.Select(name => name.Trim()).Distinct(StringComparer.Ordinal).ToList();
        var lookup = await LookUpAsync(
            subject,
            remembered is null ? [.. names, .. family.Names] : names,
            remembered?.All ?? [],
            stored.Record,
            cancellationToken
        );
        if (lookup.Others.Get<StashScene>(0) is not { } scene)
        {
            return null;
        }

        var tags = await FamilyAsync(remembered, lookup, prepares, cancellationToken);
        stored = await CheckedAsync(subject, stored, scene, prepares, cancellationToken);
        var ids = lookup
            .ByName.Where(entry => names.Contains(entry.Key, StringComparer.Ordinal))
            .ToDictionary(entry => entry.Key, entry => entry.Value.Id, StringComparer.Ordinal);
        return new SceneStateFound
        {
            Family = tags,
            Schema = schema,
            Stored = stored,
            TagIds = ids,
            State = new PublicationState
            {
                SceneTags = scene.Tags.Select(tag => tag.Id).ToHashSet(StringComparer.Ordinal),
                Markers = scene.SceneMarkers,
                Record = stored.Record,
                BaseTag = tags.Base,
                IncorrectTag = tags.Incorrect,
                VanishedTags = Successors(lookup.Vanished, stored.Record, tags.Base),
                HasMarkerEnd = schema.HasMarkerEnd,
            },
        };
    }

    private Task<StashTagFamily> FamilyAsync(
        StashTagFamily? remembered,
        TagLookup lookup,
        bool prepares,
        CancellationToken cancellationToken
    )
    {
        if (remembered is not null && remembered.All.All(id => remembered.IsUnchanged(id, lookup.ById.GetValueOrDefault(id))))
        {
            return Task.FromResult(remembered);
        }

        // Not looked up before; or merged or deleted since then, or another Stash altogether.
        var found = remembered is null ? lookup.ByName : null;
        family.Forget();
        return prepares ? family.EnsureAsync(found, cancellationToken) : family.PreviewAsync(found, cancellationToken);
    }

    private Task<TagLookup> LookUpAsync(
        PublicationSubject subject,
        IReadOnlyCollection<string> names,
        IReadOnlyList<string> family,
        PublicationRecord record,
        CancellationToken cancellationToken
    )
    {
        var intents = record.Intents ?? new PublicationIntents();
        var recent = record.Recent ?? new RecentWrites();
        var ids = record
            .Tags.Concat(record.DeletedTags)
            .Concat(intents.AddTags)
            .Concat(record.Markers.Select(marker => new PublishedTag(marker.Content.TagId, marker.Name)))
            .Concat(intents.Create.Select(marker => new PublishedTag(marker.Content.TagId, marker.Name)))
            .Concat(recent.Creates.Select(write => new PublishedTag(write.Marker.Content.TagId, write.Marker.Name)))
            .Concat(recent.LateTags.Select(write => new PublishedTag(write.Id, write.Name)))
            .Concat(record.DeletedMarkers.Select(stone => new PublishedTag(stone.TagId, stone.Name)))
            .Concat(AdditionalTags(record, intents).Select(id => new PublishedTag(id, "")))
            .Concat(family.Select(id => new PublishedTag(id, "")))
            .Distinct();
        return resolver.LookUpAsync(names, ids, [StashClient.FindSceneCall(subject.Id)], cancellationToken);
    }

    private static IEnumerable<string> AdditionalTags(PublicationRecord record, PublicationIntents intents) =>
        record
            .Markers.Select(marker => marker.Content)
            .Concat(intents.Create.Select(marker => marker.Content))
            .Concat(intents.Move.Select(move => move.Content))
            .Concat((record.Recent?.Creates ?? []).Select(write => write.Marker.Content))
            .Concat((record.Recent?.Moves ?? []).Select(write => write.Move.Content))
            .SelectMany(content => content.TagIds);

    /// <summary>The only additional tag that we ever put on a marker is the base tag, so a vanished one became today's.</summary>
    private static Dictionary<string, string?> Successors(
        IReadOnlyDictionary<string, string?> vanished,
        PublicationRecord record,
        string baseTag
    )
    {
        var successors = vanished.ToDictionary(StringComparer.Ordinal);
        foreach (var id in AdditionalTags(record, record.Intents ?? new PublicationIntents()).Where(vanished.ContainsKey))
        {
            successors[id] = baseTag;
        }

        return successors;
    }

    /// <summary>Another Stash, or one set up again, has other scenes under the same numbers: their record says nothing about this scene.</summary>
    private async Task<StoredPublicationRecord> CheckedAsync(
        PublicationSubject subject,
        StoredPublicationRecord stored,
        StashScene scene,
        bool prepares,
        CancellationToken cancellationToken
    )
    {
        if (stored.Record.CreatedAt is null || scene.CreatedAt is null || StashTime.Same(stored.Record.CreatedAt, scene.CreatedAt))
        {
            return stored with { Record = stored.Record with { CreatedAt = scene.CreatedAt ?? stored.Record.CreatedAt } };
        }

        var fresh = new PublicationRecord { CreatedAt = scene.CreatedAt };
        return prepares ? await records.RestartAsync(subject, stored, fresh, cancellationToken) : stored with { Record = fresh };
    }
}
