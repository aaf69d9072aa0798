using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Undoing;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Core.Workflows;

/// <summary>Registers the folder beside it.</summary>
internal static class UndoingServiceCollectionExtensions
{
    /// <summary>Adds the workflow that takes back what was written to Stash.</summary>
    public static IServiceCollection AddUndoing(this IServiceCollection services) =>
        services
            .AddSingleton<UndoStore>()
            .AddOrchestrator<UndoOrchestrator>(WorkflowNames.Undo)
            .AddActivity<SnapshotUndoActivity>(WorkflowNames.SnapshotUndo)
            .AddActivity<UndoSubjectsActivity>(WorkflowNames.UndoSubjects)
            .AddActivity<RemoveCreatedTagsActivity>(WorkflowNames.RemoveCreatedTags);
}
