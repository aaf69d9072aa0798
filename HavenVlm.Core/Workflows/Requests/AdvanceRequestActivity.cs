using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;

namespace HavenVlm.Core.Workflows.Requests;

/// <summary>
/// One look at a request: counts the scenes that have ended and starts further ones while places are free. Under the admission lock, so
/// that requests together keep the limit.
/// </summary>
internal sealed class AdvanceRequestActivity(
    RequestStore requests,
    ScenePlaces places,
    SceneStarts starts,
    IOrchestrationClient client,
    LiveProgress live,
    TimeProvider time
) : IActivity<RequestInput, AdvanceOutput>
{
    // Scenes that an earlier run ended are read without being started; others wait for the lock meanwhile.
    private const int MaxConcurrentReads = 500;

    public async Task<AdvanceOutput> RunAsync(RequestInput input, CancellationToken cancellationToken)
    {
        await using var admission = await requests.LockAdmissionAsync(cancellationToken);
        var request = await requests.ReadRequestAsync(input.InstanceId, cancellationToken);
        var scenes =
            await requests.ReadScenesAsync(input.InstanceId, cancellationToken)
            ?? throw new PermanentFailureException($"The list of scenes of {input.InstanceId} is gone from the data folder.");
        var before = await requests.ReadStateAsync(input.InstanceId, cancellationToken);
        var (after, running) = await CountEndedAsync(request, before, cancellationToken);
        var self = await client.GetAsync(input.InstanceId, withInput: false, cancellationToken);
        if (self?.RuntimeStatus is RuntimeStatus.Running or RuntimeStatus.Pending)
        {
            after = await StartFurtherAsync(input.InstanceId, request, scenes, after, cancellationToken);
        }

        var moved = !ReferenceEquals(after, before);
        if (moved)
        {
            await requests.WriteStateAsync(input.InstanceId, after, cancellationToken);
        }

        var waiting = request.ByName && after.Next < scenes.Length;
        await requests.SetWaitingAsync(input.InstanceId, waiting, time.GetUtcNow(), cancellationToken);
        return Output(after, running, scenes.Length, moved);
    }

    private async Task<(RequestState State, RunningScenesReport Running)> CountEndedAsync(
        SceneRequest request,
        RequestState before,
        CancellationToken cancellationToken
    )
    {
        var state = before;
        var running = new RunningScenesReport();
        foreach (var scene in before.Running)
        {
            var instance = await client.GetAsync(WorkflowNames.SceneInstance(scene.SceneId), withInput: false, cancellationToken);
            if (SceneStarts.IsOutstanding(scene, instance))
            {
                await starts.StartAsync(request, scene, cancellationToken);
            }
            else if (instance.HasEnded)
            {
                state = EndedScenes.Count(state, scene, instance);
            }
            else
            {
                running.Add(scene, live.Overlay(instance));
            }
        }

        return (state, running);
    }

    private async Task<RequestState> StartFurtherAsync(
        string instanceId,
        SceneRequest request,
        SceneId[] scenes,
        RequestState state,
        CancellationToken cancellationToken
    )
    {
        var free = state.Next < scenes.Length ? await places.CountFreeAsync(request, cancellationToken) : 0;
        var decided = new List<RunningScene>();
        var after = state;
        for (var looks = 0; free > 0 && after.Next < scenes.Length && looks < MaxConcurrentReads; looks++)
        {
            var sceneId = scenes[after.Next];
            var current = await starts.FindAsync(request, sceneId, cancellationToken);
            var scene = starts.Decide(request, after, sceneId, current);
            after = after with { Next = after.Next + 1 };
            if (scene is null)
            {
                after = EndedScenes.Count(after, new RunningScene(sceneId, time.GetUtcNow(), Joined: false), current!);
                continue;
            }

            decided.Add(scene);
            free -= current is { HasEnded: false } ? 0 : 1;
        }

        if (decided.Count == 0)
        {
            return after;
        }

        // The decision is on disk before it happens: a crash in between starts these, and no others, again.
        after = after with
        {
            Running = [.. after.Running, .. decided],
        };
        await requests.WriteStateAsync(instanceId, after, cancellationToken);
        foreach (var scene in decided.Where(s => !s.Joined))
        {
            await starts.StartAsync(request, scene, cancellationToken);
        }

        return after;
    }

    private static AdvanceOutput Output(RequestState state, RunningScenesReport running, int total, bool moved)
    {
        var progress = new RequestProgress
        {
            Total = total,
            Done = state.Done,
            Failed = state.Failed,
            Skipped = state.Skipped,
            Terminated = state.Terminated,
            Running = state.Running.Count,
            FramesDone = state.FramesEnded + running.FramesDone,
            FramesTotal = state.FramesEnded + running.FramesTotal,
            Message = running.Message,
            Moved = moved,
        };
        return progress.Ended < total
            ? new AdvanceOutput(progress, [], [])
            : new AdvanceOutput(progress, state.Failures, state.Changes, state.Results);
    }
}
