using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.Workflows.Undoing;

/// <summary>
/// Takes back what was written to Stash, chunk by chunk; of everything also the tags that were made for it. What cannot be undone does
/// not keep the rest from it and is named in the output.
/// </summary>
internal sealed class UndoOrchestrator : IOrchestrator<UndoInput, UndoOutput>
{
    private const int ChunksPerHistory = 100;

    public async Task<UndoOutput> RunAsync(IOrchestrationContext context, UndoInput input)
    {
        try
        {
            return await UndoAsync(context, input);
        }
        catch (ActivityFailedException e)
        {
            context.SetCustomStatus(new ProgressStatus { Stage = ProgressStage.Failed, Message = e.Failure.Message });
            throw new OrchestrationFailedException(e.Failure.Message);
        }
    }

    private static async Task<UndoOutput> UndoAsync(IOrchestrationContext context, UndoInput input)
    {
        var state = input.State ?? new UndoState(await ListAsync(context), 0, new UndoOutput());
        for (var chunks = 0; state.Next < state.Total; chunks++)
        {
            if (chunks == ChunksPerHistory)
            {
                context.ContinueAsNew(input with { State = state });
                return state.Output;
            }

            var from = state.Next;
            context.SetCustomStatus(Status(ProgressStage.Undoing, state));
            var progress = await context.CallActivityAsync<UndoProgress>(
                WorkflowNames.UndoSubjects,
                new UndoSubjectsInput(context.InstanceId, from),
                RetryPolicies.LongOutage,
                failure => context.SetCustomStatus(Status(ProgressStage.Waiting, state) with { Message = failure.Message }),
                () => context.SetCustomStatus(Status(ProgressStage.Undoing, state))
            );
            state = state with { Next = progress.Next, Output = state.Output.Plus(progress.Output) };
            if (progress.Next == from)
            {
                // Held by the user: what comes next is delivered only after it was resumed, so this does not spin.
                await context.CreateTimerAsync(context.CurrentUtc + TimeSpan.FromSeconds(1), CancellationToken.None);
            }
        }

        if (input.All)
        {
            var tags = await context.CallActivityAsync<CreatedTagsOutput>(
                WorkflowNames.RemoveCreatedTags,
                new RemoveCreatedTagsInput(input.DryRun),
                RetryPolicies.LongOutage,
                failure => context.SetCustomStatus(Status(ProgressStage.Waiting, state) with { Message = failure.Message }),
                () => context.SetCustomStatus(Status(ProgressStage.Undoing, state))
            );
            state = state with { Output = state.Output with { RemovedTags = tags.Removed, KeptTags = tags.Kept } };
        }

        context.SetCustomStatus(Status(ProgressStage.Done, state) with { Percent = 100 });
        return state.Output;
    }

    private static Task<int> ListAsync(IOrchestrationContext context)
    {
        context.SetCustomStatus(new ProgressStatus { Stage = ProgressStage.Preparing, Message = "Listing what was written" });
        return context.CallActivityAsync<int>(
            WorkflowNames.SnapshotUndo,
            new SnapshotUndoInput(context.InstanceId),
            RetryPolicies.LongOutage
        );
    }

    private static ProgressStatus Status(ProgressStage stage, UndoState state) =>
        new()
        {
            Stage = stage,
            ScenesDone = state.Next,
            ScenesTotal = state.Total,
            Percent = ProgressStatus.PercentOf(state.Next, state.Total),
            Message = $"{state.Output.Markers} markers and {state.Output.Tags} tags taken back",
        };
}
