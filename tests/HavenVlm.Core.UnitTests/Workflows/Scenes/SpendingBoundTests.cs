using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Scenes;

namespace HavenVlm.Core.UnitTests.Workflows.Scenes;

/// <summary>Whatever a store or a plan gets wrong, a scene asks no more than its plan, and says what it asked.</summary>
public sealed class SpendingBoundTests
{
    private const int Grid = 40;

    [Fact]
    public async Task A_plan_that_never_gets_shorter_is_not_asked_beyond_what_the_video_can_need()
    {
        var asked = 0;
        var run = new MeasuredRun(
            (name, input) =>
                name switch
                {
                    WorkflowNames.PrepareScene => new ScenePreparation { Snapshot = "runs/scene-1/r/snapshot.json" },
                    WorkflowNames.PlanRound => new RoundPlanned($"plan-{((PlanRoundInput)input!).Round}", 8, 1, 0, Grid),
                    WorkflowNames.AnalyzeFrames => Asked(ref asked, 8),
                    _ => true,
                }
        );

        var e = await Assert.ThrowsAsync<OrchestrationFailedException>(() =>
            run.RunAsync(() => new TagSceneOrchestrator(), new TagSceneInput { SceneId = SceneId.Known("1") })
        );

        Assert.Equal(Grid, asked);
        Assert.Contains("at most 40", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rounds_that_come_to_nothing_end_over_continued_histories_too()
    {
        var rounds = 0;
        var run = new MeasuredRun(
            (name, input) =>
            {
                switch (name)
                {
                    case WorkflowNames.PrepareScene:
                        return new ScenePreparation { Snapshot = "runs/scene-1/r/snapshot.json" };
                    case WorkflowNames.PlanRound:
                        rounds++;
                        return new RoundPlanned($"plan-{((PlanRoundInput)input!).Round}", 6400, 200, 0, 10_000);
                    case WorkflowNames.AnalyzeFrames:
                        return new AnalyzeFramesOutput { Answered = 32 };
                    default:
                        return true;
                }
            }
        );

        await Assert.ThrowsAsync<OrchestrationFailedException>(() =>
            run.RunAsync(() => new TagSceneOrchestrator(), new TagSceneInput { SceneId = SceneId.Known("1") })
        );

        Assert.InRange(rounds, 3, 5);
    }

    [Fact]
    public async Task Requests_made_before_the_history_was_continued_are_reported()
    {
        var left = 6400;
        var run = new MeasuredRun(
            (name, input) =>
            {
                switch (name)
                {
                    case WorkflowNames.PrepareScene:
                        return new ScenePreparation { Snapshot = "runs/scene-1/r/snapshot.json" };
                    case WorkflowNames.PlanRound:
                        return new RoundPlanned($"plan-{((PlanRoundInput)input!).Round}", left, (left + 31) / 32, 6400 - left, 6400);
                    case WorkflowNames.AnalyzeFrames:
                        left -= 32;
                        return new AnalyzeFramesOutput
                        {
                            Answered = 32,
                            Recorded = 32,
                            Requests = 32,
                        };
                    default:
                        return new PublishSceneOutput(Held: false, new TagSceneOutput { Outcome = TagSceneOutcome.Tagged });
                }
            }
        );

        var output = await run.RunAsync(() => new TagSceneOrchestrator(), new TagSceneInput { SceneId = SceneId.Known("1") });

        Assert.True(run.Continued > 0);
        Assert.Equal(6400, output.Requests);
    }

    private static AnalyzeFramesOutput Asked(ref int asked, int frames)
    {
        asked += frames;
        return new AnalyzeFramesOutput
        {
            Answered = frames,
            Recorded = frames,
            Requests = frames,
        };
    }
}
