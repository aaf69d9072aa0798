using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.Workflows.Collecting;

/// <summary>
/// Collects what a person marked as wrong: first everything is exported, then the manifest is written, and only after that the marks go
/// and markers of ours are deleted.
/// </summary>
internal sealed class CollectIncorrectOrchestrator : IOrchestrator<CollectInput, CollectOutput>
{
    private const int ChunksPerHistory = 100;

    public async Task<CollectOutput> RunAsync(IOrchestrationContext context, CollectInput input)
    {
        try
        {
            return await CollectAsync(context, input);
        }
        catch (ActivityFailedException e)
        {
            context.SetCustomStatus(new ProgressStatus { Stage = ProgressStage.Failed, Message = e.Failure.Message });
            throw new OrchestrationFailedException(e.Failure.Message);
        }
    }

    private static async Task<CollectOutput> CollectAsync(IOrchestrationContext context, CollectInput input)
    {
        var step = new CollectStepInput(context.InstanceId);
        var state = input.State;
        if (state is null)
        {
            context.SetCustomStatus(new ProgressStatus { Stage = ProgressStage.Preparing, Message = "Reading marked items from Stash" });
            state = new CollectState(await CallAsync<int>(context, WorkflowNames.ListIncorrect, step, state), 0, 0, Output: null);
        }

        for (var chunks = 0; state.Released < state.Total || state.Output is null; chunks++)
        {
            if (chunks == ChunksPerHistory)
            {
                context.ContinueAsNew(new CollectInput(state));
                return state.Output ?? new CollectOutput();
            }

            var before = state.Exported + state.Released;
            context.SetCustomStatus(Status(state));
            state = await NextAsync(context, step, state);
            if (before == state.Exported + state.Released && state.Output is null && state.Exported < state.Total)
            {
                // Held by the user: what comes next is delivered only after it was resumed, so this does not spin.
                await context.CreateTimerAsync(context.CurrentUtc + TimeSpan.FromSeconds(1), CancellationToken.None);
            }
        }

        context.SetCustomStatus(Status(state) with { Stage = ProgressStage.Done, Percent = 100, Message = Message(state.Output) });
        return state.Output;
    }

    private static async Task<CollectState> NextAsync(IOrchestrationContext context, CollectStepInput step, CollectState state)
    {
        if (state.Exported < state.Total)
        {
            var input = new CollectChunkInput(step.InstanceId, state.Exported);
            return state with { Exported = await CallAsync<int>(context, WorkflowNames.ExportIncorrect, input, state) };
        }

        if (state.Output is null)
        {
            return state with { Output = await CallAsync<CollectOutput>(context, WorkflowNames.WriteManifest, step, state) };
        }

        var chunk = new CollectChunkInput(step.InstanceId, state.Released);
        var released = await CallAsync<CollectReleased>(context, WorkflowNames.ReleaseIncorrect, chunk, state);
        if (released.Next == state.Released)
        {
            await context.CreateTimerAsync(context.CurrentUtc + TimeSpan.FromSeconds(1), CancellationToken.None);
        }

        return state with
        {
            Released = released.Next,
            Output = state.Output.Plus(released),
        };
    }

    private static Task<T> CallAsync<T>(IOrchestrationContext context, string activity, object input, CollectState? state) =>
        context.CallActivityAsync<T>(
            activity,
            input,
            RetryPolicies.LongOutage,
            failure => context.SetCustomStatus(Status(state) with { Stage = ProgressStage.Waiting, Message = failure.Message }),
            () => context.SetCustomStatus(Status(state))
        );

    private static ProgressStatus Status(CollectState? state)
    {
        var total = state?.Total ?? 0;
        var done = (state?.Exported ?? 0) + (state?.Released ?? 0);
        return new ProgressStatus
        {
            Stage = state?.Output is null ? ProgressStage.Exporting : ProgressStage.Publishing,
            ScenesDone = state?.Exported ?? 0,
            ScenesTotal = total,
            Percent = ProgressStatus.PercentOf(done, 2 * total),
            Message = state?.Output is { } output ? Message(output) : "Writing pictures",
        };
    }

    private static string Message(CollectOutput output) =>
        output.Folder.Length == 0
            ? "Nothing is marked as incorrect"
            : $"{output.Markers} markers and {output.Images} images exported, {output.Untagged} marks taken off, {output.Deleted} markers deleted";
}
