using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Images;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.Workflows.Undoing;

/// <summary>
/// Lists once what an undo is about. For everything: what would write it again, requests and the sweep, is ended first, and what is being
/// worked on is listed with what has a record.
/// </summary>
internal sealed class SnapshotUndoActivity(
    UndoStore store,
    PublicationRecordStore records,
    ImageRecordStore imageRecords,
    IOrchestrationClient client
) : IActivity<SnapshotUndoInput, int>
{
    public async Task<int> RunAsync(SnapshotUndoInput input, CancellationToken cancellationToken)
    {
        if (await store.ReadSubjectsAsync(input.InstanceId, cancellationToken) is { } known)
        {
            return known.Length;
        }

        var selection = await store.ReadSelectionAsync(input.InstanceId, cancellationToken);
        if (selection is { All: true, DryRun: false })
        {
            foreach (var prefix in (string[])[WorkflowNames.SweepInstance, WorkflowNames.RequestPrefix, WorkflowNames.ImagesPrefix])
            {
                foreach (var id in await ActiveAsync(prefix, cancellationToken))
                {
                    await client.TerminateAsync(id, "everything is undone", cancellationToken);
                }
            }
        }

        var scenes = await ActiveAsync(WorkflowNames.ScenePrefix, cancellationToken);
        var running = scenes
            .Select(id => id[WorkflowNames.ScenePrefix.Length..])
            .Where(StashText.IsId)
            .Select(PublicationSubject.Scene)
            .ToHashSet();
        IEnumerable<PublicationSubject> subjects = selection.Subjects;
        if (selection.All)
        {
            var recorded = new List<PublicationSubject>();
            await foreach (var subject in records.ListAsync(cancellationToken))
            {
                recorded.Add(subject);
            }

            await foreach (var id in imageRecords.ListAsync(cancellationToken))
            {
                recorded.Add(PublicationSubject.Image(id));
            }

            // What runs goes first: it would write more.
            subjects = running.Union(recorded);
        }

        var damaged = await records.ListDamagedAsync(cancellationToken).ToHashSetAsync(cancellationToken: cancellationToken);
        if (selection.All)
        {
            subjects = subjects.Union(damaged);
        }

        List<UndoSubject> list =
        [
            .. subjects.Select(subject => new UndoSubject(subject, running.Contains(subject), damaged.Contains(subject))),
        ];
        await store.WriteSubjectsAsync(input.InstanceId, list, cancellationToken);
        return list.Count;
    }

    private ValueTask<List<string>> ActiveAsync(string prefix, CancellationToken cancellationToken) =>
        client.ListActiveAsync(prefix, cancellationToken).Select(instance => instance.InstanceId.Value).ToListAsync(cancellationToken);
}
