using HavenVlm.Core.Configuration;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Stash.Tags;

namespace HavenVlm.Core.Stash.Images;

/// <summary>What undoing did to one image.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="Changes">What was (or with a dry run would be) taken off; empty when nothing of ours was left, or the image is gone.</param>
internal sealed record UndoneImage(string ImageId, IReadOnlyList<PublicationChange> Changes)
{
    /// <summary>What we wrote once and what stays, with the reason.</summary>
    public IReadOnlyList<PublicationLeft> Left { get; init; } = [];
}

/// <summary>
/// Takes off images exactly what the records hold: tags that were absent before we added them, and state tags that we put on. What the
/// user took off stays remembered, so that a later run does not write it again.
/// </summary>
internal sealed class ImageUndo(StashClient client, ImagePlanner planner, ImageRecordStore records, SettingsSource settings)
{
    // Whatever changes under us is read again.
    private const int Passes = 4;

    /// <summary>Ids of all images that have a record, for callers who undo all; give them to <see cref="UndoAsync"/> some dozens at a time.</summary>
    public IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken) => records.ListAsync(cancellationToken);

    /// <summary>Undoes some images. Called twice, or again after a crash, it changes nothing more.</summary>
    /// <param name="imageIds">The images, at most some hundred.</param>
    /// <param name="dryRun">Whether nothing is written.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <param name="announce">Called with what will be taken off before it is.</param>
    /// <exception cref="StashUnavailableException">Stash cannot be reached; trying again later goes on where this stopped.</exception>
    public async Task<IReadOnlyList<UndoneImage>> UndoAsync(
        IReadOnlyList<string> imageIds,
        bool dryRun,
        CancellationToken cancellationToken,
        Func<IReadOnlyList<UndoneImage>, Task>? announce = null
    )
    {
        await using var only = await records.LockAsync(cancellationToken);
        for (var pass = 1; ; pass++)
        {
            try
            {
                return await PassAsync(imageIds, dryRun, announce, cancellationToken);
            }
            catch (StashException e) when (pass < Passes && e.Kind is StashErrorKind.Refused or StashErrorKind.Invalid)
            {
                // An image or a tag went away in between: the next look leaves it out.
            }
        }
    }

    private async Task<IReadOnlyList<UndoneImage>> PassAsync(
        IReadOnlyList<string> imageIds,
        bool dryRun,
        Func<IReadOnlyList<UndoneImage>, Task>? announce,
        CancellationToken cancellationToken
    )
    {
        var batch = await records.ReadAsync(imageIds, cancellationToken);
        List<string> known = [.. imageIds.Where(id => !batch.Get(id).IsEmpty || batch.Get(id).Publication.Intents is not null)];
        if (known.Count == 0)
        {
            return [.. imageIds.Select(id => new UndoneImage(id, []) { Left = LeftOf(batch, id, plan: null) })];
        }

        // Undoing makes no tags and puts no records aside: those of another Stash stay for when it is back.
        var found = await planner.ReadAsync(
            known,
            (image, _, _, _) =>
                Task.FromResult(
                    batch.Get(image.Id).Publication.CreatedAt is not { } created || StashTime.Same(created, image.CreatedAt)
                        ? ImageVerdict.Released
                        : null
                ),
            batch,
            cancellationToken
        );
        var plans = found.Images.Select(image => Plan(found, image)).ToList();
        var planned = plans.ToDictionary(plan => plan.ImageId, StringComparer.Ordinal);
        List<UndoneImage> undone =
        [
            .. imageIds.Select(id => new UndoneImage(id, planned.GetValueOrDefault(id)?.Changes ?? [])
            {
                Left = LeftOf(batch, id, planned.GetValueOrDefault(id)),
            }),
        ];
        if (!dryRun)
        {
            if (announce is not null)
            {
                await announce(undone);
            }

            await WriteAsync(batch, plans, cancellationToken);
        }

        return undone;
    }

    private static IReadOnlyList<PublicationLeft> LeftOf(ImageRecordBatch batch, string imageId, Undoing? plan) =>
        [.. plan?.Left ?? [], .. batch.IsDamaged(imageId) ? new[] { new PublicationLeft("", LeftReason.RecordDamaged) } : []];

    private async Task WriteAsync(ImageRecordBatch batch, List<Undoing> plans, CancellationToken cancellationToken)
    {
        foreach (var plan in plans)
        {
            var intents = new PublicationIntents { At = records.Now, RemoveTags = [.. plan.Tags.Select(tag => tag.Id)] };
            batch.Put(
                plan.ImageId,
                plan.Record with
                {
                    States = plan.Settled.States,
                    Publication = plan.Settled with { States = [], Intents = intents },
                }
            );
        }

        await batch.SaveAsync(cancellationToken);
        await ImageTagWriter.WriteAsync(
            client,
            [.. plans.Select(plan => (plan.ImageId, (IReadOnlyList<string>)[], (IReadOnlyList<string>)plan.Remove))],
            cancellationToken
        );
        foreach (var plan in plans)
        {
            var left = new PublicationRecord
            {
                CreatedAt = plan.Settled.CreatedAt,
                DeletedTags = plan.Settled.DeletedTags,
                // A state tag that was to be put on and is not there may still come.
                Recent = (plan.Settled.Recent ?? new RecentWrites()).WithUndone(plan.AbsentStates, records.Now).Current(records.Now),
            };
            batch.Put(plan.ImageId, new ImageRecord { Publication = left });
        }

        await batch.SaveAsync(cancellationToken);
    }

    private Undoing Plan(ImagesFound found, JudgedImage judged)
    {
        var reconciled = PublicationReconciliation.Reconcile(found.StateOf(judged.Image, judged.Record));
        var settled = reconciled.Record;
        var names = settings.Current.StashTags;
        var states = settled.States.Where(judged.Image.HasTag).ToList();
        return new Undoing(
            judged.Image.Id,
            judged.Record,
            settled,
            [.. settled.Tags.Select(tag => tag.Id), .. states],
            [
                .. settled.Tags.Select(tag => new PublicationChange(PublicationChangeKind.SceneTagRemoved, tag.Name)),
                .. states.Select(id => new PublicationChange(
                    PublicationChangeKind.StateTagRemoved,
                    id.Equals(found.Family.Errored, StringComparison.Ordinal) ? names.Errored : names.Tagged
                )),
            ]
        )
        {
            AbsentStates = [.. settled.States.Except(states, StringComparer.Ordinal)],
            Left = reconciled.Left,
        };
    }

    /// <summary>What is to be taken off one image.</summary>
    private sealed record Undoing(
        string ImageId,
        ImageRecord Record,
        PublicationRecord Settled,
        IReadOnlyList<string> Remove,
        IReadOnlyList<PublicationChange> Changes
    )
    {
        public IReadOnlyList<PublishedTag> Tags => Settled.Tags;

        /// <summary>State tags of ours that are not on the image.</summary>
        public IReadOnlyList<string> AbsentStates { get; init; } = [];

        public IReadOnlyList<PublicationLeft> Left { get; init; } = [];
    }
}
