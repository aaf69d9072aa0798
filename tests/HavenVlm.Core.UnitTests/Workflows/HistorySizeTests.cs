using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;
using HavenVlm.Core.Workflows.Scenes;
using HavenVlm.Core.Workflows.Sweeping;

namespace HavenVlm.Core.UnitTests.Workflows;

/// <summary>Durable Functions reads the whole history at every step, and keeps messages beyond 45 KB apart: both stay small.</summary>
public sealed class HistorySizeTests
{
    private const int MaxEvents = 1000;
    private const int MaxBytes = 45 * 1024;
    private const int FramesPerChunk = 32;

    [Theory]
    [InlineData(2)]
    [InlineData(0.5)]
    public async Task The_history_of_a_video_of_four_hours_is_bounded(double interval)
    {
        var lacking = (int)(4 * 3600 / interval);
        var total = lacking;
        var run = new MeasuredRun(
            (name, input) =>
            {
                switch (name)
                {
                    case WorkflowNames.PrepareScene:
                        return new ScenePreparation { Snapshot = "scenes/1/run/snapshot.json", ChunksInFlight = 8 };
                    case WorkflowNames.PlanRound:
                        var chunks = (lacking + FramesPerChunk - 1) / FramesPerChunk;
                        return new RoundPlanned(
                            $"scenes/1/run/plan-{((PlanRoundInput)input!).Round}.json",
                            lacking,
                            chunks,
                            total - lacking
                        );
                    case WorkflowNames.AnalyzeFrames:
                        var answered = Math.Min(FramesPerChunk, lacking);
                        lacking -= answered;
                        return new AnalyzeFramesOutput { Answered = answered, Requests = answered };
                    default:
                        return new PublishSceneOutput(
                            Held: false,
                            new TagSceneOutput { Outcome = TagSceneOutcome.Tagged, Changes = Lines(60) }
                        );
                }
            }
        );

        var output = await run.RunAsync(() => new TagSceneOrchestrator(), new TagSceneInput { SceneId = SceneId.Known("1") });

        Assert.Equal(TagSceneOutcome.Tagged, output.Outcome);
        Assert.Equal(0, lacking);
        Assert.InRange(run.LongestHistory, 100, MaxEvents);
        Assert.InRange(run.LargestMessage, 1, MaxBytes);
    }

    [Fact]
    public async Task The_history_of_a_request_for_ten_thousand_scenes_is_bounded()
    {
        const int Scenes = 10_000;
        var done = 0;
        var run = new MeasuredRun(
            (name, _) =>
            {
                if (name == WorkflowNames.SnapshotRequest)
                {
                    return Scenes;
                }

                done += 5;
                var progress = new RequestProgress
                {
                    Total = Scenes,
                    Done = done - 20,
                    Failed = Math.Min(done, 20),
                    Running = 10,
                    Moved = true,
                    Message = new string('m', 400),
                };
                var ends = progress.Ended >= Scenes;
                var failures = Enumerable.Range(0, 20).Select(n => new SceneFailure(SceneId.Known($"{n}"), new string('r', 301)));
                return new AdvanceOutput(progress, ends ? [.. failures] : [], ends ? Lines(60) : []);
            }
        );

        var output = await run.RunAsync(() => new TagScenesOrchestrator(), new TagScenesInput());

        Assert.Equal(Scenes, output.Done + output.Failed);
        Assert.True(run.Continued > 10);
        Assert.InRange(run.LongestHistory, 100, MaxEvents);
        Assert.InRange(run.LargestMessage, 1, MaxBytes);
    }

    [Fact]
    public async Task The_history_of_a_sweep_that_is_due_again_and_again_is_bounded()
    {
        var looks = 0;
        var run = new MeasuredRun(
            (name, input) =>
                name == WorkflowNames.StartSweep
                    ? new StartSweepOutput([InstanceId.Known($"scenes-sweep-{((StartSweepInput)input!).Run}-tag")], [])
                    : new CheckSweepOutput(Due: ++looks < 500)
        );

        var output = await run.RunAsync(() => new SweepOrchestrator(), new SweepInput());

        Assert.Equal(50, output.Requests.Count);
        Assert.Equal(500, looks);
        Assert.InRange(run.LongestHistory, 100, MaxEvents);
        Assert.InRange(run.LargestMessage, 1, MaxBytes);
    }

    private static string[] Lines(int count) => [.. Enumerable.Range(0, count).Select(n => $"scene {n}: {new string('c', 120)}")];
}
