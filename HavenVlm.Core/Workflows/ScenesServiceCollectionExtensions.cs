using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Scenes;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Core.Workflows;

/// <summary>Registers the folder beside it.</summary>
internal static class ScenesServiceCollectionExtensions
{
    /// <summary>Adds the workflow of one scene.</summary>
    public static IServiceCollection AddScenes(this IServiceCollection services) =>
        services
            .AddSingleton<SceneArtifacts>()
            .AddSingleton<SceneMedia>()
            .AddSingleton<SceneWatch>()
            .AddSingleton<SceneFreezer>()
            .AddSingleton<PublishedSmoothing>()
            .AddSingleton<SceneSettings>()
            .AddSingleton<TagsOfStash>()
            .AddOrchestrator<TagSceneOrchestrator>(WorkflowNames.TagScene)
            .AddOrchestrator<ReleaseSceneOrchestrator>(WorkflowNames.ReleaseScene)
            .AddActivity<PrepareSceneActivity>(WorkflowNames.PrepareScene)
            .AddActivity<PlanRoundActivity>(WorkflowNames.PlanRound)
            .AddActivity<AnalyzeFramesActivity>(WorkflowNames.AnalyzeFrames)
            .AddActivity<PublishSceneActivity>(WorkflowNames.PublishScene)
            .AddActivity<MarkErroredActivity>(WorkflowNames.MarkErrored)
            .AddActivity<RemoveRequestTagsActivity>(WorkflowNames.RemoveRequestTags);
}
