using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;

namespace HavenVlm.Core.Workflows.Scenes;

/// <summary>Says in Stash that a scene failed and takes its request tags off, so that it is not tried in a loop.</summary>
internal sealed class MarkErroredActivity(SceneStates states, IOrchestrationClient client) : IActivity<MarkErroredInput, bool>
{
    public Task<bool> RunAsync(MarkErroredInput input, CancellationToken cancellationToken) =>
        StashOutagePolicy.RunAsync(() => MarkAsync(input, cancellationToken));

    private async Task<bool> MarkAsync(MarkErroredInput input, CancellationToken cancellationToken)
    {
        var instance = await client.GetAsync(input.InstanceId, withInput: false, cancellationToken);
        if (instance is null or { HasEnded: true })
        {
            return false;
        }

        await states.MarkErroredAsync(input.SceneId, cancellationToken);
        return true;
    }
}

/// <summary>Takes the request tags off a scene.</summary>
internal sealed class RemoveRequestTagsActivity(SceneStates states) : IActivity<ReleaseSceneInput, bool>
{
    public Task<bool> RunAsync(ReleaseSceneInput input, CancellationToken cancellationToken) =>
        StashOutagePolicy.RunAsync(() => RemoveAsync(input, cancellationToken));

    private async Task<bool> RemoveAsync(ReleaseSceneInput input, CancellationToken cancellationToken)
    {
        await states.RemoveRequestTagAsync(input.SceneId, cancellationToken);
        return true;
    }
}
