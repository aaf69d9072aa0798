using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Images;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;
using HavenVlm.Core.Workflows.Running;
using HavenVlm.Core.Workflows.Scenes;
using HavenVlm.Core.Workflows.Tuning;

namespace HavenVlm.Core.Api;

/// <summary>Ends, holds and forgets instances. What is done to a request reaches the scenes that it started.</summary>
internal sealed class InstanceControl(IOrchestrationClient client, RequestStore requests, TuningStore tunings, InstanceArtifacts artifacts)
{
    /// <summary>Ends an instance, and the scenes that it started.</summary>
    /// <returns>False when there is none or it has ended.</returns>
    public Task<bool> TerminateAsync(string instanceId, string reason, CancellationToken cancellationToken) =>
        WithActiveAsync(instanceId, instance => TerminateAsync(instance, reason, cancellationToken), cancellationToken);

    /// <summary>Holds an instance, and the scenes that it started.</summary>
    /// <returns>False when there is none or it has ended.</returns>
    public Task<bool> SuspendAsync(string instanceId, string reason, CancellationToken cancellationToken) =>
        WithActiveAsync(instanceId, instance => SuspendAsync(instance, reason, cancellationToken), cancellationToken);

    /// <summary>Resumes a suspended instance, and with the scenes that it started.</summary>
    /// <returns>False when there is none or it has ended.</returns>
    public Task<bool> ResumeAsync(string instanceId, string reason, CancellationToken cancellationToken) =>
        WithActiveAsync(instanceId, instance => ResumeAsync(instance, reason, cancellationToken), cancellationToken);

    /// <summary>Forgets an ended instance and what was kept for it.</summary>
    /// <returns>False when there is none or it runs.</returns>
    public async Task<bool> PurgeAsync(string instanceId, CancellationToken cancellationToken)
    {
        if (await client.GetAsync(instanceId, withInput: false, cancellationToken) is not { } instance)
        {
            return false;
        }

        var names = await artifacts.ListAsync(instance.Name, instanceId, cancellationToken);
        if (!await client.PurgeAsync(instanceId, cancellationToken))
        {
            return false;
        }

        // Under the lock, so that a look under way has written what it writes.
        await using var admission = IsRequest(instance) ? await requests.LockAdmissionAsync(cancellationToken) : null;
        await artifacts.DeleteAsync(instance.Name, instanceId, names, cancellationToken);
        return true;
    }

    private async Task<bool> WithActiveAsync(
        string instanceId,
        Func<OrchestrationInstance, Task> action,
        CancellationToken cancellationToken
    )
    {
        var instance = await client.GetAsync(instanceId, withInput: false, cancellationToken);
        if (instance is null or { HasEnded: true })
        {
            return false;
        }

        await action(instance);
        return true;
    }

    private async Task TerminateAsync(OrchestrationInstance instance, string reason, CancellationToken cancellationToken)
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

    private async Task SuspendAsync(OrchestrationInstance instance, string reason, CancellationToken cancellationToken)
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

    private async Task ResumeAsync(OrchestrationInstance instance, string reason, CancellationToken cancellationToken)
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
            new ReleaseSceneInput(SceneId.Known(sceneId)),
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
