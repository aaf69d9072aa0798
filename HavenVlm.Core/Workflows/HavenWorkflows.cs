using HavenVlm.Core.Workflows.Collecting;
using HavenVlm.Core.Workflows.Images;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;
using HavenVlm.Core.Workflows.Scenes;
using HavenVlm.Core.Workflows.Sweeping;
using HavenVlm.Core.Workflows.Tuning;
using HavenVlm.Core.Workflows.Undoing;

namespace HavenVlm.Core.Workflows;

/// <summary>Every orchestrator and activity of the product.</summary>
public static class HavenWorkflows
{
    /// <summary>A catalog with all of them.</summary>
    public static WorkflowCatalog CreateCatalog() =>
        new WorkflowCatalog()
            .AddOrchestrator<TagSceneInput, TagSceneOutput>(WorkflowNames.TagScene, () => new TagSceneOrchestrator())
            .AddOrchestrator<TagScenesInput, TagScenesOutput>(WorkflowNames.TagScenes, () => new TagScenesOrchestrator())
            .AddOrchestrator<SweepInput, SweepOutput>(WorkflowNames.Sweep, () => new SweepOrchestrator())
            .AddOrchestrator<ReleaseSceneInput, bool>(WorkflowNames.ReleaseScene, () => new ReleaseSceneOrchestrator())
            .AddOrchestrator<FindMarkerSettingsInput, FindMarkerSettingsOutput>(
                WorkflowNames.FindMarkerSettings,
                () => new FindMarkerSettingsOrchestrator()
            )
            .AddActivity<StartTuningActivity, StartTuningInput, TuningStarted>(WorkflowNames.StartTuning)
            .AddActivity<CheckTuningActivity, TuningStarted, CheckTuningOutput>(WorkflowNames.CheckTuning)
            .AddActivity<FindSettingsActivity, FindSettingsInput, FindMarkerSettingsOutput>(WorkflowNames.FindSettings)
            .AddOrchestrator<TagImagesInput, TagImagesOutput>(WorkflowNames.TagImages, () => new TagImagesOrchestrator())
            .AddOrchestrator<ReleaseImagesInput, bool>(WorkflowNames.ReleaseImages, () => new ReleaseImagesOrchestrator())
            .AddOrchestrator<CollectInput, CollectOutput>(WorkflowNames.CollectIncorrect, () => new CollectIncorrectOrchestrator())
            .AddActivity<ListIncorrectActivity, CollectStepInput, int>(WorkflowNames.ListIncorrect)
            .AddActivity<ExportIncorrectActivity, CollectChunkInput, int>(WorkflowNames.ExportIncorrect)
            .AddActivity<WriteManifestActivity, CollectStepInput, CollectOutput>(WorkflowNames.WriteManifest)
            .AddActivity<ReleaseIncorrectActivity, CollectChunkInput, CollectReleased>(WorkflowNames.ReleaseIncorrect)
            .AddOrchestrator<UndoInput, UndoOutput>(WorkflowNames.Undo, () => new UndoOrchestrator())
            .AddActivity<PrepareSceneActivity, PrepareSceneInput, ScenePreparation>(WorkflowNames.PrepareScene)
            .AddActivity<PlanRoundActivity, PlanRoundInput, RoundPlanned>(WorkflowNames.PlanRound)
            .AddActivity<AnalyzeFramesActivity, AnalyzeFramesInput, AnalyzeFramesOutput>(WorkflowNames.AnalyzeFrames)
            .AddActivity<PublishSceneActivity, PublishSceneInput, PublishSceneOutput>(WorkflowNames.PublishScene)
            .AddActivity<MarkErroredActivity, MarkErroredInput, bool>(WorkflowNames.MarkErrored)
            .AddActivity<RemoveRequestTagsActivity, ReleaseSceneInput, bool>(WorkflowNames.RemoveRequestTags)
            .AddActivity<SnapshotRequestActivity, RequestInput, int>(WorkflowNames.SnapshotRequest)
            .AddActivity<AdvanceRequestActivity, RequestInput, AdvanceOutput>(WorkflowNames.AdvanceRequest)
            .AddActivity<PrepareImagesActivity, ImageRunInput, ImagesPrepared>(WorkflowNames.PrepareImages)
            .AddActivity<AnalyzeImagesActivity, AnalyzeImagesInput, AnalyzeImagesOutput>(WorkflowNames.AnalyzeImages)
            .AddActivity<PublishImagesActivity, ImageChunkInput, PublishImagesOutput>(WorkflowNames.PublishImages)
            .AddActivity<FailImagesActivity, FailImagesInput, PublishImagesOutput>(WorkflowNames.FailImages)
            .AddActivity<FinishImagesActivity, ImageRunInput, TagImagesOutput>(WorkflowNames.FinishImages)
            .AddActivity<RemoveImageRequestTagsActivity, ReleaseImagesInput, bool>(WorkflowNames.RemoveImageRequestTags)
            .AddActivity<StartSweepActivity, StartSweepInput, StartSweepOutput>(WorkflowNames.StartSweep)
            .AddActivity<CheckSweepActivity, CheckSweepInput, CheckSweepOutput>(WorkflowNames.CheckSweep)
            .AddActivity<SnapshotUndoActivity, SnapshotUndoInput, int>(WorkflowNames.SnapshotUndo)
            .AddActivity<UndoSubjectsActivity, UndoSubjectsInput, UndoProgress>(WorkflowNames.UndoSubjects)
            .AddActivity<RemoveCreatedTagsActivity, RemoveCreatedTagsInput, CreatedTagsOutput>(WorkflowNames.RemoveCreatedTags);
}
