using HavenVlm.Core.Common;
using HavenVlm.Core.Storage;

namespace HavenVlm.Core.Workflows.Requests;

/// <summary>Where a request for scenes is: kept as an artifact, changed only under the admission lock.</summary>
internal sealed record RequestState
{
    /// <summary>Index of the next scene in the request's list.</summary>
    public int Next { get; init; }

    /// <summary>Scenes started or joined that have not been seen to end.</summary>
    public IReadOnlyList<RunningScene> Running { get; init; } = [];

    /// <summary>Set when the request was started again; null = it runs for the first time.</summary>
    public RequestRetry? Retry { get; init; }

    public int Done { get; init; }
    public int Failed { get; init; }
    public int Skipped { get; init; }
    public int Terminated { get; init; }

    /// <summary>Frames of scenes that ended.</summary>
    public int FramesEnded { get; init; }

    /// <summary>The first failures.</summary>
    public IReadOnlyList<SceneFailure> Failures { get; init; } = [];

    /// <summary>What became of the first scenes, a line each.</summary>
    public IReadOnlyList<string> Results { get; init; } = [];

    /// <summary>The first lines of what dry runs would write.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];
}

/// <summary>What is known of the runs of a request before it was started again.</summary>
/// <param name="Begun">So many scenes of its list had been begun: of these the ones that ended well are not started again.</param>
/// <param name="Own">Scenes that it had started and not seen to end.</param>
internal sealed record RequestRetry(int Begun, IReadOnlyList<SceneId> Own)
{
    /// <summary>What is known when a request is started again at this state.</summary>
    public static RequestRetry After(RequestState state) =>
        new(
            Math.Max(state.Retry?.Begun ?? 0, state.Next),
            [.. (state.Retry?.Own ?? []).Concat(state.Running.Where(scene => !scene.Joined).Select(scene => scene.SceneId)).Distinct()]
        );
}

/// <summary>One scene of a request.</summary>
/// <param name="SceneId">The scene.</param>
/// <param name="Since">When its start was decided.</param>
/// <param name="Joined">Whether somebody else had started it, so that ending this request leaves it alone.</param>
/// <param name="Replaces">
/// When the instance was created that the start replaces, an ended one or, with force, one that runs: as long as that is the one there, the start has not happened. Told apart by
/// equality, because clocks are set back. Null = there was none.
/// </param>
/// <param name="ByName">Whether it needs no request tag although the request does: it lost its tag when it failed or was terminated.</param>
internal sealed record RunningScene(
    SceneId SceneId,
    DateTimeOffset Since,
    bool Joined,
    DateTimeOffset? Replaces = null,
    bool ByName = false
);

/// <summary>The artifacts of requests.</summary>
internal sealed class RequestStore(IArtifactStore store)
{
    /// <summary>Name of the lock under which scenes are started, over all requests.</summary>
    public const string AdmissionLock = "admission";

    private const string WaitingName = "requests/waiting.json";

    public Task<bool> WriteRequestAsync(string instanceId, SceneRequest request, CancellationToken cancellationToken) =>
        store.WriteOnceJsonAsync(Name(instanceId, "request"), request, cancellationToken);

    public Task<SceneRequest> ReadRequestAsync(string instanceId, CancellationToken cancellationToken) =>
        store.RequireJsonAsync<SceneRequest>(Name(instanceId, "request"), cancellationToken);

    /// <summary>The request; null = there is none, or no longer.</summary>
    public Task<SceneRequest?> FindRequestAsync(string instanceId, CancellationToken cancellationToken) =>
        store.ReadJsonAsync<SceneRequest>(Name(instanceId, "request"), cancellationToken);

    public Task<bool> WriteScenesAsync(string instanceId, IReadOnlyList<SceneId> sceneIds, CancellationToken cancellationToken) =>
        store.WriteOnceJsonAsync(Name(instanceId, "scenes"), sceneIds, cancellationToken);

    /// <summary>The request's scenes; null = not taken yet.</summary>
    public Task<SceneId[]?> ReadScenesAsync(string instanceId, CancellationToken cancellationToken) =>
        store.ReadJsonAsync<SceneId[]>(Name(instanceId, "scenes"), cancellationToken);

    public async Task<RequestState> ReadStateAsync(string instanceId, CancellationToken cancellationToken) =>
        await store.ReadJsonAsync<RequestState>(Name(instanceId, "state"), cancellationToken) ?? new RequestState();

    public Task WriteStateAsync(string instanceId, RequestState state, CancellationToken cancellationToken) =>
        store.UpdateJsonAsync<RequestState>(Name(instanceId, "state"), _ => state, cancellationToken);

    public Task<IAsyncDisposable> LockAdmissionAsync(CancellationToken cancellationToken) =>
        store.LockAsync(AdmissionLock, cancellationToken);

    /// <summary>Says that a request for scenes by name waits for room, or no longer does.</summary>
    public Task SetWaitingAsync(string instanceId, bool waiting, DateTimeOffset now, CancellationToken cancellationToken) =>
        store.UpdateJsonAsync<Dictionary<string, DateTimeOffset>>(
            WaitingName,
            before =>
            {
                var after = new Dictionary<string, DateTimeOffset>(before ?? [], StringComparer.Ordinal);
                var changed = waiting
                    ? !after.TryGetValue(instanceId, out var seen) || (now - seen).Duration() > Fresh / 3
                    : after.Remove(instanceId);
                if (waiting)
                {
                    after[instanceId] = now;
                }

                return changed ? after : null;
            },
            cancellationToken
        );

    /// <summary>
    /// Whether a request by name waits for room; one that has not said so lately has died and does not count, also when the clock was set
    /// back since.
    /// </summary>
    public async Task<bool> IsAnyWaitingAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        await store.ReadJsonAsync<Dictionary<string, DateTimeOffset>>(WaitingName, cancellationToken) is { } waiting
        && waiting.Values.Any(seen => (now - seen).Duration() < Fresh);

    private static TimeSpan Fresh => TimeSpan.FromSeconds(60);

    private static string Name(string instanceId, string part) => $"requests/{instanceId}/{part}.json";
}
