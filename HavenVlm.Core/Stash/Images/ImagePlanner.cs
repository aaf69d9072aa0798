using HavenVlm.Core.Configuration;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Stash.Tags;

namespace HavenVlm.Core.Stash.Images;

/// <summary>An image, what is to become of it and what we know of it.</summary>
internal sealed record JudgedImage(StashImage Image, ImageVerdict Verdict, ImageRecord Record);

/// <summary>Everything that publishing to some images needs to know before it writes.</summary>
internal sealed record ImagesFound
{
    /// <summary>Ids of the images that Stash has, judged or not.</summary>
    public required IReadOnlySet<string> Present { get; init; }

    public required IReadOnlyList<JudgedImage> Images { get; init; }

    public required StashTagFamily Family { get; init; }

    public required StashTagOptions Names { get; init; }

    /// <summary>Id of the tag of each wanted name.</summary>
    public required IReadOnlyDictionary<string, string> TagIds { get; init; }

    /// <summary>Tags in the records that are gone, each with the one that took its name over, or null.</summary>
    public required IReadOnlyDictionary<string, string?> Vanished { get; init; }

    /// <summary>The same after tags were created.</summary>
    public ImagesFound With(IReadOnlyDictionary<string, StashTag> created)
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

    /// <summary>What is to be written.</summary>
    public List<ImagePlan> Plan(ImagePublication request) => [.. Images.Select(image => Plan(request, image))];

    private ImagePlan Plan(ImagePublication request, JudgedImage judged)
    {
        var (image, verdict, record) = judged;
        var state = StateOf(image, record);
        // An image that a person marked as wrong waits to be collected as it is.
        var isPinned = image.HasTag(Family.Incorrect);
        List<PublishedTag> wanted = [.. (verdict.Tags ?? []).Select(name => new PublishedTag(IdOf(name), name.Trim()))];
        var familyNames = wanted.RemoveAll(tag => Family.All.Contains(tag.Id, StringComparer.Ordinal));
        return new ImagePlan
        {
            Image = image,
            Verdict = verdict,
            Record = record,
            FamilyNames = familyNames,
            Tags =
                verdict.Tags is null || isPinned
                    ? new PublicationPlan { Record = PublicationReconciliation.Reconcile(state).Record }
                    : PublicationDiff.Compute(state, new DesiredPublication { SceneTags = wanted, Reset = request.Reset }),
            State = ImagePlan.StateFor(verdict, Family, Names, image),
        };
    }

    /// <summary>An image as the comparison sees it: a scene without markers.</summary>
    public PublicationState StateOf(StashImage image, ImageRecord record) =>
        new()
        {
            SceneTags = image.Tags.Select(tag => tag.Id).ToHashSet(StringComparer.Ordinal),
            UpdatedAt = image.UpdatedAt,
            Markers = [],
            Record = record.Publication with { States = record.States },
            BaseTag = Family.Base,
            IncorrectTag = Family.Incorrect,
            VanishedTags = Vanished,
            FamilyTags = Family.All.ToHashSet(StringComparer.Ordinal),
            HasMarkerEnd = false,
        };

    private string IdOf(string name) => TagIds.TryGetValue(name.Trim(), out var id) ? id : TagFamily.MissingId(name.Trim());
}

/// <summary>Reads images, records and tags with two requests, however many images there are.</summary>
internal sealed class ImagePlanner(
    StashClient client,
    TagFamily family,
    TagResolver resolver,
    ImageRecordStore records,
    SettingsSource settings
)
{
    /// <summary>What is there, and what is to become of it. Changes nothing.</summary>
    public async Task<ImagesFound> ReadAsync(
        IReadOnlyList<string> imageIds,
        ImageJudge judge,
        ImageRecordBatch batch,
        CancellationToken cancellationToken
    )
    {
        var tags = await family.PreviewAsync(cancellationToken);
        var images = await client.FindImagesAsync(imageIds, cancellationToken);
        var judged = await JudgeAsync(imageIds, images, judge, tags, batch, cancellationToken);
        return Found(images, judged, tags, await LookUpAsync(judged, tags, cancellationToken));
    }

    /// <summary>
    /// The same for a caller who is about to write: makes the tag family where it is missing, and puts records of another Stash aside.
    /// </summary>
    public async Task<ImagesFound> PrepareAsync(
        IReadOnlyList<string> imageIds,
        ImageJudge judge,
        ImageRecordBatch batch,
        CancellationToken cancellationToken
    )
    {
        var tags = await family.EnsureAsync(cancellationToken);
        var images = await client.FindImagesAsync(imageIds, cancellationToken);
        foreach (var image in images.Values.Where(image => IsOfAnotherStash(image, batch.Get(image.Id))))
        {
            await records.SetAsideAsync(image.Id, batch.Get(image.Id), cancellationToken);
        }

        var judged = await JudgeAsync(imageIds, images, judge, tags, batch, cancellationToken);
        var lookup = await LookUpAsync(judged, tags, cancellationToken);
        if (!tags.All.All(id => tags.IsUnchanged(id, lookup.ById.GetValueOrDefault(id))))
        {
            // Merged or deleted since it was looked up, or another Stash altogether.
            family.Forget();
            tags = await family.EnsureAsync(cancellationToken);
        }

        return Found(images, judged, tags, lookup);
    }

    private static async Task<IReadOnlyList<JudgedImage>> JudgeAsync(
        IReadOnlyList<string> imageIds,
        IReadOnlyDictionary<string, StashImage> images,
        ImageJudge judge,
        StashTagFamily tags,
        ImageRecordBatch batch,
        CancellationToken cancellationToken
    )
    {
        var judged = new List<JudgedImage>();
        foreach (var image in imageIds.Where(images.ContainsKey).Select(id => images[id]))
        {
            var record = RecordOf(image, batch.Get(image.Id));
            if (await judge(image, record, tags, cancellationToken) is { } verdict)
            {
                judged.Add(new JudgedImage(image, verdict, record));
            }
        }

        return judged;
    }

    private ImagesFound Found(
        IReadOnlyDictionary<string, StashImage> images,
        IReadOnlyList<JudgedImage> judged,
        StashTagFamily tags,
        TagLookup lookup
    ) =>
        new()
        {
            Present = images.Keys.ToHashSet(StringComparer.Ordinal),
            Images = judged,
            Family = tags,
            Names = settings.Current.StashTags,
            TagIds = lookup.ByName.ToDictionary(entry => entry.Key, entry => entry.Value.Id, StringComparer.Ordinal),
            Vanished = lookup.Vanished,
        };

    private Task<TagLookup> LookUpAsync(IReadOnlyList<JudgedImage> judged, StashTagFamily tags, CancellationToken cancellationToken)
    {
        var names = judged.SelectMany(image => image.Verdict.Tags ?? []).Distinct(StringComparer.Ordinal).ToList();
        var ids = judged
            .Select(image => image.Record.Publication)
            .SelectMany(record =>
                record
                    .Tags.Concat(record.DeletedTags)
                    .Concat(record.Intents?.AddTags ?? [])
                    .Concat((record.Recent?.LateTags ?? []).Select(late => new PublishedTag(late.Id, late.Name)))
            )
            .Concat(judged.SelectMany(image => image.Record.States).Select(id => new PublishedTag(id, "")))
            .Concat(tags.All.Select(id => new PublishedTag(id, "")))
            .Distinct();
        return resolver.LookUpAsync(names, ids, [], cancellationToken);
    }

    /// <summary>Another Stash, or one set up again, has other images under the same numbers: their record says nothing about this one.</summary>
    private static bool IsOfAnotherStash(StashImage image, ImageRecord record) =>
        record.Publication.CreatedAt is { } created && image.CreatedAt is not null && !StashTime.Same(created, image.CreatedAt);

    private static ImageRecord RecordOf(StashImage image, ImageRecord record) =>
        IsOfAnotherStash(image, record)
            ? new ImageRecord { Publication = new PublicationRecord { CreatedAt = image.CreatedAt } }
            : record with
            {
                Publication = record.Publication with { CreatedAt = image.CreatedAt ?? record.Publication.CreatedAt },
            };
}
