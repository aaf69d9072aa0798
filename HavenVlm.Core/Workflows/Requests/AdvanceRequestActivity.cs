using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;
using HavenVlm.Core.Workflows.Scenes;

namespace HavenVlm.Core.Workflows.Requests;

/// <summary>
/// One look at a request: counts the scenes that have ended and starts further ones while fewer than <c>concurrency.scenes</c> run
/// in all. Under the admission lock, so that requests together keep the limit. Suspended scenes hold no place: they hold no resources.
/// </summary>
internal sealed class AdvanceRequestActivity(
    RequestStore requests,
    IOrchestrationClient client,
    LiveProgress live,
    SettingsSource settings,
    TimeProvider time
) : IActivity<RequestInput, AdvanceOutput>
{
    // Scenes that an earlier run ended are read without being started; others wait for the lock meanwhile.
    private const int LooksAtOnce = 500;
    private const int FailuresKept = 20;
    private const int ChangesKept = 60;
    private const int ReasonLength = 300;

    public async Task<AdvanceOutput> RunAsync(RequestInput input, CancellationToken cancellationToken)
    {
        await using var admission = await requests.LockAdmissionAsync(cancellationToken);
        var request = await requests.ReadRequestAsync(input.InstanceId, cancellationToken);
        var scenes =
            await requests.ReadScenesAsync(input.InstanceId, cancellationToken)
            ?? throw new PermanentFailureException($"The list of scenes of {input.InstanceId} is gone from the data folder.");
        var before = await requests.ReadStateAsync(input.InstanceId, cancellationToken);
        var look = await LookAsync(request, before, cancellationToken);
        var after = look.State;
        var self = await client.GetAsync(input.InstanceId, withInput: false, cancellationToken);
        if (self?.RuntimeStatus is RuntimeStatus.Running or RuntimeStatus.Pending)
        {
            after = await StartAsync(input.InstanceId, request, scenes, after, cancellationToken);
        }

        if (!ReferenceEquals(after, before))
        {
            await requests.WriteStateAsync(input.InstanceId, after, cancellationToken);
        }

        var waiting = request.ByName && after.Next < scenes.Length;
        await requests.SetWaitingAsync(input.InstanceId, waiting, time.GetUtcNow(), cancellationToken);
        return Output(after, look, scenes.Length, moved: !ReferenceEquals(after, before));
    }

    private async Task<Look> LookAsync(SceneRequest request, RequestState before, CancellationToken cancellationToken)
    {
        var look = new Look(before);
        foreach (var scene in before.Running)
        {
            var id = WorkflowNames.SceneInstance(scene.SceneId);
            var instance = await client.GetAsync(id, withInput: false, cancellationToken);
            if (instance is null || (!scene.Joined && instance.CreatedTime == scene.Replaces))
            {
                // The start was decided, then this process ended before it happened, or the instance before it had not ended yet.
                await StartSceneAsync(request, scene, cancellationToken);
            }
            else if (instance.HasEnded)
            {
                look.State = Count(look.State, scene, instance);
            }
            else
            {
                look.Add(scene, live.Overlay(instance));
            }
        }

        return look;
    }

    private async Task<RequestState> StartAsync(
        string instanceId,
        SceneRequest request,
        string[] scenes,
        RequestState state,
        CancellationToken cancellationToken
    )
    {
        var free = state.Next < scenes.Length ? await FreePlacesAsync(request, cancellationToken) : 0;
        var decided = new List<RunningScene>();
        var after = state;
        for (var looks = 0; free > 0 && after.Next < scenes.Length && looks < LooksAtOnce; looks++)
        {
            var forced = request.ForceToken.Length > 0;
            var current = await client.GetAsync(WorkflowNames.SceneInstance(scenes[after.Next]), withInput: forced, cancellationToken);
            var scene = Decide(request, after, scenes[after.Next], current);
            after = after with { Next = after.Next + 1 };
            if (scene is null)
            {
                after = Count(after, new RunningScene(scenes[after.Next - 1], time.GetUtcNow(), Joined: false), current!);
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
            await StartSceneAsync(request, scene, cancellationToken);
        }

        return after;
    }

    /// <summary>How the next scene is begun; null = an earlier run of this request ended it well, so it only counts.</summary>
    private RunningScene? Decide(SceneRequest request, RequestState state, string sceneId, OrchestrationInstance? current)
    {
        var isRepeated = state.Retry is { } retry && state.Next < retry.Begun;
        if (isRepeated && current is { RuntimeStatus: RuntimeStatus.Completed })
        {
            return null;
        }

        var isOwn = isRepeated && state.Retry!.Own.Contains(sceneId, StringComparer.Ordinal);
        // Who asks for everything again does not want what is being made of the old answers.
        var isRestarted = current is { HasEnded: false } && request.ForceToken.Length > 0 && ForceTokenOf(current) != request.ForceToken;
        return new RunningScene(
            sceneId,
            time.GetUtcNow(),
            Joined: current is { HasEnded: false } && !isOwn && !isRestarted,
            Replaces: current is { HasEnded: true } || isRestarted ? current!.CreatedTime : null,
            ByName: isRepeated
        );
    }

    private async Task StartSceneAsync(SceneRequest request, RunningScene scene, CancellationToken cancellationToken)
    {
        var id = WorkflowNames.SceneInstance(scene.SceneId);
        if (scene.Replaces is { } replaced && (await client.GetAsync(id, withInput: false, cancellationToken))?.CreatedTime == replaced)
        {
            await client.TerminateAsync(id, "requested again with force", cancellationToken);
        }

        await client.StartAsync(WorkflowNames.TagScene, id, SceneInput(request, scene), cancellationToken);
    }

    private static string ForceTokenOf(OrchestrationInstance instance) =>
        instance.Input?.Deserialize<TagSceneInput>(HavenJson.Options)?.ForceToken ?? "";

    private async Task<int> FreePlacesAsync(SceneRequest request, CancellationToken cancellationToken)
    {
        if (!request.ByName && await requests.IsAnyWaitingAsync(time.GetUtcNow(), cancellationToken))
        {
            return 0;
        }

        var limit = settings.Current.Concurrency.Scenes;
        var query = new InstanceQuery
        {
            Prefix = WorkflowNames.ScenePrefix,
            Statuses = [RuntimeStatus.Pending, RuntimeStatus.Running],
            Top = Math.Min(1000, limit + 1),
        };
        var running = await client.ListAsync(query, cancellationToken);
        return limit - running.Instances.Count;
    }

    private static TagSceneInput SceneInput(SceneRequest request, RunningScene scene) =>
        new()
        {
            SceneId = scene.SceneId,
            ByName = request.ByName || scene.ByName,
            ForceToken = request.ForceToken,
            DryRun = request.DryRun,
            Reset = request.Reset,
        };

    private static RequestState Count(RequestState state, RunningScene scene, OrchestrationInstance instance)
    {
        var running = state.Running.Where(s => !string.Equals(s.SceneId, scene.SceneId, StringComparison.Ordinal)).ToArray();
        state = state with { Running = running };
        if (instance.RuntimeStatus is RuntimeStatus.Terminated)
        {
            return state with { Terminated = state.Terminated + 1 };
        }

        if (instance.RuntimeStatus is RuntimeStatus.Failed)
        {
            var reason = instance.Output is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "Failed for an unknown reason";
            var failure = new SceneFailure(scene.SceneId, reason.Length > ReasonLength ? reason[..ReasonLength] + "…" : reason);
            return state with { Failed = state.Failed + 1, Failures = [.. state.Failures.Append(failure).Take(FailuresKept)] };
        }

        var output = instance.Output?.Deserialize<TagSceneOutput>(HavenJson.Options);
        if (output is null || string.Equals(output.Outcome, "skipped", StringComparison.Ordinal))
        {
            return state with { Skipped = state.Skipped + 1 };
        }

        return state with
        {
            Done = state.Done + 1,
            FramesEnded = state.FramesEnded + output.Frames,
            Changes = [.. state.Changes.Concat(output.Changes.Select(c => $"scene {scene.SceneId}: {c}")).Take(ChangesKept)],
        };
    }

    private static AdvanceOutput Output(RequestState state, Look look, int total, bool moved)
    {
        var progress = new RequestProgress
        {
            Total = total,
            Done = state.Done,
            Failed = state.Failed,
            Skipped = state.Skipped,
            Terminated = state.Terminated,
            Running = state.Running.Count,
            FramesDone = state.FramesEnded + look.FramesDone,
            FramesTotal = state.FramesEnded + look.FramesTotal,
            Message = look.Message,
            Moved = moved,
        };
        return progress.Ended < total ? new AdvanceOutput(progress, [], []) : new AdvanceOutput(progress, state.Failures, state.Changes);
    }

    /// <summary>What the running scenes say.</summary>
    private sealed class Look(RequestState state)
    {
        private const int ScenesNamed = 3;
        private readonly List<string> _messages = [];
        private int _more;

        public RequestState State { get; set; } = state;

        public int FramesDone { get; private set; }

        public int FramesTotal { get; private set; }

        public string Message => string.Join("; ", _messages) + (_more > 0 ? $"; {_more} more running" : "");

        public void Add(RunningScene scene, ProgressStatus? status)
        {
            FramesDone += status?.FramesDone ?? 0;
            FramesTotal += status?.FramesTotal ?? 0;
            if (_messages.Count >= ScenesNamed)
            {
                _more++;
                return;
            }

            var what = status is null ? "starting" : $"{status.Stage} {status.Percent:0} %";
            var why = status is { Stage: "waiting" } ? $" ({status.Message})" : "";
            _messages.Add($"scene {scene.SceneId} {what}{why}");
        }
    }
}
