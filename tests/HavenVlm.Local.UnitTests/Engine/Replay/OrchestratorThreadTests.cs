using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Local.Engine.Replay;

namespace HavenVlm.Local.UnitTests.Engine.Replay;

/// <summary>Orchestrator code runs on one thread; leaving it is found out and named.</summary>
public sealed class OrchestratorThreadTests
{
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Configure_await_false_is_named()
    {
        var run = TestRuns.Begin(
            async (context, _) =>
            {
#pragma warning disable CA2007 // The mistake that is to be found.
                var first = await context.CallActivityAsync<string>("A", null).ConfigureAwait(false);
#pragma warning restore CA2007
                return first + await context.CallActivityAsync<string>("B", null);
            },
            Left
        );

        run.Deliver(TestRuns.Result(1, "\"a\""));

        await IsNamedAsync(run);
    }

    [Fact]
    public async Task Ending_elsewhere_is_named()
    {
        var run = TestRuns.Begin(
            async (context, _) =>
            {
#pragma warning disable CA2007 // The mistake that is to be found.
                return await context.CallActivityAsync<string>("A", null).ConfigureAwait(false);
#pragma warning restore CA2007
            },
            Left
        );

        run.Deliver(TestRuns.Result(1, "\"a\""));

        await IsNamedAsync(run);
    }

    [Fact]
    public void Waiting_for_something_else_alone_is_named_at_once()
    {
        var run = TestRuns.Begin(
            async (_, _) =>
            {
                await Task.Delay(TimeSpan.FromHours(1));
                return "";
            },
            Left
        );

        Assert.Equal(new RunOutcome(RunEnd.Failed, OrchestratorRun.LeftItsThread("Test")), run.Outcome);
    }

    [Fact]
    public async Task Waiting_for_something_else_beside_an_activity_is_named_when_it_comes()
    {
        var foreign = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var run = TestRuns.Begin(
            async (context, _) =>
            {
                await Task.WhenAny(context.CallActivityAsync<string>("A", null), foreign.Task);
                return "";
            },
            Left
        );
        Assert.Null(run.Outcome);

        await Task.Run(foreign.SetResult);

        await IsNamedAsync(run);
    }

    [Fact]
    public async Task Work_on_the_thread_pool_is_named()
    {
        var gate = new TaskCompletionSource();
        var run = TestRuns.Begin(
            async (context, _) =>
            {
                var activity = context.CallActivityAsync<string>("A", null);
                await Task.Run(() => gate.Task);
                return await activity;
            },
            Left
        );
        gate.SetResult();

        await IsNamedAsync(run);
    }

    [Fact]
    public async Task Using_the_context_from_elsewhere_is_refused()
    {
        IOrchestrationContext? escaped = null;
        var run = TestRuns.Begin(
            (context, _) =>
            {
                escaped = context;
                return context.CallActivityAsync<string>("A", null);
            },
            Left
        );

        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => escaped!.CallActivityAsync<string>("B", null));
        Assert.Throws<InvalidOperationException>(() => escaped!.CurrentUtc);

        Assert.Equal(OrchestratorRun.LeftItsThread("Test"), e.Message);
        await IsNamedAsync(run);
    }

    [Fact]
    public void Cancelling_a_timer_from_elsewhere_is_named()
    {
        using var cancellation = new CancellationTokenSource();
        var run = TestRuns.Begin(
            async (context, _) =>
            {
                await context.CreateTimerAsync(context.CurrentUtc.AddDays(1), cancellation.Token);
                return "";
            },
            Left
        );

        cancellation.Cancel();

        run.CheckThread();
        Assert.Equal(RunEnd.Failed, run.Outcome?.End);
    }

    [Fact]
    public void Continuations_factories_semaphores_and_yields_stay_on_the_thread()
    {
        var run = TestRuns.Begin(
            async (context, _) =>
            {
                using var slots = new SemaphoreSlim(2);
                var thread = Environment.CurrentManagedThreadId;
                var strays = 0;
                void Look() => strays += Environment.CurrentManagedThreadId == thread ? 0 : 1;
                async Task<int> OneAsync(int n)
                {
                    await slots.WaitAsync();
                    Look();
                    var result = await context.CallActivityAsync<int>("A", n);
                    Look();
                    slots.Release();
                    return result;
                }

                await Task.Yield();
                Look();
#pragma warning disable CA2008, MA0134 // Without a scheduler on purpose: the current one must be the orchestrator's.
                var continued = context
                    .CallActivityAsync<int>("A", 0)
                    .ContinueWith(
                        t =>
                        {
                            Look();
                            return t.Result;
                        },
                        CancellationToken.None
                    );
                await Task.Factory.StartNew(Look, CancellationToken.None);
#pragma warning restore CA2008, MA0134
                var all = await Task.WhenAll([continued, .. Enumerable.Range(1, 5).Select(OneAsync)]);
                Look();
                return $"{all.Sum()} strays {strays}";
            },
            Left
        );

        for (var task = 1; task <= 6; task++)
        {
            Assert.Null(run.Outcome);
            run.Deliver(TestRuns.Result(task, $"{task}"));
        }

        Assert.Equal(new RunOutcome(RunEnd.Completed, "\"21 strays 0\""), run.Outcome);
    }

    [Fact]
    public void An_async_void_method_that_throws_fails_the_run()
    {
        var run = TestRuns.Begin(
            (context, _) =>
            {
#pragma warning disable MA0155, MA0147, VSTHRD100, VSTHRD101 // The mistake that is to be found.
                async void Forget()
                {
                    await Task.Yield();
                    throw new InvalidDataException("nobody listens");
                }
#pragma warning restore MA0155, MA0147, VSTHRD100, VSTHRD101
                Forget();
                return context.CallActivityAsync<string>("A", null);
            },
            Left
        );

        Assert.Equal(RunEnd.Failed, run.Outcome?.End);
        Assert.Contains("nobody listens", run.Outcome?.Data, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_of_the_wrong_shape_fails_the_call()
    {
        var run = TestRuns.Begin((context, _) => context.CallActivityAsync<int>("A", null), Left);

        run.Deliver(TestRuns.Result(1, "\"text\""));

        Assert.Equal(RunEnd.Failed, run.Outcome?.End);
        Assert.Contains("A: Its result cannot be read as Int32", run.Outcome?.Data, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_wins_over_continuing_as_new()
    {
        var run = TestRuns.Begin<string>(
            (context, _) =>
            {
                context.ContinueAsNew("next");
                throw new PermanentFailureException("no");
            },
            Left
        );

        Assert.Equal(new RunOutcome(RunEnd.Failed, "no"), run.Outcome);
    }

    private void Left() => _left.TrySetResult();

    private async Task IsNamedAsync(OrchestratorRun run)
    {
        await _left.Task.WaitAsync(TimeSpan.FromMinutes(3));
        run.CheckThread();
        Assert.Equal(new RunOutcome(RunEnd.Failed, OrchestratorRun.LeftItsThread("Test")), run.Outcome);
    }
}
