using System.Collections.ObjectModel;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Stash.Tags;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Core.Stash.Images;

/// <summary>
/// Writes results to images: reads what is there, compares, writes only the difference; tags, then the state tags. Called twice, or again
/// after a crash anywhere, it changes nothing more.
/// </summary>
internal sealed class ImagePublisher(
    StashClient client,
    TagFamily family,
    ImagePlanner planner,
    TagResolver resolver,
    ImageRecordStore records,
    ILogger<ImagePublisher> logger
)
{
    // Somebody deletes a tag or an image between our reading and our writing: then we look again, but not forever.
    private const int Passes = 4;

    /// <summary>Publishes. One publisher at a time, over all processes: records of neighboring images are one artifact.</summary>
    /// <exception cref="StashUnavailableException">Stash cannot be reached; trying again later goes on where this stopped.</exception>
    /// <exception cref="StashException">Stash refuses for good.</exception>
    public async Task<ImagePublicationResult> PublishAsync(ImagePublication request, CancellationToken cancellationToken)
    {
        await using var only = await records.LockAsync(cancellationToken);
        var done = new ImageChanges(request);
        for (var pass = 1; ; pass++)
        {
            try
            {
                return await PassAsync(request, done, cancellationToken);
            }
            catch (StashException e) when (pass < Passes && e.Kind is StashErrorKind.Refused or StashErrorKind.Invalid)
            {
                logger.LogInformation("Images changed while they were written to ({Reason}); looking again.", e.Message);
                family.Forget();
            }
        }
    }

    private async Task<ImagePublicationResult> PassAsync(ImagePublication request, ImageChanges done, CancellationToken cancellationToken)
    {
        var batch = await records.ReadAsync(request.ImageIds, cancellationToken);
        var found = request.DryRun
            ? await planner.ReadAsync(request.ImageIds, request.Judge, batch, cancellationToken)
            : await planner.PrepareAsync(request.ImageIds, request.Judge, batch, cancellationToken);
        var plans = found.Plan(request);
        var needed = plans.Exists(plan => plan.IsNeeded);
        if (needed && !request.DryRun && !done.Any && request.StillWanted is { } wanted && !await wanted(cancellationToken))
        {
            return new ImagePublicationResult(CalledOff: true, []);
        }

        if (request.DryRun)
        {
            plans.ForEach(plan => done.Add(plan.Image.Id, plan.Changes));
            return done.Result(found, plans);
        }

        List<string> missing = [.. plans.SelectMany(plan => plan.Tags.MissingTags).Distinct(StringComparer.Ordinal)];
        if (missing.Count > 0)
        {
            found = found.With(await resolver.CreateAsync(missing, found.Family.Base, cancellationToken));
            plans = found.Plan(request);
        }

        await WriteAsync(request, batch, plans, done, cancellationToken);
        return done.Result(found, plans);
    }

    private async Task WriteAsync(
        ImagePublication request,
        ImageRecordBatch batch,
        List<ImagePlan> plans,
        ImageChanges done,
        CancellationToken cancellationToken
    )
    {
        var writing = plans.Where(plan => plan.IsNeeded).ToList();
        IReadOnlyDictionary<string, string> updates = ReadOnlyDictionary<string, string>.Empty;
        if (writing.Count > 0)
        {
            writing.ForEach(plan => batch.Put(plan.Image.Id, plan.Intended(request.Run, records.Now)));
            await batch.SaveAsync(cancellationToken);
            updates = await ImageTagWriter.WriteAsync(
                client,
                [.. writing.Select(plan => (plan.Image.Id, plan.Add, plan.Remove))],
                cancellationToken
            );
            writing.ForEach(plan => done.Add(plan.Image.Id, plan.Changes));
        }

        plans.ForEach(plan => batch.Put(plan.Image.Id, plan.Written(request.Run, updates.GetValueOrDefault(plan.Image.Id))));
        await batch.SaveAsync(cancellationToken);
    }

    /// <summary>What was written so far, over all passes.</summary>
    private sealed class ImageChanges(ImagePublication request)
    {
        private readonly Dictionary<string, List<PublicationChange>> _changes = new(StringComparer.Ordinal);

        public bool Any => _changes.Count > 0;

        public void Add(string imageId, IReadOnlyList<PublicationChange> changes)
        {
            if (changes.Count == 0)
            {
                return;
            }

            if (!_changes.TryGetValue(imageId, out var list))
            {
                _changes.Add(imageId, list = []);
            }

            list.AddRange(changes);
        }

        public ImagePublicationResult Result(ImagesFound found, List<ImagePlan> plans)
        {
            var byId = plans.ToDictionary(plan => plan.Image.Id, StringComparer.Ordinal);
            return new ImagePublicationResult(
                CalledOff: false,
                [.. request.ImageIds.Select(id => Of(id, found.Present.Contains(id), byId.GetValueOrDefault(id)))]
            );
        }

        private PublishedImage Of(string id, bool isPresent, ImagePlan? plan) =>
            new(
                id,
                plan switch
                {
                    null => isPresent ? ImageOutcome.Skipped : ImageOutcome.Gone,
                    { Verdict.Failure: not null } => ImageOutcome.Failed,
                    { Verdict.Tags: null } => ImageOutcome.Skipped,
                    _ => ImageOutcome.Published,
                },
                plan?.Verdict.Failure,
                _changes.GetValueOrDefault(id) ?? [],
                plan is null ? 0 : plan.Tags.SkippedTags.Count + plan.FamilyNames
            );
    }
}
