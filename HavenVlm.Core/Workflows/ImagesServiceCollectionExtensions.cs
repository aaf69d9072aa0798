using HavenVlm.Core.Workflows.Images;
using HavenVlm.Core.Workflows.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Core.Workflows;

/// <summary>Registers the folder beside it.</summary>
internal static class ImagesServiceCollectionExtensions
{
    /// <summary>Adds the workflow of a request for images.</summary>
    public static IServiceCollection AddImages(this IServiceCollection services) =>
        services
            .AddSingleton<ImageRequestStore>()
            .AddSingleton<RequestedImages>()
            .AddSingleton<OutstandingImageReader>()
            .AddSingleton<ImageLog>()
            .AddOrchestrator<TagImagesOrchestrator>(WorkflowNames.TagImages)
            .AddOrchestrator<ReleaseImagesOrchestrator>(WorkflowNames.ReleaseImages)
            .AddActivity<PrepareImagesActivity>(WorkflowNames.PrepareImages)
            .AddActivity<AnalyzeImagesActivity>(WorkflowNames.AnalyzeImages)
            .AddActivity<PublishImagesActivity>(WorkflowNames.PublishImages)
            .AddActivity<FailImagesActivity>(WorkflowNames.FailImages)
            .AddActivity<FinishImagesActivity>(WorkflowNames.FinishImages)
            .AddActivity<RemoveImageRequestTagsActivity>(WorkflowNames.RemoveImageRequestTags);
}
