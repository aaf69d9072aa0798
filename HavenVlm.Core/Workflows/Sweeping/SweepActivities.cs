using System.Text.Json;
using HavenVlm.Core.Storage;
using HavenVlm.Core.Workflows.Images;
using HavenVlm.Core.Workflows.Requests;

namespace HavenVlm.Core.Workflows.Sweeping;

/// <summary>The mark that a sweep is due; left by timers, hooks and calls, taken by the sweep when it begins to look.</summary>
internal sealed class SweepMark(IArtifactStore store, IOrchestrationClient client, TimeProvider time)
{
    private const string Name = "sweep/due.json";

    /// <summary>Makes a sweep due and sees that one runs.</summary>
    public async Task SetAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await store.UpdateJsonAsync<Due>(Name, _ => new Due(now), cancellationToken);
        await client.StartAsync(WorkflowNames.Sweep, WorkflowNames.SweepInstance, new SweepInput(), cancellationToken);
    }

    public Task TakeAsync(CancellationToken cancellationToken) => store.DeleteAsync(Name, cancellationToken);

    public async Task<bool> IsSetAsync(CancellationToken cancellationToken) => await store.ReadAsync(Name, cancellationToken) is not null;

    private sealed record Due(DateTimeOffset Since);
}

/// <summary>Starts the requests of a sweep; the run's name makes a repeated call start them once.</summary>
internal sealed class StartSweepActivity(
    SweepMark mark,
    RequestedScenes requested,
    RequestStore requests,
    ImageRequestStore imageRequests,
    IOrchestrationClient client
) : IActivity<StartSweepInput, StartSweepOutput>
{
    public async Task<StartSweepOutput> RunAsync(StartSweepInput input, CancellationToken cancellationToken)
    {
        // Taken before looking: what is tagged from now on makes a new mark.
        await mark.TakeAsync(cancellationToken);
        var counts = await requested.CountAsync(cancellationToken);
        var started = new List<string>();
        if (counts.TagMe > 0)
        {
            started.Add(await StartAsync($"{WorkflowNames.RequestPrefix}sweep-{input.Run}-tag", SceneSelection.TagMe, cancellationToken));
        }

        if (counts.UpdateMe > 0)
        {
            started.Add(
                await StartAsync($"{WorkflowNames.RequestPrefix}sweep-{input.Run}-update", SceneSelection.UpdateMe, cancellationToken)
            );
        }

        if (counts.Images + counts.Galleries > 0)
        {
            started.Add(await StartImagesAsync($"{WorkflowNames.ImagesPrefix}sweep-{input.Run}", cancellationToken));
        }

        return new StartSweepOutput(started);
    }

    private async Task<string> StartImagesAsync(string id, CancellationToken cancellationToken)
    {
        await imageRequests.WriteRequestAsync(id, new ImageRequest(), cancellationToken);
        if (await client.GetAsync(id, withInput: false, cancellationToken) is null)
        {
            await client.StartAsync(WorkflowNames.TagImages, id, new TagImagesInput(), cancellationToken);
        }

        return id;
    }

    private async Task<string> StartAsync(string id, SceneSelection selection, CancellationToken cancellationToken)
    {
        await requests.WriteRequestAsync(id, new SceneRequest { Selection = selection }, cancellationToken);
        if (await client.GetAsync(id, withInput: false, cancellationToken) is null)
        {
            await client.StartAsync(WorkflowNames.TagScenes, id, new TagScenesInput(), cancellationToken);
        }

        return id;
    }
}

/// <summary>Whether a sweep's requests have ended.</summary>
internal sealed class CheckSweepActivity(SweepMark mark, IOrchestrationClient client) : IActivity<CheckSweepInput, CheckSweepOutput>
{
    public async Task<CheckSweepOutput> RunAsync(CheckSweepInput input, CancellationToken cancellationToken)
    {
        var ended = true;
        var done = 0;
        var total = 0;
        var (imagesDone, imagesTotal) = (0, 0);
        foreach (var id in input.Requests)
        {
            var instance = await client.GetAsync(id, withInput: false, cancellationToken);
            ended &= instance is null or { HasEnded: true };
            if (instance?.CustomStatus is { ValueKind: JsonValueKind.Object } custom)
            {
                var status = custom.Deserialize<ProgressStatus>(HavenJson.Options);
                done += status?.ScenesDone ?? 0;
                total += status?.ScenesTotal ?? 0;
                if (status?.Unit is ProgressStatus.Images)
                {
                    imagesDone += status.FramesDone;
                    imagesTotal += status.FramesTotal;
                }
            }
        }

        return new CheckSweepOutput(ended, await mark.IsSetAsync(cancellationToken), done, total, imagesDone, imagesTotal);
    }
}
