using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Tags;

namespace HavenVlm.Core.Stash.Publishing;

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

    /// <summary>The same for many scenes with the requests of one.</summary>
    public Task<IReadOnlyList<SceneStateFound?>> FindAsync(
        IReadOnlyList<PublicationSubject> subjects,
        CancellationToken cancellationToken
    ) => ReadAsync(subjects, [], prepares: false, cancellationToken);

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
    ) => (await ReadAsync([subject], tagNames, prepares, cancellationToken))[0];

    private async Task<IReadOnlyList<SceneStateFound?>> ReadAsync(
        IReadOnlyList<PublicationSubject> subjects,
        IReadOnlyCollection<string> tagNames,
        bool prepares,
        CancellationToken cancellationToken
    )
    {
        var schema = await client.SchemaAsync(cancellationToken);
        var remembered = family.Remembered;
        var stored = new List<StoredPublicationRecord>();
        foreach (var subject in subjects)
        {
            stored.Add(await records.ReadAsync(subject, cancellationToken));
        }

        var names = tagNames.Select(name => name.Trim()).Distinct(StringComparer.Ordinal).ToList();
        var lookup = await LookUpAsync(
            subjects,
            remembered is null ? [.. names, .. family.Names] : names,
            remembered?.All ?? [],
            [.. stored.Select(each => each.Record)],
            cancellationToken
        );
        var scenes = Enumerable.Range(0, subjects.Count).Select(lookup.Others.Get<StashScene>).ToList();
        if (scenes.TrueForAll(scene => scene is null))
        {
            return new SceneStateFound?[subjects.Count];
        }

        var tags = await FamilyAsync(remembered, lookup, prepares, cancellationToken);
        var ids = lookup
            .ByName.Where(entry => names.Contains(entry.Key, StringComparer.Ordinal))
            .ToDictionary(entry => entry.Key, entry => entry.Value.Id, StringComparer.Ordinal);
        var found = new List<SceneStateFound?>();
        for (var i = 0; i < subjects.Count; i++)
        {
            if (scenes[i] is not { } scene)
            {
                found.Add(null);
                continue;
            }

            var known = await CheckedAsync(subjects[i], stored[i], scene, prepares, cancellationToken);
            found.Add(
                new SceneStateFound
                {
                    Family = tags,
                    Schema = schema,
                    Stored = known,
                    TagIds = ids,
                    State = StateOf(scene, known.Record, tags, schema, lookup),
                }
            );
        }

        return found;
    }

    private static PublicationState StateOf(
        StashScene scene,
        PublicationRecord record,
        StashTagFamily tags,
        StashSchema schema,
        TagLookup lookup
    ) =>
        new()
        {
            SceneTags = scene.Tags.Select(tag => tag.Id).ToHashSet(StringComparer.Ordinal),
            UpdatedAt = scene.UpdatedAt,
            Markers = scene.SceneMarkers,
            Record = record,
            BaseTag = tags.Base,
            IncorrectTag = tags.Incorrect,
            VanishedTags = MergedTags.Find(lookup.Vanished, record, scene.SceneMarkers, tags.Base, tags.Incorrect),
            FamilyTags = tags.All.ToHashSet(StringComparer.Ordinal),
            HasMarkerEnd = schema.HasMarkerEnd,
        };

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
        IReadOnlyList<PublicationSubject> subjects,
        IReadOnlyCollection<string> names,
        IReadOnlyList<string> family,
        IReadOnlyList<PublicationRecord> records,
        CancellationToken cancellationToken
    )
    {
        var ids = records.SelectMany(TagsIn).Concat(family.Select(id => new PublishedTag(id, ""))).Distinct();
        return resolver.LookUpAsync(names, ids, [.. subjects.Select(subject => StashClient.FindSceneCall(subject.Id))], cancellationToken);
    }

    /// <summary>Every tag that a record is about.</summary>
    private static IEnumerable<PublishedTag> TagsIn(PublicationRecord record)
    {
        var intents = record.Intents ?? new PublicationIntents();
        var recent = record.Recent ?? new RecentWrites();
        return record
            .Tags.Concat(record.DeletedTags)
            .Concat(intents.AddTags)
            .Concat(record.Markers.Select(marker => new PublishedTag(marker.Content.TagId, marker.Name)))
            .Concat(intents.Create.Select(marker => new PublishedTag(marker.Content.TagId, marker.Name)))
            .Concat(recent.Creates.Select(write => new PublishedTag(write.Marker.Content.TagId, write.Marker.Name)))
            .Concat(recent.LateTags.Select(write => new PublishedTag(write.Id, write.Name)))
            .Concat(record.DeletedMarkers.Select(stone => new PublishedTag(stone.TagId, stone.Name)))
            .Concat(MergedTags.Written(record).SelectMany(content => content.TagIds).Select(id => new PublishedTag(id, "")))
            .Concat(record.States.Select(id => new PublishedTag(id, "")));
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
