using HavenVlm.Core.Common;
using HavenVlm.Core.Stash.Images;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.Workflows.Undoing;

/// <summary>
/// Undoes scene after scene for a while. A scene that is being analyzed is ended first: whoever undoes does not want to see it written in
/// a minute; its answers stay in the log.
/// </summary>
internal sealed class UndoSubjectsActivity(
    UndoStore store,
    SceneUndo scenes,
    ImageUndo images,
    IOrchestrationClient client,
    TimeProvider time
) : IActivity<UndoSubjectsInput, UndoProgress>
{
    private const int MaxConcurrent = 500;
    private const int ReasonLength = 300;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public async Task<UndoProgress> RunAsync(UndoSubjectsInput input, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var selection = await store.ReadSelectionAsync(input.InstanceId, cancellationToken);
        var subjects =
            await store.ReadSubjectsAsync(input.InstanceId, cancellationToken)
            ?? throw new PermanentFailureException($"The list of {input.InstanceId} is gone from the data folder. Start the undo again.");
        var output = new UndoOutput();
        var next = input.From;
        for (; next < subjects.Length && next - input.From < MaxConcurrent; next++)
        {
            var isLate = next > input.From && time.GetElapsedTime(began) > Deadline;
            if (isLate || !await client.IsActiveAsync(input.InstanceId, cancellationToken))
            {
                break;
            }

            output = output.Plus(await UndoAsync(subjects[next], selection.DryRun, cancellationToken));
        }

        return new UndoProgress(next, output);
    }

    private async Task<UndoOutput> UndoAsync(UndoSubject listed, bool dryRun, CancellationToken cancellationToken)
    {
        var subject = listed.Subject;
        try
        {
            if (subject.Kind is "image")
            {
                var undone = await images.UndoAsync([subject.Id], dryRun, cancellationToken);
                return Output(subject, undone[0].Changes, dryRun);
            }

            var isRunning = await EndAsync(subject, dryRun, cancellationToken);
            var result = await scenes.UndoAsync(subject.Id, release: isRunning || listed.WasRunning, dryRun, cancellationToken);
            return Output(subject, result.Changes, dryRun);
        }
        catch (PermanentFailureException e)
        {
            var reason = e.Message.Length > ReasonLength ? e.Message[..ReasonLength] + "…" : e.Message;
            return new UndoOutput { Failed = 1, Failures = [new UndoFailure(subject.ToString(), reason)] };
        }
    }

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

    private static UndoOutput Output(PublicationSubject subject, IReadOnlyList<PublicationChange> changes, bool dryRun)
    {
        var markers = changes.Count(change =>
            change.Kind is PublicationChangeKind.MarkerDestroyed or PublicationChangeKind.DoubleDestroyed
        );
        return new UndoOutput
        {
            Done = changes.Count > 0 ? 1 : 0,
            Skipped = changes.Count > 0 ? 0 : 1,
            Markers = markers,
            Tags = changes.Count - markers,
            Changes = dryRun ? [.. changes.Select(change => $"{subject}: {change.ToText()}")] : [],
        };
    }
}
