using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Images;
using HavenVlm.Core.Api;
using HavenVlm.Core.Diagnosis;
using HavenVlm.Core.Media;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Core.Media.Sources;
using HavenVlm.Core.Stash;
using HavenVlm.Core.Storage;
using HavenVlm.Core.Vlm;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Workflows;
using HavenVlm.Core.Workflows.Collecting;
using HavenVlm.Core.Workflows.Collecting.Exports;
using HavenVlm.Core.Workflows.Images;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;
using HavenVlm.Core.Workflows.Running;
using HavenVlm.Core.Workflows.Scenes;
using HavenVlm.Core.Workflows.Sweeping;
using HavenVlm.Core.Workflows.Tuning;
using HavenVlm.Core.Workflows.Undoing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HavenVlm.Core;

/// <summary>Registers the product in a host.</summary>
public static class HavenServices
{
    /// <summary>
    /// Adds everything but what the host brings: <see cref="Configuration.SettingsSource"/>, <see cref="Storage.IArtifactStore"/>,
    /// <see cref="IOrchestrationClient"/>, logging, and, when endpoints are shared with other processes, <see cref="IEndpointSlots"/>.
    /// </summary>
    public static IServiceCollection AddHavenCore(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<DamageReports>();
        services.AddMedia().AddVlm().AddAnalysis().AddStash();
        services.AddSingleton<ChunkAnalysis>();
        services.AddSingleton<SnapshotBuilder>();
        services.AddSingleton(s => new VideoAnalysis(
            s.GetRequiredService<SnapshotBuilder>(),
            s.GetRequiredService<MediaGateway>(),
            s.GetRequiredService<AnalysisLogs>(),
            s.GetRequiredService<ChunkAnalysis>(),
            s.GetRequiredService<FrameExtractor>(),
            s.GetRequiredService<Configuration.SettingsSource>(),
            s.GetRequiredService<TimeProvider>()
        ));
        services.AddWorkflows();
        services.AddApi();
        services.AddDiagnosis();
        return services;
    }

    private static void AddWorkflows(this IServiceCollection services)
    {
        services.AddSingleton<LiveProgress>();
        services.AddSingleton<RequestStore>();
        services.AddSingleton<RequestedScenes>();
        services.AddSingleton<SweepMark>();
        services.AddSingleton<OutstandingSceneReader>();
        services.AddSingleton<OutstandingImageReader>();
        services.AddSingleton<NewRequests>();
        services.AddSingleton<SceneArtifacts>();
        services.AddSingleton<SceneMedia>();
        services.AddSingleton<TagsOfStash>();
        services.AddSingleton<SceneSettings>();
        services.AddSingleton<TuneScene>();
        services.AddSingleton<TuningStore>();
        services.AddSingleton<UserMarkersReader>();
        services.AddSingleton<ImageRequestStore>();
        services.AddSingleton<RequestedImages>();
        services.AddSingleton<ImageAnalysis>();
        services.AddSingleton<ImageLog>();
        services.AddSingleton(HavenWorkflows.CreateCatalog());
        services.AddTransient<PrepareSceneActivity>();
        services.AddTransient<PlanRoundActivity>();
        services.AddTransient<AnalyzeFramesActivity>();
        services.AddTransient<PublishSceneActivity>();
        services.AddTransient<MarkErroredActivity>();
        services.AddTransient<RemoveRequestTagsActivity>();
        services.AddTransient<SnapshotRequestActivity>();
        services.AddTransient<AdvanceRequestActivity>();
        services.AddTransient<PrepareImagesActivity>();
        services.AddTransient<AnalyzeImagesActivity>();
        services.AddTransient<PublishImagesActivity>();
        services.AddTransient<FailImagesActivity>();
        services.AddTransient<FinishImagesActivity>();
        services.AddTransient<RemoveImageRequestTagsActivity>();
        services.AddTransient<StartSweepActivity>();
        services.AddTransient<CheckSweepActivity>();
        services.AddTransient<StartTuningActivity>();
        services.AddTransient<CheckTuningActivity>();
        services.AddTransient<FindSettingsActivity>();
        services.AddSingleton<CollectStore>();
        services.AddSingleton<IncorrectMarkers>();
        services.AddSingleton<MarkerExport>();
        services.AddSingleton<ImageExport>();
        services.AddTransient<ListIncorrectActivity>();
        services.AddTransient<ExportIncorrectActivity>();
        services.AddTransient<WriteManifestActivity>();
        services.AddTransient<ReleaseIncorrectActivity>();
        services.AddSingleton<UndoStore>();
        services.AddTransient<SnapshotUndoActivity>();
        services.AddTransient<UndoSubjectsActivity>();
        services.AddTransient<RemoveCreatedTagsActivity>();
    }

    private static void AddApi(this IServiceCollection services)
    {
        services.AddSingleton<SceneRequests>();
        services.AddSingleton<MarkerSettingsRequests>();
        services.AddSingleton<ImageRequests>();
        services.AddSingleton<UndoRequests>();
        services.TryAddSingleton(new ExportRule());
        services.AddSingleton<CollectRequests>();
        services.AddSingleton<InstanceControl>();
        services.AddSingleton<EndpointControl>();
        services.AddSingleton<SceneViews>();
        services.AddSingleton<StatusProblems>();
        services.AddSingleton<StatusReport>();
        services.AddSingleton(s => new HavenService(
            s.GetRequiredService<IOrchestrationClient>(),
            s.GetRequiredService<SceneRequests>(),
            s.GetRequiredService<ImageRequests>(),
            s.GetRequiredService<UndoRequests>(),
            s.GetRequiredService<CollectRequests>(),
            s.GetRequiredService<InstanceControl>(),
            s.GetRequiredService<SweepMark>(),
            s.GetRequiredService<RequestedScenes>(),
            s.GetRequiredService<NewRequests>(),
            s.GetRequiredService<LiveProgress>(),
            s.GetRequiredService<SceneViews>(),
            s.GetRequiredService<SceneSettings>(),
            s.GetRequiredService<MarkerSettingsRequests>(),
            s.GetRequiredService<EndpointControl>(),
            s.GetRequiredService<StatusReport>(),
            s.GetRequiredService<Configuration.SettingsSource>()
        )
        {
            Queue = s.GetService<IPendingRequests>(),
        });
    }
}
