using HavenVlm.Core.Configuration;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Tags;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Core.Stash.Publishing;

/// <summary>
/// Writes results to a scene: reads what is there, compares, writes only the difference; markers, then tags, then the state tags. Called
/// twice, or again after a crash anywhere, it changes nothing more.
/// </summary>
internal sealed class ScenePublisher(
    StashClient client,
    TagFamily family,
    TagResolver resolver,
    PublicationRecordStore records,
    SettingsSource settings,
    ILogger<ScenePublisher> logger
)
{
    // Somebody deletes a tag or a marker between our reading and our writing: then we look again, but not forever.
    private const int Passes = 4;

    /// <summary>Publishes.</summary>
    /// <exception cref="StashUnavailableException">Stash cannot be reached, or somebody else publishes the same scene; trying again later goes on where this stopped.</exception>
    /// <exception cref="StashException">Stash refuses for good.</exception>
    public async Task<PublicationResult> PublishAsync(ScenePublication request, CancellationToken cancellationToken)
    {
        var subject = PublicationSubject.Scene(request.SceneId);
        var changes = new List<PublicationChange>();
        await using var alone = await records.LockAsync(subject, cancellationToken);
        for (var pass = 1; ; pass++)
        {
            try
            {
                return await PassAsync(subject, request, changes, cancellationToken);
            }
            catch (StashException e) when (pass < Passes && e.Kind is StashErrorKind.Refused or StashErrorKind.Invalid)
            {
                logger.LogInformation(
                    "Scene {Scene} changed while it was written to ({Reason}); looking again.",
                    request.SceneId,
                    e.Message
                );
                family.Forget();
            }
        }
    }

    private async Task<PublicationResult> PassAsync(
        PublicationSubject subject,
        ScenePublication request,
        List<PublicationChange> changes,
        CancellationToken cancellationToken
    )
    {
        var reader = new SceneStateReader(client, family, resolver, records);
        if (await reader.ReadAsync(subject, request, cancellationToken) is not { } found)
        {
            return new PublicationResult
            {
                Outcome = PublicationOutcome.SceneGone,
                DryRun = request.DryRun,
                Changes = [.. changes],
            };
        }

        var allowed = request.DryRun || changes.Count > 0;
        async Task<bool> MayWriteAsync() =>
            allowed = allowed || request.StillWanted is null || await request.StillWanted(cancellationToken);

        var plan = PublicationDiff.Compute(found.State, found.WishFor(request));
        if (plan.MissingTags is { Count: > 0 } missing)
        {
            if (!await MayWriteAsync())
            {
                return CalledOff();
            }

            changes.AddRange(missing.Select(name => new PublicationChange(PublicationChangeKind.TagCreated, name)));
            if (!request.DryRun)
            {
                found = found.With(await resolver.CreateAsync(missing, found.Family.Base, cancellationToken));
                plan = PublicationDiff.Compute(found.State, found.WishFor(request));
            }
        }

        var states = StateChange.For(found.Family, settings.Current.StashTags, found.State.SceneTags);
        if ((plan.ChangesMarkers || plan.ChangesTags || states.IsNeeded) && !await MayWriteAsync())
        {
            return CalledOff();
        }

        if (request.DryRun)
        {
            changes.AddRange(PublicationReport.Markers(plan));
            changes.AddRange(PublicationReport.Tags(plan));
            changes.AddRange(states.Changes);
        }
        else
        {
            var writer = new PublicationWriter(client, records, subject, found.Schema, found.Stored, changes);
            await writer.WriteAsync(plan with { Record = plan.Record.WithStates(states.Add, states.Remove) }, cancellationToken);
            if (states.IsNeeded)
            {
                await client.ChangeSceneTagsAsync(request.SceneId, states.Add, states.Remove, cancellationToken);
                changes.AddRange(states.Changes);
            }

            if (request.GeneratePreviews && writer.WrittenMarkers is { Count: > 0 } written)
            {
                await GeneratePreviewsAsync(request.SceneId, written, cancellationToken);
            }
        }

        return new PublicationResult
        {
            Outcome = PublicationOutcome.Published,
            DryRun = request.DryRun,
            Changes = [.. changes],
            Skipped = [.. PublicationReport.Skipped(plan), .. found.SkippedNames],
        };

        static PublicationResult CalledOff() => new() { Outcome = PublicationOutcome.CalledOff };
    }

    private async Task GeneratePreviewsAsync(string sceneId, List<string> markers, CancellationToken cancellationToken)
    {
        try
        {
            await client.GeneratePreviewsAsync(markers, cancellationToken);
        }
        catch (Exception e) when (e is StashException or StashUnavailableException)
        {
            // The markers are what was asked for; Stash can make previews at any time.
            logger.LogWarning("Stash was not asked for previews of the markers of scene {Scene}: {Reason}", sceneId, e.Message);
        }
    }
}
