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

/// <summary>Ends, holds and repeats instances. What is done to a request reaches the scenes that it started.</summary>
internal sealed class InstanceControl(
    IOrchestrationClient client,
    RequestStore requests,
    ImageRequestStore imageRequests,
    TuningStore tunings
)
{
    public async Task TerminateAsync(OrchestrationInstance instance, string reason, CancellationToken cancellationToken)
    {
        await client.TerminateAsync(instance.InstanceId, reason, cancellationToken);
        foreach (var scene in await StartedScenesAsync(instance, cancellationToken))
        {
            await TerminateSceneAsync(scene, reason, cancellationToken);
        }

        if (IsScene(instance))
        {
            await ReleaseAsync(instance.InstanceId, cancellationToken);
        }

        if (await StartedRequestAsync(instance, cancellationToken) is { } request)
        {
            await TerminateAsync(request, reason, cancellationToken);
        }

        if (IsImages(instance))
        {
            var release = new ReleaseImagesInput(instance.InstanceId);
            await client.StartAsync(
                WorkflowNames.ReleaseImages,
                WorkflowNames.ReleasePrefix + instance.InstanceId,
                release,
                cancellationToken
            );
        }
    }

    public async Task SuspendAsync(OrchestrationInstance instance, string reason, CancellationToken cancellationToken)
    {
        await client.SuspendAsync(instance.InstanceId, reason, cancellationToken);
        foreach (var scene in await StartedScenesAsync(instance, cancellationToken))
        {
            await client.SuspendAsync(scene, reason, cancellationToken);
        }

        if (await StartedRequestAsync(instance, cancellationToken) is { } request)
        {
            await SuspendAsync(request, reason, cancellationToken);
        }
    }

    public async Task ResumeAsync(OrchestrationInstance instance, string reason, CancellationToken cancellationToken)
    {
        foreach (var scene in await StartedScenesAsync(instance, cancellationToken))
        {
            await client.ResumeAsync(scene, reason, cancellationToken);
        }

        if (await StartedRequestAsync(instance, cancellationToken) is { } request)
        {
            await ResumeAsync(request, reason, cancellationToken);
        }

        await client.ResumeAsync(instance.InstanceId, reason, cancellationToken);
    }

    /// <summary>
    /// Starts an ended instance again, from its beginning and not from where it last continued as new. A scene's request tag went when it
    /// failed or was terminated, so the scene now counts as asked for by name: without that its second run would find that nobody asks for it.
    /// </summary>
    public async Task<bool> RetryAsync(OrchestrationInstance instance, string reason, CancellationToken cancellationToken)
    {
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

    public async Task<bool> PurgeAsync(OrchestrationInstance instance, CancellationToken cancellationToken)
    {
        if (!await client.PurgeAsync(instance.InstanceId, cancellationToken))
        {
            return false;
        }

        if (IsRequest(instance))
        {
            await requests.DeleteAsync(instance.InstanceId, cancellationToken);
        }

        if (IsTuning(instance))
        {
            await tunings.DeleteAsync(instance.InstanceId, cancellationToken);
        }

        if (IsImages(instance))
        {
            await imageRequests.DeleteAllAsync(instance.InstanceId, cancellationToken);
        }

        return true;
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
    private async Task PrepareImagesRetryAsync(string instanceId, CancellationToken cancellationToken)
    {
        var request = await imageRequests.FindRequestAsync(instanceId, cancellationToken);
        if (request is { ByName: false } && await imageRequests.ReadUnfinishedAsync(instanceId, cancellationToken) is { } unfinished)
        {
            await imageRequests.ReplaceRequestAsync(instanceId, request with { ImageIds = unfinished }, cancellationToken);
        }
    }

    private async Task TerminateSceneAsync(string instanceId, string reason, CancellationToken cancellationToken)
    {
        var instance = await client.GetAsync(instanceId, withInput: false, cancellationToken);
        if (instance is { HasEnded: false })
        {
            await client.TerminateAsync(instanceId, reason, cancellationToken);
            await ReleaseAsync(instanceId, cancellationToken);
        }
    }

    private async Task ReleaseAsync(string sceneInstance, CancellationToken cancellationToken)
    {
        var sceneId = sceneInstance[WorkflowNames.ScenePrefix.Length..];
        await client.StartAsync(
            WorkflowNames.ReleaseScene,
            WorkflowNames.ReleasePrefix + sceneId,
            new ReleaseSceneInput(sceneId),
            cancellationToken
        );
    }

    /// <summary>Instance ids of the scenes that a request started itself and that it has not seen to end; none for other instances.</summary>
    private async Task<IReadOnlyList<string>> StartedScenesAsync(OrchestrationInstance instance, CancellationToken cancellationToken)
    {
        if (!IsRequest(instance))
        {
            return [];
        }

        // Under the lock, so that a look under way has finished starting what it decided to start.
        await using var admission = await requests.LockAdmissionAsync(cancellationToken);
        var state = await requests.ReadStateAsync(instance.InstanceId, cancellationToken);
        return [.. state.Running.Where(s => !s.Joined).Select(s => WorkflowNames.SceneInstance(s.SceneId))];
    }

    /// <summary>The request by which marker settings are being found for a scene; null = none that runs.</summary>
    private async Task<OrchestrationInstance?> StartedRequestAsync(OrchestrationInstance instance, CancellationToken cancellationToken) =>
        IsTuning(instance)
        && await tunings.ReadStartedAsync(instance.InstanceId, cancellationToken) is { } started
        && await client.GetAsync(started.RequestId, withInput: false, cancellationToken) is { HasEnded: false } request
            ? request
            : null;

    private static bool IsTuning(OrchestrationInstance instance) =>
        string.Equals(instance.Name, WorkflowNames.FindMarkerSettings, StringComparison.Ordinal);

    private static bool IsRequest(OrchestrationInstance instance) =>
        string.Equals(instance.Name, WorkflowNames.TagScenes, StringComparison.Ordinal);

    private static bool IsImages(OrchestrationInstance instance) =>
        string.Equals(instance.Name, WorkflowNames.TagImages, StringComparison.Ordinal);

    private static bool IsScene(OrchestrationInstance instance) =>
        string.Equals(instance.Name, WorkflowNames.TagScene, StringComparison.Ordinal);
}
