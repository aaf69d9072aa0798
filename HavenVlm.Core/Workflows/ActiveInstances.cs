namespace HavenVlm.Core.Workflows;

/// <summary>Whether long activities are still wanted: ending or holding an instance does not stop its activities on every engine.</summary>
internal static class ActiveInstances
{
    public static async Task<bool> IsActiveAsync(
        this IOrchestrationClient client,
        string instanceId,
        CancellationToken cancellationToken
    ) =>
        (await client.GetAsync(instanceId, withInput: false, cancellationToken))?.RuntimeStatus
            is RuntimeStatus.Running
                or RuntimeStatus.Pending;
}
