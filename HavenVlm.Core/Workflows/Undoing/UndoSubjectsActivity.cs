using HavenVlm.Core.Stash;

namespace HavenVlm.Core.Workflows.Undoing;

/// <summary>
/// Undoes scene after scene for a while. A scene that is being analysed is ended first: whoever undoes does not want to see it written in
/// a minute; its answers stay in the log.
/// </summary>
internal sealed class UndoSubjectsActivity(UndoStore store, SceneUndo scenes, IOrchestrationClient client, TimeProvider time)
    : IActivity<UndoSubjectsInput, UndoProgress>
{
    private const int MostAtOnce = 500;
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
        for (; next < subjects.Length && next - input.From < MostAtOnce; next++)
        {
            var isLate = next > input.From && time.GetElapsedTime(began) > Deadline;
            if (isLate || !await IsWantedAsync(input.InstanceId, cancellationToken))
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
            var isRunning = await EndAsync(subject, dryRun, cancellationToken);
            return Output(subject, await scenes.UndoAsync(subject.Id, release: isRunning || listed.WasRunning, dryRun, cancellationToken));
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

    private async Task<bool> IsWantedAsync(string instanceId, CancellationToken cancellationToken) =>
        (await client.GetAsync(instanceId, withInput: false, cancellationToken))?.RuntimeStatus
            is RuntimeStatus.Running
                or RuntimeStatus.Pending;

    private static UndoOutput Output(PublicationSubject subject, PublicationResult result)
    {
        var markers = result.Count(PublicationChangeKind.MarkerDestroyed);
        return new UndoOutput
        {
            Done = result.Changes.Count > 0 ? 1 : 0,
            Skipped = result.Changes.Count > 0 ? 0 : 1,
            Markers = markers,
            Tags = result.Changes.Count - markers,
            Changes = result.DryRun ? [.. result.Changes.Select(change => $"{subject}: {change.ToText()}")] : [],
        };
    }
}
