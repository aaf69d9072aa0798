using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Collecting;
using HavenVlm.Core.Workflows.Images;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;
using HavenVlm.Core.Workflows.Scenes;
using HavenVlm.Core.Workflows.Tuning;
using HavenVlm.Core.Workflows.Undoing;

namespace HavenVlm.Core.Api;

/// <summary>Starts ended instances again.</summary>
internal sealed class InstanceRetry(IOrchestrationClient client, RequestStore requests, ImageRequestStore imageRequests)
{
    /// <summary>
    /// Starts an ended instance again, from its beginning and not from where it last continued as new. A scene's request tag went when it
    /// failed or was terminated, so the scene now counts as asked for by name: without that its second run would find that nobody asks for it.
    /// </summary>
    /// <returns>False when there is none or it has not ended.</returns>
    public async Task<bool> RetryAsync(string instanceId, string reason, CancellationToken cancellationToken)
    {
        if (await client.GetAsync(instanceId, withInput: true, cancellationToken) is not { HasEnded: true } instance)
        {
            return false;
        }

        switch (instance.Name)
        {
            case WorkflowNames.TagScene when Input<TagSceneInput>(instance) is { } input:
                return await RestartAsync(instance, input with { ByName = true, State = null }, cancellationToken);
            case WorkflowNames.TagScenes:
                await PrepareRetryAsync(instance.InstanceId, cancellationToken);
                return await RestartAsync(instance, new TagScenesInput(), cancellationToken);
            case WorkflowNames.TagImages:
                await PrepareImagesRetryAsync(instance.InstanceId, cancellationToken);
                return await RestartAsync(instance, new TagImagesInput(), cancellationToken);
            case WorkflowNames.Undo when Input<UndoInput>(instance) is { } input:
                return await RestartAsync(instance, input with { State = null }, cancellationToken);
            case WorkflowNames.CollectIncorrect:
                return await RestartAsync(instance, new CollectInput(), cancellationToken);
            case WorkflowNames.FindMarkerSettings when Input<FindMarkerSettingsInput>(instance) is { } input:
                return await RestartAsync(instance, input with { Started = null }, cancellationToken);
            default:
                return await client.RetryAsync(instance.InstanceId, reason, cancellationToken);
        }
    }

    private static T? Input<T>(OrchestrationInstance instance) =>
        instance.Input is { } input ? input.Deserialize<T>(HavenJson.Options) : default;

    private Task<bool> RestartAsync(OrchestrationInstance instance, object input, CancellationToken cancellationToken) =>
        client.StartAsync(instance.Name, instance.InstanceId, input, cancellationToken);

    /// <summary>Counts begin again; what is known of the scenes stays, also when this is repeated.</summary>
    private async Task PrepareRetryAsync(string instanceId, CancellationToken cancellationToken)
    {
        await using var admission = await requests.LockAdmissionAsync(cancellationToken);
        var state = await requests.ReadStateAsync(instanceId, cancellationToken);
        await requests.WriteStateAsync(instanceId, new RequestState { Retry = RequestRetry.After(state) }, cancellationToken);
    }

    /// <summary>Images lost their request tags when they failed or were terminated: from now on the request names them.</summary>
    private async Task PrepareImagesRetryAsync(InstanceId instanceId, CancellationToken cancellationToken)
    {
        var request = await imageRequests.FindRequestAsync(instanceId, cancellationToken);
        if (request is { ByName: false } && await imageRequests.ReadUnfinishedAsync(instanceId, cancellationToken) is { } unfinished)
        {
            await imageRequests.ReplaceRequestAsync(instanceId, request with { ImageIds = unfinished }, cancellationToken);
        }
    }
}
