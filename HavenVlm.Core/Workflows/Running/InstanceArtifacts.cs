using HavenVlm.Core.Storage;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.Workflows.Running;

/// <summary>
/// The artifacts that an instance wrote for itself: they go when it is forgotten. Analysis logs, publication records and what a scene's
/// page is drawn from belong to no instance and stay, and so does the folder of an export.
/// </summary>
public sealed class InstanceArtifacts(IArtifactStore store)
{
    /// <summary>
    /// Names of an instance's artifacts; list them before the instance is forgotten. The id of a scene's instance may be in use again by then,
    /// with artifacts of its own.
    /// </summary>
    public async Task<IReadOnlyList<string>> ListAsync(string orchestrator, string instanceId, CancellationToken cancellationToken) =>
        FolderOf(orchestrator) is { } folder
            ? await store.ListAsync($"{folder}/{instanceId}/", cancellationToken).ToListAsync(cancellationToken)
            : [];

    /// <summary>Removes artifacts of an instance that is forgotten, and what was written since they were listed where no id is used again.</summary>
    public async Task DeleteAsync(string orchestrator, string instanceId, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        if (orchestrator is not WorkflowNames.TagScene)
        {
            names = await ListAsync(orchestrator, instanceId, cancellationToken);
        }

        foreach (var name in names)
        {
            await store.DeleteAsync(name, cancellationToken);
        }
    }

    private static string? FolderOf(string orchestrator) =>
        orchestrator switch
        {
            WorkflowNames.TagScene => "runs",
            WorkflowNames.TagScenes or WorkflowNames.TagImages => "requests",
            WorkflowNames.CollectIncorrect => "exports",
            WorkflowNames.Undo => "undo",
            WorkflowNames.FindMarkerSettings => "tuning",
            _ => null,
        };
}
