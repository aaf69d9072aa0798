using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Images;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;

namespace HavenVlm.Core.Workflows.Undoing;

/// <summary>
/// Undoes scenes and images for a while, some dozens at a time. A scene that is being analyzed is ended first: whoever undoes does not want to
/// see it written in a minute; its answers stay in the log.
/// </summary>
internal sealed class UndoSubjectsActivity(
    UndoStore store,
    SceneUndo scenes,
    ImageUndo images,
    SettingsSource settings,
    IOrchestrationClient client,
    TimeProvider time
) : IActivity<UndoSubjectsInput, UndoProgress>
{
    private const int MostPerCall = 500;
    private const int MostPerBatch = 40;
    private const int ReasonLength = 300;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public Task<UndoProgress> RunAsync(UndoSubjectsInput input, CancellationToken cancellationToken) =>
        StashOutagePolicy.RunAsync(() => UndoAsync(input, cancellationToken));

    private async Task<UndoProgress> UndoAsync(UndoSubjectsInput input, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var selection = await store.ReadSelectionAsync(input.InstanceId, cancellationToken);
        var subjects =
            await store.ReadSubjectsAsync(input.InstanceId, cancellationToken)
            ?? throw new PermanentFailureException($"The list of {input.InstanceId} is gone from the data folder. Start the undo again.");
        var progress =
            await store.ReadProgressAsync(input.InstanceId, input.From, cancellationToken)
            ?? new UndoChunkProgress(input.From, input.From, new UndoOutput(), []);
        while (progress.Next < subjects.Length && progress.Next - input.From < MostPerCall)
        {
            var isLate = progress.Next > input.From && time.GetElapsedTime(began) > Deadline;
            if (isLate || !await client.IsActiveAsync(input.InstanceId, cancellationToken))
            {
                break;
            }

            var batch = Batch(subjects, progress.Next);
            var current = progress;
            async Task AnnounceAsync(IReadOnlyList<UndoneSubject> announced)
            {
                // What an earlier try announced has happened in part: the first word counts.
                var known = current.Announced.Select(each => each.Subject).ToHashSet();
                current = current with { Announced = [.. current.Announced, .. announced.Where(each => !known.Contains(each.Subject))] };
                await store.WriteProgressAsync(input.InstanceId, current, cancellationToken);
            }

            var undone = await UndoAsync(batch, selection.DryRun, AnnounceAsync, cancellationToken);
            var output = batch.Zip(undone, (listed, each) => Output(listed, Whole(each, current), selection.DryRun));
            progress = new UndoChunkProgress(
                input.From,
                progress.Next + batch.Count,
                output.Aggregate(progress.Output, (sum, more) => sum.Plus(more)),
                []
            );
        }

        return new UndoProgress(progress.Next, progress.Output);
    }

    /// <summary>The next subjects of one kind.</summary>
    private static List<UndoSubject> Batch(UndoSubject[] subjects, int from) =>
        [.. subjects.Skip(from).Take(MostPerBatch).TakeWhile(listed => listed.Subject.Kind == subjects[from].Subject.Kind)];

    private async Task<IReadOnlyList<UndoneSubject>> UndoAsync(
        List<UndoSubject> batch,
        bool dryRun,
        Func<IReadOnlyList<UndoneSubject>, Task> announce,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return batch[0].Subject.Kind is SubjectKind.Image
                ? await UndoImagesAsync(batch, dryRun, announce, cancellationToken)
                : await UndoScenesAsync(batch, dryRun, announce, cancellationToken);
        }
        catch (PermanentFailureException e) when (e is not StashException { Kind: not StashErrorKind.Refused } && batch.Count > 1)
        {
            // One of them has a record that cannot be used: each alone, the others are undone.
            var undone = new List<UndoneSubject>();
            foreach (var listed in batch)
            {
                undone.AddRange(await UndoAsync([listed], dryRun, announce, cancellationToken));
            }

            return undone;
        }
        catch (PermanentFailureException e) when (e is not StashException { Kind: not StashErrorKind.Refused })
        {
            return [new UndoneSubject(batch[0].Subject, [], [], e.Message)];
        }
    }

    private async Task<IReadOnlyList<UndoneSubject>> UndoScenesAsync(
        List<UndoSubject> batch,
        bool dryRun,
        Func<IReadOnlyList<UndoneSubject>, Task> announce,
        CancellationToken cancellationToken
    )
    {
        var wanted = new List<SceneToUndo>();
        foreach (var listed in batch)
        {
            var isRunning = await EndAsync(listed.Subject, dryRun, cancellationToken);
            wanted.Add(new SceneToUndo(listed.Subject.Id, isRunning || listed.WasRunning));
        }

        return Undone(await scenes.UndoAsync(wanted, dryRun, cancellationToken, planned => announce(Undone(planned))));
    }

    private static List<UndoneSubject> Undone(IReadOnlyList<UndoneScene> scenes) =>
        [
            .. scenes.Select(scene => new UndoneSubject(
                PublicationSubject.Scene(scene.SceneId),
                scene.Result.Changes,
                scene.Result.Left,
                scene.Failure
            )),
        ];

    private async Task<IReadOnlyList<UndoneSubject>> UndoImagesAsync(
        List<UndoSubject> batch,
        bool dryRun,
        Func<IReadOnlyList<UndoneSubject>, Task> announce,
        CancellationToken cancellationToken
    )
    {
        static List<UndoneSubject> Undone(IReadOnlyList<UndoneImage> images) =>
            [.. images.Select(image => new UndoneSubject(PublicationSubject.Image(image.ImageId), image.Changes, image.Left))];
        List<string> ids = [.. batch.Select(listed => listed.Subject.Id)];
        return Undone(await images.UndoAsync(ids, dryRun, cancellationToken, planned => announce(Undone(planned))));
    }

    /// <summary>With what an earlier try did before it broke off.</summary>
    private static UndoneSubject Whole(UndoneSubject undone, UndoChunkProgress progress) =>
        progress.Announced.FirstOrDefault(each => each.Subject == undone.Subject) is { } announced
            ? undone with
            {
                Changes = announced.Changes.Count > undone.Changes.Count ? announced.Changes : undone.Changes,
                Left = announced.Left.Count > undone.Left.Count ? announced.Left : undone.Left,
            }
            : undone;

    /// <summary>Ends the instance that works on a subject; whether there was one.</summary>
    private async Task<bool> EndAsync(PublicationSubject subject, bool dryRun, CancellationToken cancellationToken)
    {
        var id = WorkflowNames.SceneInstance(subject.Id);
        if (await client.GetAsync(id, withInput: false, cancellationToken) is null or { HasEnded: true })
        {
            return false;
        }

        if (!dryRun)
        {
            await client.TerminateAsync(id, "the scene is undone", cancellationToken);
        }

        return true;
    }

    private UndoOutput Output(UndoSubject listed, UndoneSubject undone, bool dryRun)
    {
        if (undone.Failure is { } failure)
        {
            var reason = failure.Length > ReasonLength ? failure[..ReasonLength] + "…" : failure;
            return new UndoOutput { Failed = 1, Failures = [new UndoFailure(undone.Subject.ToString(), reason)] };
        }

        var markers = undone.Changes.Count(change =>
            change.Kind is PublicationChangeKind.MarkerDestroyed or PublicationChangeKind.DoubleDestroyed
        );
        var left = undone.Left.ToList();
        if (listed.IsDamaged && !left.Exists(each => each.Reason is LeftReason.RecordDamaged))
        {
            left.Add(new PublicationLeft("", LeftReason.RecordDamaged));
        }

        var baseTag = settings.Current.StashTags.Base;
        return new UndoOutput
        {
            Done = undone.Changes.Count > 0 ? 1 : 0,
            Skipped = undone.Changes.Count > 0 ? 0 : 1,
            Markers = markers,
            Tags = undone.Changes.Count - markers,
            Changes = dryRun ? [.. undone.Changes.Select(change => $"{undone.Subject}: {change.ToText()}")] : [],
            Left = left.Count,
            LeftLines = [.. left.Select(each => $"{undone.Subject}: {each.ToText(baseTag)}")],
        };
    }
}
