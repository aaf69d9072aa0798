using HavenVlm.Core.Configuration;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Publishing;

namespace HavenVlm.Core.Stash.Images;

/// <summary>What is to be written to one image.</summary>
internal sealed record ImagePlan
{
    public required StashImage Image { get; init; }

    public required ImageVerdict Verdict { get; init; }

    public required ImageRecord Record { get; init; }

    /// <summary>Tags to put on and to take off.</summary>
    public required PublicationPlan Tags { get; init; }

    /// <summary>State tags to put on and to take off.</summary>
    public required StateChange State { get; init; }

    /// <summary>Wanted names that mean a tag of the family.</summary>
    public int FamilyNames { get; init; }

    /// <summary>Whether anything is to be written to Stash.</summary>
    public bool IsNeeded => Tags.ChangesTags || State.IsNeeded;

    /// <summary>Ids of all tags to put on, in one change: each runs every hook of the image.</summary>
    public IReadOnlyList<string> Add => [.. Tags.AddTags.Select(tag => tag.Id).Concat(State.Add).Distinct(StringComparer.Ordinal)];

    /// <summary>Ids of all tags to take off.</summary>
    public IReadOnlyList<string> Remove => [.. Tags.RemoveTags.Select(tag => tag.Id).Concat(State.Remove).Distinct(StringComparer.Ordinal)];

    /// <summary>The changes in words.</summary>
    public IReadOnlyList<PublicationChange> Changes => [.. PublicationReport.Tags(Tags), .. State.Changes];

    /// <summary>The record while the tags are written: what is to be put on is known to be ours before it is there.</summary>
    public ImageRecord Intended(string run, DateTimeOffset now) =>
        Record with
        {
            Run = run,
            States = [.. Tags.Record.States.Union(State.Add, StringComparer.Ordinal)],
            Publication = Tags.Record with { States = [], Intents = Tags.TagIntents(now) },
        };

    /// <summary>The record when the tags are written.</summary>
    /// <param name="run">Id of the run.</param>
    /// <param name="seenAt">When Stash says that our writing changed the image; null = it was not changed.</param>
    public ImageRecord Written(string run, string? seenAt) =>
        Record with
        {
            Run = IsNeeded ? run : Record.Run,
            Answers = Verdict.Answers ?? Record.Answers,
            States =
            [
                .. Tags
                    .Record.States.Intersect(Image.Tags.Select(tag => tag.Id), StringComparer.Ordinal)
                    .Except(State.Remove, StringComparer.Ordinal)
                    .Union(State.Add, StringComparer.Ordinal),
            ],
            Publication = Tags.WithWrittenTags(Tags.Record) with { States = [], SeenAt = seenAt ?? Tags.Record.SeenAt },
        };

    /// <summary>Which state tags an image gains and loses.</summary>
    public static StateChange StateFor(ImageVerdict verdict, StashTagFamily family, StashTagOptions names, StashImage image)
    {
        if (verdict.Tags is not null)
        {
            return StateChange.For(family, names, image.Tags.Select(tag => tag.Id).ToHashSet(StringComparer.Ordinal));
        }

        List<(string Id, string Name)> add =
            verdict.Failure is not null && !image.HasTag(family.Errored) ? [(family.Errored, names.Errored)] : [];
        var remove = new[] { (Id: family.TagMe, Name: names.TagMe), (Id: family.UpdateMe, Name: names.UpdateMe) }
            .Where(tag => image.HasTag(tag.Id))
            .ToList();
        return new StateChange(
            [.. add.Select(tag => tag.Id)],
            [.. remove.Select(tag => tag.Id)],
            [
                .. add.Select(tag => new PublicationChange(PublicationChangeKind.StateTagAdded, tag.Name)),
                .. remove.Select(tag => new PublicationChange(PublicationChangeKind.StateTagRemoved, tag.Name)),
            ]
        );
    }
}
