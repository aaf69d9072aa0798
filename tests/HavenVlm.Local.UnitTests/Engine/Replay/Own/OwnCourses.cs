using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Collecting;
using HavenVlm.Core.Workflows.Images;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;
using HavenVlm.Core.Workflows.Scenes;
using HavenVlm.Core.Workflows.Sweeping;
using HavenVlm.Core.Workflows.Tuning;
using HavenVlm.Core.Workflows.Undoing;

namespace HavenVlm.Local.UnitTests.Engine.Replay.Own;

/// <summary>The courses of which a history is kept: of every orchestrator a normal one, one with an outage and one with a failure.</summary>
internal static class OwnCourses
{
    private static readonly IOException StashIsAway = new("Stash does not answer");
    private static readonly PermanentFailureException KeyRefused = new("Stash refuses the key");

    public static IReadOnlyList<OwnHistory> All { get; } =
    [.. TagScene(), .. TagScenes(), .. TagImages(), .. Sweep(), .. CollectIncorrect(), .. FindMarkerSettings(), .. Undo(), .. Release()];

    private static IEnumerable<OwnHistory> TagScene()
    {
        OwnHistory Of(string course, params (string Activity, object[] Answers)[] changes) =>
            Course(
                WorkflowNames.TagScene,
                course,
                "scene-12",
                new TagSceneInput { SceneId = SceneId.Known("12") },
                [
                    (
                        WorkflowNames.PrepareScene,
                        [
                            new ScenePreparation
                            {
                                Snapshot = "runs/scene-12/snapshot.json",
                                Title = "Waving",
                                ChunksInFlight = 1,
                            },
                        ]
                    ),
                    (WorkflowNames.PlanRound, [new RoundPlanned("plan-0", 64, 2, 0, 200), new RoundPlanned("", 0, 0, 64, 200)]),
                    (WorkflowNames.AnalyzeFrames, [Answered]),
                    (
                        WorkflowNames.PublishScene,
                        [new PublishSceneOutput(Held: false, new TagSceneOutput { Outcome = TagSceneOutcome.Tagged, Message = "1 marker" })]
                    ),
                    (WorkflowNames.MarkErrored, [true]),
                ],
                changes
            );

        var away = new AnalyzeFramesOutput
        {
            Remaining = 32,
            Reason = "The model server does not answer",
            RetryAfter = TimeSpan.FromSeconds(5),
        };
        yield return Of("normal");
        yield return Of(
            "outage",
            (
                WorkflowNames.PlanRound,
                [new RoundPlanned("plan-0", 64, 2, 0, 200), new RoundPlanned("plan-1", 32, 1, 32, 200), new RoundPlanned("", 0, 0, 64, 200)]
            ),
            (WorkflowNames.AnalyzeFrames, [Answered, away, Answered]),
            (
                WorkflowNames.PublishScene,
                [StashIsAway, new PublishSceneOutput(Held: false, new TagSceneOutput { Outcome = TagSceneOutcome.Tagged })]
            )
        );
        yield return Of("failure", (WorkflowNames.AnalyzeFrames, [new PermanentFailureException("The file is damaged")]));
        yield return Of("skipped", (WorkflowNames.PrepareScene, [new ScenePreparation { Message = "Scene 12 is gone from Stash" }]));
    }

    private static IEnumerable<OwnHistory> TagScenes()
    {
        OwnHistory Of(string course, params (string Activity, object[] Answers)[] changes) =>
            Course(
                WorkflowNames.TagScenes,
                course,
                "scenes-1",
                new TagScenesInput(),
                [
                    (WorkflowNames.SnapshotRequest, [2]),
                    (WorkflowNames.AdvanceRequest, [Looked(0, running: 2), Looked(1, running: 1), Looked(2, running: 0)]),
                ],
                changes
            );

        yield return Of("normal");
        yield return Of("outage", (WorkflowNames.SnapshotRequest, [StashIsAway, StashIsAway, 2]));
        yield return Of("failure", (WorkflowNames.SnapshotRequest, [new PermanentFailureException("Stash has no such filter")]));
        yield return Of("continued") with
        {
            Input = new TagScenesInput(Prepared: true, DateTimeOffset.UnixEpoch),
        };
    }

    private static IEnumerable<OwnHistory> TagImages()
    {
        OwnHistory Of(string course, params (string Activity, object[] Answers)[] changes) =>
            Course(
                WorkflowNames.TagImages,
                course,
                "images-1",
                new TagImagesInput(),
                [
                    (
                        WorkflowNames.PrepareImages,
                        [
                            new ImagesPrepared
                            {
                                Total = 4,
                                Chunks = 2,
                                BatchSize = 2,
                            },
                        ]
                    ),
                    (
                        WorkflowNames.AnalyzeImages,
                        [
                            new AnalyzeImagesOutput
                            {
                                Done = 2,
                                Answered = 2,
                                Recorded = 2,
                            },
                        ]
                    ),
                    (WorkflowNames.PublishImages, [new PublishImagesOutput { Done = 2 }]),
                    (WorkflowNames.FailImages, [new PublishImagesOutput { Failed = 2 }]),
                    (WorkflowNames.FinishImages, [new TagImagesOutput { Done = 4 }]),
                ],
                changes
            );

        var away = new AnalyzeImagesOutput
        {
            Remaining = 2,
            Reason = "The model server does not answer",
            RetryAfter = TimeSpan.FromSeconds(5),
        };
        yield return Of("normal");
        yield return Of(
            "outage",
            (
                WorkflowNames.AnalyzeImages,
                [
                    away,
                    new AnalyzeImagesOutput
                    {
                        Done = 2,
                        Answered = 2,
                        Recorded = 2,
                    },
                ]
            )
        );
        yield return Of("failure", (WorkflowNames.PublishImages, [new PublishImagesOutput { Done = 2 }, KeyRefused]));
    }

    private static IEnumerable<OwnHistory> Sweep()
    {
        OwnHistory Of(string course, params (string Activity, object[] Answers)[] changes) =>
            Course(
                WorkflowNames.Sweep,
                course,
                WorkflowNames.SweepInstance,
                new SweepInput(),
                [
                    (WorkflowNames.StartSweep, [new StartSweepOutput([InstanceId.Known("scenes-sweep-1-tag")])]),
                    (WorkflowNames.CheckSweep, [new CheckSweepOutput(Due: true), new CheckSweepOutput(Due: false)]),
                ],
                changes
            );

        yield return Of("normal");
        yield return Of("outage", (WorkflowNames.StartSweep, [StashIsAway, new StartSweepOutput([])]));
        yield return Of("failure", (WorkflowNames.StartSweep, [KeyRefused]));
    }

    private static IEnumerable<OwnHistory> CollectIncorrect()
    {
        OwnHistory Of(string course, params (string Activity, object[] Answers)[] changes) =>
            Course(
                WorkflowNames.CollectIncorrect,
                course,
                "incorrect-1",
                new CollectInput(),
                [
                    (WorkflowNames.ListIncorrect, [2]),
                    (WorkflowNames.ExportIncorrect, [1, 2]),
                    (WorkflowNames.WriteManifest, [new CollectOutput { Folder = "output_data/1", Markers = 2 }]),
                    (WorkflowNames.ReleaseIncorrect, [new CollectReleased(2, 2, 1, [])]),
                ],
                changes
            );

        yield return Of("normal");
        yield return Of("outage", (WorkflowNames.ReleaseIncorrect, [StashIsAway, new CollectReleased(2, 2, 1, [])]));
        yield return Of("failure", (WorkflowNames.WriteManifest, [new PermanentFailureException("The folder cannot be written")]));
    }

    private static IEnumerable<OwnHistory> FindMarkerSettings()
    {
        OwnHistory Of(string course, params (string Activity, object[] Answers)[] changes) =>
            Course(
                WorkflowNames.FindMarkerSettings,
                course,
                "marker-settings-1",
                new FindMarkerSettingsInput { SceneId = SceneId.Known("12") },
                [
                    (WorkflowNames.StartTuning, [new TuningStarted(SceneId.Known("12"), InstanceId.Known("scenes-1"))]),
                    (WorkflowNames.CheckTuning, [Checked(ended: false), Checked(ended: true)]),
                    (
                        WorkflowNames.FindSettings,
                        [new FindMarkerSettingsOutput { SceneId = SceneId.Known("12"), Message = "Nothing is better" }]
                    ),
                ],
                changes
            );

        yield return Of("normal");
        yield return Of(
            "outage",
            (WorkflowNames.StartTuning, [StashIsAway, new TuningStarted(SceneId.Known("12"), InstanceId.Known("scenes-1"))])
        );
        yield return Of("failure", (WorkflowNames.FindSettings, [new PermanentFailureException("The scene has no markers")]));
    }

    private static IEnumerable<OwnHistory> Undo()
    {
        OwnHistory Of(string course, params (string Activity, object[] Answers)[] changes) =>
            Course(
                WorkflowNames.Undo,
                course,
                "undo-1",
                new UndoInput(All: true, DryRun: false),
                [
                    (WorkflowNames.SnapshotUndo, [2]),
                    (WorkflowNames.UndoSubjects, [Undone(1), Undone(2)]),
                    (WorkflowNames.RemoveCreatedTags, [new CreatedTagsOutput(["VLM"], [])]),
                ],
                changes
            );

        yield return Of("normal");
        yield return Of("outage", (WorkflowNames.UndoSubjects, [StashIsAway, Undone(0), Undone(2)]));
        yield return Of("failure", (WorkflowNames.UndoSubjects, [KeyRefused]));
    }

    private static IEnumerable<OwnHistory> Release()
    {
        OwnHistory Scene(string course, params object[] answers) =>
            Course(
                WorkflowNames.ReleaseScene,
                course,
                "release-scene-12",
                new ReleaseSceneInput(SceneId.Known("12")),
                [(WorkflowNames.RemoveRequestTags, answers)],
                []
            );
        OwnHistory Images(string course, params object[] answers) =>
            Course(
                WorkflowNames.ReleaseImages,
                course,
                "release-images-1",
                new ReleaseImagesInput(InstanceId.Known("images-1")),
                [(WorkflowNames.RemoveImageRequestTags, answers)],
                []
            );

        yield return Scene("normal", true);
        yield return Scene("outage", StashIsAway, true);
        yield return Scene("failure", KeyRefused);
        yield return Images("normal", true, false);
        yield return Images("outage", true, StashIsAway, false);
        yield return Images("failure", KeyRefused);
    }

    private static OwnHistory Course(
        string orchestrator,
        string course,
        string instanceId,
        object input,
        (string Activity, object[] Answers)[] usual,
        (string Activity, object[] Answers)[] changes
    ) =>
        new(
            orchestrator,
            course,
            instanceId,
            input,
            usual
                .Concat(changes)
                .GroupBy(activity => activity.Activity, StringComparer.Ordinal)
                .ToDictionary(activity => activity.Key, activity => activity.Last().Answers, StringComparer.Ordinal)
        );

    private static AnalyzeFramesOutput Answered =>
        new()
        {
            Answered = 32,
            Recorded = 32,
            Requests = 32,
        };

    private static AdvanceOutput Looked(int done, int running) =>
        new(
            new RequestProgress
            {
                Total = 2,
                Done = done,
                Running = running,
                Moved = true,
            },
            [],
            []
        );

    private static CheckTuningOutput Checked(bool ended) => new(ended, new ProgressStatus { Stage = ProgressStage.Analyzing });

    private static UndoProgress Undone(int next) => new(next, new UndoOutput { Done = 1 });
}
