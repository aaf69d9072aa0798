using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Tags;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Core.Stash.Publishing;

/// <summary>A scene to undo.</summary>
/// <param name="SceneId">The scene.</param>
/// <param name="Release">Whether the request tags go too: its instance was ended, and the next sweep must not bring it back.</param>
internal sealed record SceneToUndo(string SceneId, bool Release);

/// <summary>What undoing did to one scene.</summary>
/// <param name="SceneId">The scene.</param>
/// <param name="Result">What was, or would be, taken back.</param>
/// <param name="Failure">Why it could not be taken back; null = it was.</param>
internal sealed record UndoneScene(string SceneId, PublicationResult Result, string? Failure = null);

/// <summary>
/// Takes back what was written to scenes: our markers that nobody edited, then the tags that were absent before and the state tags that we put
/// on; after that the records are forgotten, so that a later run starts as if there had been none. Called twice, or again after a crash
/// anywhere, it changes nothing more. Creates nothing in Stash. Many scenes take the requests of one.
/// </summary>
internal sealed class SceneUndo(
    StashClient client,
    TagFamily family,
    PublicationRecordStore records,
    SceneStateReader reader,
    SceneUndoPlanner planner,
    ILogger<SceneUndo> logger
)
{
    // Somebody deletes a tag or a marker between our reading and our writing: then we look again, but not forever.
    private const int Passes = 4;
    private const int CallsPerRequest = 250;

    /// <summary>Takes one scene back.</summary>
    /// <param name="sceneId">The scene.</param>
    /// <param name="release">Whether the request tags go too.</param>
    /// <param name="dryRun">Finds out what would be taken back and changes nothing.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="StashUnavailableException">Stash cannot be reached; trying again later goes on where this stopped.</exception>
    /// <exception cref="StashException">Stash refuses for good.</exception>
    public async Task<PublicationResult> UndoAsync(string sceneId, bool release, bool dryRun, CancellationToken cancellationToken)
    {
        var undone = (await UndoAsync([new SceneToUndo(sceneId, release)], dryRun, cancellationToken))[0];
        return undone.Failure is null ? undone.Result : throw new StashException(StashErrorKind.Refused, undone.Failure);
    }

    /// <summary>Takes some dozens of scenes back.</summary>
    /// <param name="scenes">The scenes, each once.</param>
    /// <param name="dryRun">Finds out what would be taken back and changes nothing.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="announce">Called with what will be taken back before it is.</param>
    /// <returns>What was taken back, in the same order.</returns>
    /// <exception cref="StashUnavailableException">Stash cannot be reached; trying again later goes on where this stopped.</exception>
    public async Task<IReadOnlyList<UndoneScene>> UndoAsync(
        IReadOnlyList<SceneToUndo> scenes,
        bool dryRun,
        CancellationToken cancellationToken,
        Func<IReadOnlyList<UndoneScene>, Task>? announce = null
    )
    {
        var locks = new Stack<IAsyncDisposable>();
        try
        {
            // Always in the same order: two that undo do not wait for each other.
            foreach (var id in scenes.Select(scene => scene.SceneId).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                locks.Push(await records.LockAsync(PublicationSubject.Scene(id), cancellationToken));
            }

            return await UndoLockedAsync(scenes, dryRun, announce, cancellationToken);
        }
        finally
        {
            while (locks.TryPop(out var held))
            {
                await held.DisposeAsync();
            }
        }
    }

    private async Task<IReadOnlyList<UndoneScene>> UndoLockedAsync(
        IReadOnlyList<SceneToUndo> scenes,
        bool dryRun,
        Func<IReadOnlyList<UndoneScene>, Task>? announce,
        CancellationToken cancellationToken
    )
    {
        var undone = new Dictionary<string, UndoneScene>(StringComparer.Ordinal);
        IReadOnlyList<SceneToUndo> pending = scenes;
        for (var pass = 1; pending.Count > 0; pass++)
        {
            var plans = await PlanAsync(pending, cancellationToken);
            plans.ForEach(plan => plan.Begin(undone.GetValueOrDefault(plan.Scene.SceneId)?.Result, dryRun));
            if (!dryRun)
            {
                if (pass == 1 && announce is not null)
                {
                    await announce([.. plans.Select(plan => new UndoneScene(plan.Scene.SceneId, plan.Expected))]);
                }

                await WriteAsync(plans, cancellationToken);
            }

            plans.ForEach(plan => undone[plan.Scene.SceneId] = plan.Undone);
            var refused = plans.Where(plan => plan.Refusal is not null).ToList();
            refused.ForEach(plan =>
                logger.LogInformation(
                    "Scene {Scene} changed while it was undone ({Reason}); looking again.",
                    plan.Scene.SceneId,
                    plan.Refusal
                )
            );
            if (refused.Count == 0 || pass == Passes)
            {
                break;
            }

            family.Forget();
            pending = [.. refused.Select(plan => plan.Scene)];
        }

        return [.. scenes.Select(scene => undone[scene.SceneId])];
    }

    private async Task<List<SceneUndoPlan>> PlanAsync(IReadOnlyList<SceneToUndo> scenes, CancellationToken cancellationToken)
    {
        var stored = new Dictionary<string, StoredPublicationRecord>(StringComparer.Ordinal);
        foreach (var scene in scenes)
        {
            stored[scene.SceneId] = await records.ReadAsync(PublicationSubject.Scene(scene.SceneId), cancellationToken);
        }

        bool IsAboutStash(SceneToUndo scene) =>
            scene.Release || stored[scene.SceneId].Record is { IsAboutStash: true } or { Recent: not null };
        var asked = scenes.Where(IsAboutStash).ToList();
        // Only found, not prepared: undoing makes no tag family.
        var found =
            asked.Count == 0
                ? []
                : await reader.FindAsync([.. asked.Select(scene => PublicationSubject.Scene(scene.SceneId))], cancellationToken);
        var states = asked.Zip(found).ToDictionary(pair => pair.First.SceneId, pair => pair.Second, StringComparer.Ordinal);
        return
        [
            .. scenes.Select(scene =>
                states.TryGetValue(scene.SceneId, out var state)
                    ? planner.Plan(scene, stored[scene.SceneId], state)
                    : SceneUndoPlan.Nothing(scene, stored[scene.SceneId].IsDamaged)
            ),
        ];
    }

    private async Task WriteAsync(List<SceneUndoPlan> plans, CancellationToken cancellationToken)
    {
        foreach (var plan in plans.Where(plan => plan.IsGone))
        {
            await records.ForgetAsync(PublicationSubject.Scene(plan.Scene.SceneId), isGone: true, cancellationToken);
        }

        var writing = plans.Where(plan => plan.Found is not null).ToList();
        foreach (var plan in writing)
        {
            // Also where nothing is to be taken back: what Stash may still carry out is remembered.
            var subject = PublicationSubject.Scene(plan.Scene.SceneId);
            var record = plan.Calls.Count > 0 ? plan.Intended(records.Now) : plan.Plan!.Record;
            _ = await records.SaveAsync(subject, record, plan.Found!.Stored.Version, cancellationToken);
        }

        var calls = writing.SelectMany(plan => plan.Calls.Select(call => (Plan: plan, Call: call))).ToList();
        foreach (var request in calls.Chunk(CallsPerRequest))
        {
            await SendAsync(request, cancellationToken);
        }

        foreach (var plan in writing.Where(plan => plan.Refusal is null))
        {
            await records.ForgetAsync(PublicationSubject.Scene(plan.Scene.SceneId), isGone: false, cancellationToken);
        }
    }

    /// <summary>Sends calls of several scenes as one request; each scene knows afterward which of its calls happened.</summary>
    private async Task SendAsync((SceneUndoPlan Plan, SceneUndoCall Call)[] request, CancellationToken cancellationToken)
    {
        GraphQlResults results;
        try
        {
            results = await client.SendAsync([.. request.Select(each => each.Call.Call)], cancellationToken);
        }
        catch (StashException e) when (e.Kind is StashErrorKind.Refused or StashErrorKind.Invalid)
        {
            foreach (var (plan, _) in request)
            {
                plan.Refused(e.Message);
            }

            return;
        }

        for (var i = 0; i < request.Length; i++)
        {
            var (plan, call) = request[i];
            if (results.Errors.FirstOrDefault(error => error.Call is null || error.Call == i) is { } error)
            {
                plan.Refused($"Stash refused: {error.Message}");
            }
            else
            {
                plan.Happened(call);
            }
        }
    }
}
