using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Local.Engine.Journal;
using HavenVlm.Local.Engine.Replay;
using HavenVlm.Tests.Engine;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HavenVlm.Local.UnitTests.Engine.Replay;

/// <summary>Recorded histories against their orchestrators, as they were and as they became.</summary>
public sealed class ReplayTests
{
    [Theory]
    [InlineData("abc")]
    [InlineData("acb")]
    [InlineData("bac")]
    [InlineData("bca")]
    [InlineData("cab")]
    [InlineData("cba")]
    public void Parallel_branches_are_delivered_in_the_recorded_order(string order)
    {
        var run = Replay($"tag-{order}", ReplayOrchestrators.TagAsync);

        Assert.Equal(new RunOutcome(RunEnd.Completed, $"\"done {order}\""), run.Outcome);
        Assert.Empty(run.TakeNew().Requests);
    }

    [Fact]
    public void Attempts_and_the_waits_between_them_are_found_again()
    {
        var run = Replay("retry", ReplayOrchestrators.RetryAsync);

        Assert.Equal(new RunOutcome(RunEnd.Completed, "\"published\""), run.Outcome);
    }

    [Theory]
    [InlineData("deadline-met", "p at 10:00:30")]
    [InlineData("deadline-missed", "too late at 10:01:00")]
    public void What_happened_first_wins_again_and_the_clock_shows_when(string history, string result)
    {
        var run = Replay(history, ReplayOrchestrators.DeadlineAsync);

        Assert.Equal(new RunOutcome(RunEnd.Completed, $"\"{result}\""), run.Outcome);
    }

    [Fact]
    public void What_happened_while_suspended_is_delivered_in_order_when_resumed()
    {
        var run = Replay("deadline-suspended", ReplayOrchestrators.DeadlineAsync);

        Assert.Equal(new RunOutcome(RunEnd.Completed, "\"p at 12:00:00\""), run.Outcome);
    }

    [Theory]
    [InlineData("tag-bca")]
    [InlineData("retry")]
    [InlineData("deadline-met")]
    [InlineData("deadline-missed")]
    [InlineData("deadline-suspended")]
    public void Cut_off_anywhere_and_gone_on_with_it_ends_the_same(string name)
    {
        var history = RecordedHistory.Load(name);
        var undisturbed = Replay(name, Of(history.Orchestrator));
        for (var cut = 0; cut <= history.Events.Count; cut++)
        {
            var run = Create(Of(history.Orchestrator));
            run.Replay([.. history.Events.Take(cut)]);
            // Requests of the rest are made again; only what came from outside is delivered.
            foreach (var e in history.Events.Skip(cut).Where(e => !e.IsRequest))
            {
                run.Deliver(e);
            }

            Assert.Equal(undisturbed.Outcome, run.Outcome);
            Assert.Null(run.Mismatch);
            Assert.Equal(history.Events.Skip(cut).Count(e => e.IsRequest), run.TakeNew().Requests.Count);
        }
    }

    [Fact]
    public void A_run_that_was_cut_off_asks_for_what_is_lacking()
    {
        var run = Create(ReplayOrchestrators.TagAsync);
        run.Replay([.. RecordedHistory.Load("tag-bca").Events.Take(9)]);

        Assert.Null(run.Outcome);
        Assert.Equal([2], run.Pending.Keys);
        Assert.Equal("\"bc\"", run.CustomStatus);
        Assert.Empty(run.TakeNew().Requests);
    }

    [Fact]
    public void An_orchestrator_that_asks_in_another_order_is_named_with_what_was_expected_and_found()
    {
        var run = Replay("tag-abc", ReplayOrchestrators.TagInOtherOrderAsync);

        Assert.Equal(new HistoryMismatch(3, "activity Prepare", "asked for activity Publish"), run.Mismatch);
        Assert.Equal(RunEnd.Mismatched, run.Outcome?.End);
        Assert.Equal(
            "The history no longer fits the orchestrator Test: at position 3 it holds activity Prepare, the orchestrator asked for "
                + "activity Publish. This happens when its code changed while the instance ran, or when it is not deterministic.",
            run.Outcome?.Data
        );
    }

    [Fact]
    public void An_orchestrator_that_asks_for_something_else_instead_of_a_timer_is_named()
    {
        var run = Replay("deadline-met", ReplayOrchestrators.PrepareOnlyAsync);

        Assert.Equal(new HistoryMismatch(3, "a timer", "asked for activity Prepare"), run.Mismatch);
    }

    [Fact]
    public void An_orchestrator_that_ends_before_its_history_is_named()
    {
        var run = Replay("tag-abc", ReplayOrchestrators.PrepareOnlyAsync);

        Assert.Equal(RunEnd.Mismatched, run.Outcome?.End);
        Assert.Contains(
            "at position 5 it holds activity Gated, the orchestrator ended before it",
            run.Outcome?.Data,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_orchestrator_that_no_longer_asks_is_named()
    {
        var history = RecordedHistory.Load("tag-abc").Events;
        var run = Create(
            async (context, scene) =>
            {
                await context.CallActivityAsync<string>("Prepare", scene);
                await context.CreateTimerAsync(context.CurrentUtc.AddDays(1), CancellationToken.None);
                return "";
            }
        );

        run.Replay([
            .. history.Take(4),
            history[4] with
            {
                Kind = HistoryEventKind.TimerCreated,
                Name = null,
                Due = history[4].At.AddDays(1),
            },
            history[5],
        ]);

        Assert.Contains(
            "at position 6 it holds activity Gated, the orchestrator did not request it",
            run.Outcome?.Data,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_result_that_nobody_asked_for_is_named()
    {
        var run = Replay("unasked-result", ReplayOrchestrators.TagAsync);

        Assert.Equal(
            new HistoryMismatch(4, "the result of activity number 7", "has not asked for it and waits for 1 others"),
            run.Mismatch
        );
    }

    [Fact]
    public void An_orchestrator_that_swallows_what_a_mismatch_leads_to_does_not_hide_it()
    {
        var run = Replay(
            "tag-abc",
            async (context, scene) =>
            {
                try
                {
                    return await context.CallActivityAsync<string>("Other", scene);
                }
                catch (ActivityFailedException)
                {
                    return "fine";
                }
            }
        );

        Assert.Equal(RunEnd.Mismatched, run.Outcome?.End);
    }

    [Fact]
    public void What_is_logged_is_not_logged_again()
    {
        using var logs = new LogCollector();
        using var loggers = LoggerFactory.Create(builder => builder.AddProvider(logs));
        var run = Create(
            async (context, scene) =>
            {
                var logger = context.CreateReplaySafeLogger("Orchestrator");
                logger.LogInformation("before");
                await context.CallActivityAsync<string>("Prepare", scene);
                logger.LogInformation("between");
                await context.CallActivityAsync<string>("Publish", scene);
                logger.LogInformation("after");
                return "";
            },
            loggers
        );
        var history = RecordedHistory.Load("tag-abc").Events;
        HistoryEvent publish = history[4] with { Name = "Publish" };

        run.Replay([.. history.Take(4), publish, history[7] with { Task = 2 }]);

        Assert.Equal(["after"], logs.Of("Orchestrator"), StringComparer.Ordinal);
    }

    private static OrchestratorRun Replay(string history, Func<IOrchestrationContext, string, Task<string>> orchestrator)
    {
        var run = Create(orchestrator);
        run.Replay(RecordedHistory.Load(history).Events);
        return run;
    }

    private static Func<IOrchestrationContext, string, Task<string>> Of(string orchestrator) =>
        orchestrator switch
        {
            "Tag" => ReplayOrchestrators.TagAsync,
            "Retry" => ReplayOrchestrators.RetryAsync,
            "Deadline" => ReplayOrchestrators.DeadlineAsync,
            _ => throw new ArgumentOutOfRangeException(nameof(orchestrator), orchestrator, message: null),
        };

    private static OrchestratorRun Create(Func<IOrchestrationContext, string, Task<string>> orchestrator, ILoggerFactory? loggers = null) =>
        TestRuns.Create(orchestrator, loggers ?? NullLoggerFactory.Instance);
}
