namespace HavenVlm.Core.Workflows.Ports;

/// <summary>Names of orchestrators and activities, and the ids of their instances. They are in histories: never change one.</summary>
public static class WorkflowNames
{
    /// <summary>Orchestrator of one scene.</summary>
    public const string TagScene = nameof(TagScene);

    /// <summary>Orchestrator of a request for many scenes.</summary>
    public const string TagScenes = nameof(TagScenes);

    /// <summary>Orchestrator that looks for request tags.</summary>
    public const string Sweep = nameof(Sweep);

    /// <summary>Orchestrator that takes the request tag off a scene whose instance was terminated.</summary>
    public const string ReleaseScene = nameof(ReleaseScene);

    /// <summary>Orchestrator that finds marker settings from a scene whose markers a user corrected.</summary>
    public const string FindMarkerSettings = nameof(FindMarkerSettings);

    /// <summary>Activity: the scene to tune by, and a dry run of it.</summary>
    public const string StartTuning = nameof(StartTuning);

    /// <summary>Activity: whether the log of the scene to tune by is complete.</summary>
    public const string CheckTuning = nameof(CheckTuning);

    /// <summary>Activity: searches marker settings on a log.</summary>
    public const string FindSettings = nameof(FindSettings);

    /// <summary>Beginning of the ids of instances that find marker settings.</summary>
    public const string MarkerSettingsPrefix = "marker-settings-";

    /// <summary>Orchestrator of a request for images.</summary>
    public const string TagImages = nameof(TagImages);

    /// <summary>Orchestrator that takes the request tags off images whose instance was terminated.</summary>
    public const string ReleaseImages = nameof(ReleaseImages);

    /// <summary>Activity: which images a request is for, settings frozen.</summary>
    public const string PrepareImages = nameof(PrepareImages);

    /// <summary>Activity: looks at one chunk of images and asks.</summary>
    public const string AnalyzeImages = nameof(AnalyzeImages);

    /// <summary>Activity: one chunk of images from the log to Stash.</summary>
    public const string PublishImages = nameof(PublishImages);

    /// <summary>Activity: says in Stash that the images of a chunk failed.</summary>
    public const string FailImages = nameof(FailImages);

    /// <summary>Activity: ends a run over images.</summary>
    public const string FinishImages = nameof(FinishImages);

    /// <summary>Activity: takes the request tags off the images of a chunk.</summary>
    public const string RemoveImageRequestTags = nameof(RemoveImageRequestTags);

    /// <summary>Activity: scene from Stash, media found and probed, settings frozen.</summary>
    public const string PrepareScene = nameof(PrepareScene);

    /// <summary>Activity: what is still to be asked.</summary>
    public const string PlanRound = nameof(PlanRound);

    /// <summary>Activity: extracts and asks one chunk of frames.</summary>
    public const string AnalyzeFrames = nameof(AnalyzeFrames);

    /// <summary>Activity: from the log to Stash.</summary>
    public const string PublishScene = nameof(PublishScene);

    /// <summary>Activity: says in Stash that a scene failed.</summary>
    public const string MarkErrored = nameof(MarkErrored);

    /// <summary>Activity: takes the request tags off a scene.</summary>
    public const string RemoveRequestTags = nameof(RemoveRequestTags);

    /// <summary>Activity: which scenes a request is for.</summary>
    public const string SnapshotRequest = nameof(SnapshotRequest);

    /// <summary>Activity: counts ended scenes of a request and starts further ones.</summary>
    public const string AdvanceRequest = nameof(AdvanceRequest);

    /// <summary>Activity: starts requests for what carries a request tag and is in none that runs.</summary>
    public const string StartSweep = nameof(StartSweep);

    /// <summary>Activity: whether a sweep became due again before it ended.</summary>
    public const string CheckSweep = nameof(CheckSweep);

    /// <summary>Orchestrator that exports what is marked as incorrect.</summary>
    public const string CollectIncorrect = nameof(CollectIncorrect);

    /// <summary>Activity: which scenes and images have something to export.</summary>
    public const string ListIncorrect = nameof(ListIncorrect);

    /// <summary>Activity: writes pictures of some scenes and images.</summary>
    public const string ExportIncorrect = nameof(ExportIncorrect);

    /// <summary>Activity: writes the manifest of an export.</summary>
    public const string WriteManifest = nameof(WriteManifest);

    /// <summary>Activity: takes the mark off what is exported, and deletes markers of ours.</summary>
    public const string ReleaseIncorrect = nameof(ReleaseIncorrect);

    /// <summary>Orchestrator that takes back what was written to Stash.</summary>
    public const string Undo = nameof(Undo);

    /// <summary>Activity: what an undo is about; ends the work that would write it again.</summary>
    public const string SnapshotUndo = nameof(SnapshotUndo);

    /// <summary>Activity: takes back what was written to some scenes and images.</summary>
    public const string UndoSubjects = nameof(UndoSubjects);

    /// <summary>Activity: removes the tags that we made and nothing uses any more.</summary>
    public const string RemoveCreatedTags = nameof(RemoveCreatedTags);

    /// <summary>Id of the one sweep instance.</summary>
    public const string SweepInstance = "sweep";

    /// <summary>Beginning of the ids of scene instances.</summary>
    public const string ScenePrefix = "scene-";

    /// <summary>Beginning of the ids of requests for scenes.</summary>
    public const string RequestPrefix = "scenes-";

    /// <summary>Beginning of the ids of requests for images.</summary>
    public const string ImagesPrefix = "images-";

    /// <summary>Beginning of the ids of instances that collect what is incorrect.</summary>
    public const string IncorrectPrefix = "incorrect-";

    /// <summary>Beginning of the ids of undo instances.</summary>
    public const string UndoPrefix = "undo-";

    /// <summary>Beginning of the ids of instances that take request tags off what was terminated.</summary>
    public const string ReleasePrefix = "release-";

    /// <summary>Id of a scene's instance.</summary>
    public static string SceneInstance(string sceneId) => ScenePrefix + sceneId;
}
