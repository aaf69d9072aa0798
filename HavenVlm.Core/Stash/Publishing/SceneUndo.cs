using HavenVlm.Core.Configuration;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Tags;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Core.Stash.Publishing;

/// <summary>
/// Takes back what was written to a scene: our markers that nobody edited, then the tags that were absent before, then the state tags that
/// we put on; after that the record is forgotten, so that a later run starts as if there had been none. Called twice, or again after a
/// crash anywhere, it changes nothing more. Creates nothing in Stash.
/// </summary>
internal sealed class SceneUndo(
    StashClient client,
    TagFamily family,
    PublicationRecordStore records,
    SceneStateReader reader,
    PublicationWriter writer,
    SettingsSource settings,
    ILogger<SceneUndo> logger
)
{
    // Somebody deletes a tag or a marker between our reading and our writing: then we look again, but not forever.
    private const int Passes = 4;

    /// <summary>Takes it back.</summary>
    /// <param name="sceneId">The scene.</param>
    /// <param name="release">Whether the request tags go too: its instance was ended, and the next sweep must not bring it back.</param>
    /// <param name="dryRun">Finds out what would be taken back and changes nothing.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="StashUnavailableException">Stash cannot be reached; trying again later goes on where this stopped.</exception>
    /// <exception cref="StashException">Stash refuses for good.</exception>
    public async Task<PublicationResult> UndoAsync(string sceneId, bool release, bool dryRun, CancellationToken cancellationToken)
    {
        var subject = PublicationSubject.Scene(sceneId);
        var changes = new List<PublicationChange>();
        await using var alone = await records.LockAsync(subject, cancellationToken);
        for (var pass = 1; ; pass++)
        {
            try
            {
                var outcome = await PassAsync(subject, release, dryRun, changes.Add, cancellationToken);
                return new PublicationResult
                {
                    Outcome = outcome,
                    DryRun = dryRun,
                    Changes = changes,
                };
            }
            catch (StashException e) when (pass < Passes && e.Kind is StashErrorKind.Refused or StashErrorKind.Invalid)
            {
                logger.LogInformation("Scene {Scene} changed while it was undone ({Reason}); looking again.", sceneId, e.Message);
                family.Forget();
            }
        }
    }

    private async Task<PublicationOutcome> PassAsync(
        PublicationSubject subject,
        bool release,
        bool dryRun,
        Action<PublicationChange> changed,
        CancellationToken cancellationToken
    )
    {
        var stored = await records.ReadAsync(subject, cancellationToken);
        if (stored.Record is { IsAboutStash: false, Recent: null } && !release)
        {
            return PublicationOutcome.Published;
        }

        // Only found, not prepared: undoing makes no tag family.
        if (await reader.FindAsync(subject, [], cancellationToken) is not { } found)
        {
            if (!dryRun)
            {
                await records.ForgetAsync(subject, isGone: true, cancellationToken);
            }

            return PublicationOutcome.SceneGone;
        }

        if (stored.Record.CreatedAt is { } createdAt && !StashTime.Same(createdAt, found.Stored.Record.CreatedAt))
        {
            // Another Stash has another scene under this number: what the record says is about the other one.
            return PublicationOutcome.SceneGone;
        }

        var plan = PublicationDiff.Compute(found.State, new DesiredPublication { TakesIncorrect = true });
        var states = StatesOf(plan.Record, found, release);
        if (dryRun)
        {
            PublicationReport.Markers(plan).Concat(PublicationReport.Tags(plan)).ToList().ForEach(changed);
        }
        else
        {
            await writer.WriteAsync(subject, found, plan, changed, cancellationToken);
            await client.ChangeSceneTagsAsync(subject.Id, [], states, cancellationToken);
            await records.ForgetAsync(subject, isGone: false, cancellationToken);
        }

        states.ForEach(id => changed(new PublicationChange(PublicationChangeKind.StateTagRemoved, NameOf(found.Family, id))));
        return PublicationOutcome.Published;
    }

    private static List<string> StatesOf(PublicationRecord record, SceneStateFound found, bool release) =>
        [
            .. record
                .States.Concat(release ? found.Family.Requests : [])
                .Distinct(StringComparer.Ordinal)
                .Where(found.State.SceneTags.Contains),
        ];

    private string NameOf(StashTagFamily tags, string id)
    {
        var names = settings.Current.StashTags;
        var known = new[]
        {
            (tags.Tagged, names.Tagged),
            (tags.Errored, names.Errored),
            (tags.TagMe, names.TagMe),
            (tags.UpdateMe, names.UpdateMe),
        };
        return known.FirstOrDefault(tag => tag.Item1.Equals(id, StringComparison.Ordinal)).Item2 ?? $"tag {id}";
    }
}
