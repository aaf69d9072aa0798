using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;

namespace HavenVlm.Core.Workflows.Tuning;

/// <summary>
/// Finds the scene and starts a dry run of it: the normal analysis asks for what the log lacks, through the same pool and within
/// <c>concurrency.scenes</c>, and writes nothing to Stash.
/// </summary>
internal sealed class StartTuningActivity(TuneScene scenes, TuningStore tunings, RequestStore requests, IOrchestrationClient client)
    : IActivity<StartTuningInput, TuningStarted>
{
    public async Task<TuningStarted> RunAsync(StartTuningInput input, CancellationToken cancellationToken)
    {
        var scene = SceneId.Known(await scenes.FindAsync(input.SceneId?.Value, cancellationToken));
        string instance = input.InstanceId;
        var suffix = instance.StartsWith(WorkflowNames.MarkerSettingsPrefix, StringComparison.Ordinal)
            ? instance[WorkflowNames.MarkerSettingsPrefix.Length..]
            : instance;
        var started = new TuningStarted(scene, InstanceId.Known($"{WorkflowNames.RequestPrefix}tune-{input.Run}-{suffix}"));
        await tunings.WriteStartedAsync(input.InstanceId, started, cancellationToken);
        var request = new SceneRequest
        {
            Selection = SceneSelection.Named,
            SceneIds = [scene],
            DryRun = true,
        };
        await requests.WriteRequestAsync(started.RequestId, request, cancellationToken);
        if (await client.GetAsync(started.RequestId, withInput: false, cancellationToken) is null)
        {
            await client.StartAsync(WorkflowNames.TagScenes, started.RequestId, new TagScenesInput(), cancellationToken);
        }

        return started;
    }
}
