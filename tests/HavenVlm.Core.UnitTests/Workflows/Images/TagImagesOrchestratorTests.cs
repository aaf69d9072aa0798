using HavenVlm.Core.Common;
using HavenVlm.Core.UnitTests.Workflows.Ports;
using HavenVlm.Core.Workflows.Images;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.UnitTests.Workflows.Images;

/// <summary>A request for images, chunk by chunk.</summary>
public sealed class TagImagesOrchestratorTests
{
    private static readonly AnalyzeImagesOutput Analyzed = new()
    {
        Done = 50,
        Answered = 50,
        Recorded = 50,
        Requests = 50,
    };

    [Fact]
    public void Prepares_then_analyzes_and_publishes_chunk_after_chunk_and_finishes()
    {
        var run = Script(chunks: 2);

        var end = Run(run);

        Assert.Equal(["PrepareImages", "AnalyzeImages", "PublishImages", "AnalyzeImages", "PublishImages", "FinishImages"], run.Steps);
        Assert.Equal([0, 1], run.InputsOf<AnalyzeImagesInput>(WorkflowNames.AnalyzeImages).Select(input => input.Chunk));
        Assert.Equal(100, end.Output!.Requests);
    }

    [Fact]
    public void An_outage_is_waited_out_on_one_timer_and_the_same_chunk_asked_again()
    {
        var run = Script(chunks: 1).OnEach(WorkflowNames.AnalyzeImages, Away(), Away(), Analyzed);

        Assert.NotNull(Run(run).Output);
        Assert.Equal(["PrepareImages", "AnalyzeImages", "timer 30s", "AnalyzeImages", "timer 30s", "AnalyzeImages"], run.Steps.Take(6));
        Assert.Contains(
            run.Statuses,
            status =>
                status.Stage == ProgressStage.Waiting && status.Message.Contains("lm-studio does not answer", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Gives_up_after_the_limit_and_marks_what_is_left_as_failed()
    {
        var run = Script(chunks: 2, giveUpAfter: TimeSpan.FromMinutes(1)).OnEach(WorkflowNames.AnalyzeImages, Away());

        var end = Run(run);

        Assert.Contains("vlm.giveUpAfter", end.Failure, StringComparison.Ordinal);
        Assert.Equal(["FailImages", "FailImages", "FinishImages"], run.Steps.TakeLast(3));
        Assert.Equal([0, 1], run.InputsOf<FailImagesInput>(WorkflowNames.FailImages).Select(input => input.Chunk));
    }

    [Fact]
    public void Gives_up_at_the_limit_when_the_endpoint_is_away_for_longer()
    {
        var run = Script(chunks: 1, giveUpAfter: TimeSpan.FromSeconds(25)).OnEach(WorkflowNames.AnalyzeImages, Away());

        Assert.Contains("vlm.giveUpAfter", Run(run).Failure, StringComparison.Ordinal);
        Assert.InRange(run.Timers.Aggregate(TimeSpan.Zero, (sum, timer) => sum + timer), TimeSpan.FromTicks(1), TimeSpan.FromSeconds(25));
    }

    [Fact]
    public void A_failure_while_publishing_leaves_finished_chunks_alone()
    {
        var run = Script(chunks: 3)
            .OnEach(
                WorkflowNames.PublishImages,
                new PublishImagesOutput { Done = 50 },
                new PermanentFailureException("The key is refused.")
            );

        Assert.Equal("The key is refused.", Run(run).Failure);
        Assert.Equal([1, 2], run.InputsOf<FailImagesInput>(WorkflowNames.FailImages).Select(input => input.Chunk));
        Assert.All(run.InputsOf<FailImagesInput>(WorkflowNames.FailImages), input => Assert.Equal("The key is refused.", input.Reason));
    }

    [Fact]
    public void Before_there_is_a_list_nothing_can_be_marked()
    {
        var run = Script(chunks: 1).OnEach(WorkflowNames.PrepareImages, new PermanentFailureException("Stash has no tag."));

        Assert.Equal("Stash has no tag.", Run(run).Failure);
        Assert.Equal(["PrepareImages"], run.Steps);
        Assert.Equal(ProgressStage.Failed, run.Statuses[^1].Stage);
    }

    [Fact]
    public void A_list_without_usable_settings_is_marked_as_failed_whole()
    {
        var run = Script(chunks: 2)
            .OnEach(
                WorkflowNames.PrepareImages,
                new ImagesPrepared
                {
                    Total = 100,
                    Chunks = 2,
                    BatchSize = 50,
                    Failure = "There is nothing to look for.",
                }
            );

        Assert.Equal("There is nothing to look for.", Run(run).Failure);
        Assert.Equal(["PrepareImages", "FailImages", "FailImages", "FinishImages"], run.Steps);
    }

    [Fact]
    public void Gives_both_reasons_when_marking_a_failure_fails()
    {
        var run = Script(chunks: 1)
            .OnEach(WorkflowNames.PublishImages, new PermanentFailureException("refused"))
            .OnEach(WorkflowNames.FailImages, new PermanentFailureException("refused again"));

        Assert.Equal("refused (VLM_Errored could not be set: refused again)", Run(run).Failure);
    }

    [Fact]
    public void Media_that_is_away_is_tried_five_times_then_given_up()
    {
        var run = Script(chunks: 1)
            .On<AnalyzeImagesInput, AnalyzeImagesOutput>(
                WorkflowNames.AnalyzeImages,
                input =>
                    input.GiveUpMedia
                        ? Analyzed
                        : new AnalyzeImagesOutput
                        {
                            Remaining = 3,
                            MediaAway = 3,
                            Reason = "The share is away",
                        }
            );

        Assert.NotNull(Run(run).Output);
        Assert.Equal(6, run.CallsOf(WorkflowNames.AnalyzeImages));
        Assert.All(run.Timers, wait => Assert.Equal(TimeSpan.FromSeconds(20), wait));
    }

    [Fact]
    public void Three_steps_without_progress_end_the_run()
    {
        var run = Script(chunks: 1).OnEach(WorkflowNames.AnalyzeImages, new AnalyzeImagesOutput { Remaining = 50, Reason = "deadline" });

        Assert.Equal("No image could be finished in 3 steps: deadline", Run(run).Failure);
        Assert.Equal(3, run.CallsOf(WorkflowNames.AnalyzeImages));
    }

    [Fact]
    public void A_suspension_is_no_step_without_progress()
    {
        var run = Script(chunks: 1)
            .OnEach(
                WorkflowNames.AnalyzeImages,
                [.. Enumerable.Repeat<object>(new AnalyzeImagesOutput { Remaining = 50, Stopped = true }, 10), Analyzed]
            );

        Assert.NotNull(Run(run).Output);
        Assert.All(run.Timers, wait => Assert.Equal(TimeSpan.FromSeconds(1), wait));
    }

    [Fact]
    public void Held_before_it_writes_it_asks_again_after_it_was_resumed()
    {
        var run = Script(chunks: 1)
            .OnEach(WorkflowNames.PublishImages, new PublishImagesOutput { Held = true }, new PublishImagesOutput { Done = 50 });

        Assert.NotNull(Run(run).Output);
        Assert.Equal(["PublishImages", "timer 1s", "PublishImages", "FinishImages"], run.Steps.TakeLast(4));
    }

    [Fact]
    public void Continues_as_new_with_nothing_pending_and_prepares_once()
    {
        var run = Script(chunks: 100);

        Assert.NotNull(Run(run).Output);
        Assert.Equal(3, run.Histories.Count);
        Assert.All(run.Histories, history => Assert.Empty(history.DroppedByContinuing));
        Assert.Equal(1, run.CallsOf(WorkflowNames.PrepareImages));
        Assert.Equal(Enumerable.Range(0, 100), run.InputsOf<ImageChunkInput>(WorkflowNames.PublishImages).Select(input => input.Chunk));
    }

    [Fact]
    public void Also_marking_failures_continues_as_new_and_keeps_the_reason()
    {
        var run = Script(chunks: 100).OnEach(WorkflowNames.AnalyzeImages, new PermanentFailureException("The model is unknown."));

        Assert.Equal("The model is unknown.", Run(run).Failure);
        Assert.Equal(3, run.Histories.Count);
        Assert.Equal(100, run.CallsOf(WorkflowNames.FailImages));
    }

    [Fact]
    public void Progress_reaches_100_percent_only_at_the_end()
    {
        var run = Script(chunks: 2);

        Run(run);

        Assert.All(run.Statuses.SkipLast(1), status => Assert.InRange(status.Percent, 0, 99.9));
        Assert.Equal((ProgressStage.Done, 100), (run.Statuses[^1].Stage, run.Statuses[^1].Percent));
    }

    private static ScriptedEnd<TagImagesOutput> Run(ScriptedRun run) =>
        run.Run(() => new TagImagesOrchestrator(), new TagImagesInput(), "images-1");

    private static ScriptedRun Script(int chunks, TimeSpan? giveUpAfter = null) =>
        new ScriptedRun()
            .OnEach(
                WorkflowNames.PrepareImages,
                new ImagesPrepared
                {
                    Total = chunks * 50,
                    Chunks = chunks,
                    BatchSize = 50,
                    GiveUpAfter = giveUpAfter,
                }
            )
            .OnEach(WorkflowNames.AnalyzeImages, Analyzed)
            .OnEach(WorkflowNames.PublishImages, new PublishImagesOutput { Done = 50 })
            .OnEach(WorkflowNames.FailImages, new PublishImagesOutput { Failed = 50 })
            .OnEach(WorkflowNames.FinishImages, new TagImagesOutput { Done = chunks * 50 });

    private static AnalyzeImagesOutput Away() =>
        new()
        {
            Remaining = 50,
            Reason = "lm-studio does not answer",
            RetryAfter = TimeSpan.FromSeconds(30),
        };
}
