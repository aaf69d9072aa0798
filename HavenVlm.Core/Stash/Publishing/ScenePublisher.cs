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
    SceneStateReader reader,
    PublicationWriter writer,
    SettingsSource settings,
    ILogger<ScenePublisher> logger
)
{
    // Somebody deletes a tag or a marker between our reading and our writing: then we look again, but not forever.
    private const int Passes = 4;

    private StashClient Client { get; } = client;

    private TagResolver Resolver { get; } = resolver;

    private SceneStateReader Reader { get; } = reader;

    private PublicationWriter Writer { get; } = writer;

    private StashTagOptions StashTags => settings.Current.StashTags;

    /// <summary>Publishes.</summary>
    /// <exception cref="StashUnavailableException">Stash cannot be reached, or somebody else publishes the same scene; trying again later goes on where this stopped.</exception>
    /// <exception cref="StashException">Stash refuses for good.</exception>
    public async Task<PublicationResult> PublishAsync(ScenePublication request, CancellationToken cancellationToken)
    {
        var subject = PublicationSubject.Scene(request.SceneId);
        await using var alone = await records.LockAsync(subject, cancellationToken);
        var run = new Run(this, subject, request);
        for (var pass = 1; ; pass++)
        {
            try
            {
                return await run.PassAsync(cancellationToken);
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

    private async Task GeneratePreviewsAsync(string sceneId, IReadOnlyList<string> markers, CancellationToken cancellationToken)
    {
        try
        {
            await Client.GeneratePreviewsAsync(markers, cancellationToken);
        }
        catch (Exception e) when (e is StashException or StashUnavailableException)
        {
            // The markers are what was asked for; Stash can make previews at any time.
            logger.LogWarning("Stash was not asked for previews of the markers of scene {Scene}: {Reason}", sceneId, e.Message);
        }
    }

    /// <summary>One call of <see cref="PublishAsync"/>: what a pass changed stays changed when the next one looks again.</summary>
    private sealed class Run(ScenePublisher publisher, PublicationSubject subject, ScenePublication request)
    {
        private readonly List<PublicationChange> _changes = [];
        private bool _mayWrite;

        public async Task<PublicationResult> PassAsync(CancellationToken cancellationToken)
        {
            if (await ReadAsync(cancellationToken) is not { } found)
            {
                return Result(PublicationOutcome.SceneGone);
            }

            _mayWrite = request.DryRun || _changes.Count > 0;
            var plan = PublicationDiff.Compute(found.State, found.DesiredFor(request));
            if (plan.MissingTags is { Count: > 0 } missing)
            {
                if (!await MayWriteAsync(cancellationToken))
                {
                    return CalledOff();
                }

                found = await CreateTagsAsync(found, missing, cancellationToken);
                plan = PublicationDiff.Compute(found.State, found.DesiredFor(request));
            }

            var states = StateChange.For(found.Family, publisher.StashTags, found.State.SceneTags);
            if ((plan.ChangesMarkers || plan.ChangesTags || states.IsNeeded) && !await MayWriteAsync(cancellationToken))
            {
                return CalledOff();
            }

            if (request.DryRun)
            {
                Preview(plan, states);
            }
            else
            {
                await WriteAsync(found, plan, states, cancellationToken);
            }

            return Result(PublicationOutcome.Published) with
            {
                Skipped = [.. PublicationReport.Skipped(plan), .. found.SkippedNames],
            };
        }

        private Task<SceneStateFound?> ReadAsync(CancellationToken cancellationToken) =>
            request.DryRun
                ? publisher.Reader.FindAsync(subject, request.TagNames, cancellationToken)
                : publisher.Reader.PrepareAsync(subject, request.TagNames, cancellationToken);

        /// <summary>Asks before the first write whether the work is still wanted.</summary>
        private async Task<bool> MayWriteAsync(CancellationToken cancellationToken) =>
            _mayWrite = _mayWrite || request.StillWanted is null || await request.StillWanted(cancellationToken);

        private async Task<SceneStateFound> CreateTagsAsync(
            SceneStateFound found,
            IReadOnlyList<string> missing,
            CancellationToken cancellationToken
        )
        {
            _changes.AddRange(missing.Select(name => new PublicationChange(PublicationChangeKind.TagCreated, name)));
            return request.DryRun ? found : found.With(await publisher.Resolver.CreateAsync(missing, found.Family.Base, cancellationToken));
        }

        private void Preview(PublicationPlan plan, StateChange states)
        {
            _changes.AddRange(PublicationReport.Markers(plan));
            _changes.AddRange(PublicationReport.Tags(plan));
            _changes.AddRange(states.Changes);
        }

        private async Task WriteAsync(SceneStateFound found, PublicationPlan plan, StateChange states, CancellationToken cancellationToken)
        {
            var withStates = plan with { Record = plan.Record.WithStates(states.Add, states.Remove) };
            var written = await publisher.Writer.WriteAsync(subject, found, withStates, states, _changes.Add, cancellationToken);
            if (request.GeneratePreviews && written.Count > 0)
            {
                await publisher.GeneratePreviewsAsync(request.SceneId, written, cancellationToken);
            }
        }

        private PublicationResult Result(PublicationOutcome outcome) =>
            new()
            {
                Outcome = outcome,
                DryRun = request.DryRun,
                Changes = [.. _changes],
            };

        private static PublicationResult CalledOff() => new() { Outcome = PublicationOutcome.CalledOff };
    }
}
