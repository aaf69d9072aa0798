using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Images;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;

namespace HavenVlm.Core.Workflows.Sweeping;

/// <summary>
/// Starts requests for what carries a request tag and is in no request that runs; the run's name makes a repeated call start them once.
/// Which scenes and images these are, each request lists itself.
/// </summary>
internal sealed class StartSweepActivity(
    SweepMark mark,
    NewRequests found,
    RequestStore requests,
    ImageRequestStore imageRequests,
    IOrchestrationClient client
) : IActivity<StartSweepInput, StartSweepOutput>
{
    // The message stays under a few kilobytes.
    private const int MaxRequestsListed = 50;

    public async Task<StartSweepOutput> RunAsync(StartSweepInput input, CancellationToken cancellationToken)
    {
        // Taken before looking: what is tagged from now on makes a new mark.
        await mark.TakeAsync(cancellationToken);
        var work = await found.FindAsync(cancellationToken);
        var started = new List<InstanceId>();
        if (work.TagMe)
        {
            started.Add(await StartAsync($"{WorkflowNames.RequestPrefix}sweep-{input.Run}-tag", SceneSelection.TagMe, cancellationToken));
        }

        if (work.UpdateMe)
        {
            started.Add(
                await StartAsync($"{WorkflowNames.RequestPrefix}sweep-{input.Run}-update", SceneSelection.UpdateMe, cancellationToken)
            );
        }

        if (work.Images)
        {
            started.Add(await StartImagesAsync($"{WorkflowNames.ImagesPrefix}sweep-{input.Run}", cancellationToken));
        }

        var running = work.Requests.Except(started).Take(MaxRequestsListed - started.Count);
        return new StartSweepOutput(started, [.. running]);
    }

    private async Task<InstanceId> StartImagesAsync(string id, CancellationToken cancellationToken)
    {
        await imageRequests.WriteRequestAsync(id, new ImageRequest { NewOnly = true }, cancellationToken);
        if (await client.GetAsync(id, withInput: false, cancellationToken) is null)
        {
            await client.StartAsync(WorkflowNames.TagImages, id, new TagImagesInput(), cancellationToken);
        }

        return InstanceId.Known(id);
    }

    private async Task<InstanceId> StartAsync(string id, SceneSelection selection, CancellationToken cancellationToken)
    {
        await requests.WriteRequestAsync(id, new SceneRequest { Selection = selection, NewOnly = true }, cancellationToken);
        if (await client.GetAsync(id, withInput: false, cancellationToken) is null)
        {
            await client.StartAsync(WorkflowNames.TagScenes, id, new TagScenesInput(), cancellationToken);
        }

        return InstanceId.Known(id);
    }
}

/// <summary>Whether a sweep became due again; when it did not, the sweep is kept to ending.</summary>
internal sealed class CheckSweepActivity(SweepMark mark) : IActivity<CheckSweepInput, CheckSweepOutput>
{
    public async Task<CheckSweepOutput> RunAsync(CheckSweepInput input, CancellationToken cancellationToken) =>
        new(Due: !await mark.TryEndAsync(input.Run ?? "", cancellationToken));
}
