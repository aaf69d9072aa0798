using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.Workflows.Scenes;

/// <summary>Starts <see cref="ReleaseSceneOrchestrator"/>; also the input of RemoveRequestTags.</summary>
public sealed record ReleaseSceneInput(SceneId SceneId);

/// <summary>
/// Takes the request tags off a scene whose instance a user terminated. An orchestration, so that it happens also when Stash is away
/// or this process ends in between.
/// </summary>
internal sealed class ReleaseSceneOrchestrator : IOrchestrator<ReleaseSceneInput, bool>
{
    public async Task<bool> RunAsync(IOrchestrationContext context, ReleaseSceneInput input) =>
        await context.CallActivityAsync<bool>(WorkflowNames.RemoveRequestTags, input, RetryPolicies.LongOutage);
}
