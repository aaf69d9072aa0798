using System.Collections.Concurrent;
using HavenVlm.Core.Storage;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;
using HavenVlm.Local.Engine.Journal;
using HavenVlm.Local.Engine.Running;
using HavenVlm.Local.UnitTests.Engine.Replay;
using HavenVlm.Tests.Engine;
using HavenVlm.Tests.Shared;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace HavenVlm.Local.UnitTests.Engine.Running;

/// <summary>What the embedded engine does beyond the contract.</summary>
public sealed class EmbeddedEngineTests : IAsyncDisposable
{
    private readonly EngineHarness _harness = new();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Theory]
    [InlineData("bca")]
    [InlineData("cab")]
    public async Task A_history_is_recorded_in_the_order_in_which_things_happened(string order)
    {
        _harness.Define<string, string>("Tag", TagAsync);
        await _harness.StartAsync();
        await _harness.BeginAsync("Tag", "scene-1");
        foreach (var (gate, i) in order.Select((gate, i) => ($"{gate}", i)))
        {
            _harness.Gates.Open(gate);
            var seen = order[..(i + 1)];
            await _harness.UntilAsync(instance => string.Equals(instance.CustomStatus?.GetString(), seen, StringComparison.Ordinal));
        }

        await _harness.UntilAsync(() => _harness.Engine.ReadHistory("one").Any(e => e.Task == 5));

        // The recorded one calls its first and last activity differently and has the last result, too.
        var expected = RecordedHistory
            .Load($"tag-{order}")
            .Events.Take(11)
            .Select(e => e.Name is "Prepare" ? e with { Name = "Echo" } : e)
            .Select(e => e.Name is "Publish" ? e with { Name = "Gated" } : e)
            .Select(e => e.Kind == HistoryEventKind.ActivityCompleted && e.Task == 1 ? e with { Data = "\"scene-1\"" } : e)
            .Select(e => e.Task == 5 ? e with { Data = $"\"{order}\"" } : e);
        Assert.Equal(RecordedHistory.Outline(expected), RecordedHistory.Outline(_harness.Engine.ReadHistory("one")));
        _harness.Gates.Open(order);
        Assert.Equal(order, (await _harness.EndOfAsync()).Output?.GetString());
    }

    [Fact]
    public async Task Terminating_cancels_the_activities_of_the_instance_alone()
    {
        _harness.Define<string, string>("Wait", (context, gate) => context.CallActivityAsync<string>("Gated", gate));
        await _harness.StartAsync();
        await _harness.BeginAsync("Wait", "a", "one");
        await _harness.BeginAsync("Wait", "b", "two");
        await _harness.Gates.ArrivalAsync("a");
        await _harness.Gates.ArrivalAsync("b");

        await _harness.Engine.TerminateAsync("one", "stop", CancellationToken.None);

        await _harness.UntilAsync(() => _harness.Logs.Lines.Any(l => l.Message == "The activity Gated was stopped"));
        _harness.Gates.Open("a");
        _harness.Gates.Open("b");
        Assert.Equal("b", (await _harness.EndOfAsync("two")).Output?.GetString());
        Assert.Equal(["b"], _harness.Gates.Log, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Activities_that_lost_a_race_are_cancelled_when_the_instance_ends_or_continues_as_new()
    {
        _harness.Define<int, int>(
            "Race",
            async (context, round) =>
            {
                var slow = context.CallActivityAsync<string>("Gated", $"never-{round}");
                await Task.WhenAny(slow, context.CallActivityAsync<string>("Gated", $"quick-{round}"));
                if (round == 0)
                {
                    context.ContinueAsNew(1);
                }

                return round;
            }
        );
        await _harness.StartAsync();
        await _harness.BeginAsync("Race", 0);
        foreach (var round in (int[])[0, 1])
        {
            await _harness.Gates.ArrivalAsync($"never-{round}");
            _harness.Gates.Open($"quick-{round}");
        }

        await _harness.EndOfAsync();

        await _harness.UntilAsync(() => _harness.Logs.Lines.Count(l => l.Message == "The activity Gated was stopped") == 2);
    }

    [Fact]
    public async Task No_more_activities_run_at_once_than_allowed()
    {
        _harness.Options = new EngineOptions { MaxConcurrentActivities = 2 };
        _harness.Define<string, int>(
            "Fan",
            async (context, _) => (await Task.WhenAll("abcdef".Select(g => context.CallActivityAsync<string>("Gated", $"{g}")))).Length
        );
        await _harness.StartAsync();
        await _harness.BeginAsync("Fan", "");
        await _harness.Gates.ArrivalAsync("a");
        await _harness.Gates.ArrivalAsync("b");

        Assert.False(_harness.Gates.HasArrived("c"));
        _harness.Gates.Open("b");
        await _harness.Gates.ArrivalAsync("c");
        Assert.False(_harness.Gates.HasArrived("d"));

        foreach (var gate in "acdef")
        {
            _harness.Gates.Open($"{gate}");
        }

        Assert.Equal(6, (await _harness.EndOfAsync()).Output?.GetInt32());
    }

    [Fact]
    public async Task Publishes_changes()
    {
        var changed = new ConcurrentQueue<string>();
        _harness.Define<string, string>(
            "Tell",
            async (context, gate) =>
            {
                context.SetCustomStatus("waiting");
                return await context.CallActivityAsync<string>("Gated", gate);
            }
        );
        await _harness.StartAsync();
        _harness.Engine.Changed += changed.Enqueue;
        _harness.Engine.Changed += _ => throw new InvalidDataException("a bad listener");

        await _harness.BeginAsync("Tell", "gate");
        await _harness.UntilAsync(i => i.CustomStatus is not null);
        await _harness.UntilAsync(() => changed.Count >= 3);
        var before = changed.Count;
        _harness.Gates.Open("gate");
        await _harness.EndOfAsync();
        await _harness.UntilAsync(() => changed.Count > before);
        await _harness.Engine.PurgeAsync("one", CancellationToken.None);
        await _harness.UntilAsync(() => changed.Count > before + 1);

        Assert.All(changed, id => Assert.Equal("one", id));
    }

    [Fact]
    public async Task Ended_instances_are_forgotten_after_a_while()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero));
        await using var harness = new EngineHarness { Time = time };
        harness.Options = new EngineOptions { KeepHistory = () => TimeSpan.FromDays(2), CleanUpInterval = TimeSpan.FromHours(1) };
        harness.Define<string, string>("Same", (_, text) => Task.FromResult(text));
        harness.Define<string, string>("Wait", (context, gate) => context.CallActivityAsync<string>("Gated", gate));
        await harness.StartAsync();
        await harness.BeginAsync("Same", "x", "old");
        await harness.BeginAsync("Wait", "gate", "running");
        await harness.EndOfAsync("old");
        await harness.Gates.ArrivalAsync("gate");
        time.Advance(TimeSpan.FromDays(1));
        await harness.BeginAsync("Same", "y", "young");
        await harness.EndOfAsync("young");

        time.Advance(TimeSpan.FromHours(25));
        await harness.UntilAsync(() => harness.Engine.GetAsync("old", withInput: false, CancellationToken.None).Result is null);

        Assert.NotNull(await harness.Engine.GetAsync("young", withInput: false, CancellationToken.None));
        Assert.NotNull(await harness.Engine.GetAsync("running", withInput: false, CancellationToken.None));
    }

    [Theory]
    [InlineData(WorkflowNames.TagScene, "runs")]
    [InlineData(WorkflowNames.TagScenes, "requests")]
    [InlineData(WorkflowNames.TagImages, "requests")]
    [InlineData(WorkflowNames.CollectIncorrect, "exports")]
    [InlineData(WorkflowNames.Undo, "undo")]
    [InlineData(WorkflowNames.FindMarkerSettings, "tuning")]
    public async Task What_an_instance_wrote_goes_when_it_is_forgotten(string orchestrator, string folder)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero));
        using var files = new TempFolder();
        var store = new FileArtifactStore(files.Path);
        await using var harness = new EngineHarness { Time = time };
        harness.Options = new EngineOptions { KeepHistory = () => TimeSpan.FromDays(2), Artifacts = new InstanceArtifacts(store) };
        harness.Define<string, string>(orchestrator, (_, text) => Task.FromResult(text));
        string[] stays = [$"{folder}/old-2/part.json", "scenes/1/latest.json"];
        foreach (var name in (string[])[.. stays, $"{folder}/old/first.json", $"{folder}/old/20260301/second.json"])
        {
            await store.WriteOnceAsync(name, "{}"u8.ToArray(), CancellationToken.None);
        }

        await harness.StartAsync();
        await harness.BeginAsync(orchestrator, "x", "old");
        await harness.EndOfAsync("old");

        time.Advance(TimeSpan.FromHours(49));
        await harness.UntilAsync(() => harness.Engine.GetAsync("old", withInput: false, CancellationToken.None).Result is null);
        await harness.UntilAsync(() => Names().Count <= stays.Length);

        Assert.Equal(stays.Order(StringComparer.Ordinal), Names());

        List<string> Names() => store.ListAsync("", CancellationToken.None).ToBlockingEnumerable().ToList();
    }

    [Fact]
    public async Task Instances_that_wait_long_are_not_kept_in_memory()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero));
        await using var harness = new EngineHarness { Time = time };
        harness.Define<int, int>(
            "Outage",
            async (context, number) =>
            {
                await context.CreateTimerAsync(context.CurrentUtc.AddHours(1), CancellationToken.None);
                return await context.CallActivityAsync<int>("Double", number);
            }
        );
        await harness.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 500).Select(n => harness.BeginAsync("Outage", n, $"n-{n}")));
        await harness.UntilAsync(() => harness.Engine.WaitingTimers == 500 && harness.Engine.LiveInstances == 0);

        time.Advance(TimeSpan.FromHours(1));

        for (var n = 0; n < 500; n++)
        {
            Assert.Equal(2 * n, (await harness.EndOfAsync($"n-{n}")).Output?.GetInt32());
        }

        await harness.UntilAsync(() => harness.Engine.LiveInstances == 0);
    }

    [Fact]
    public async Task No_more_instances_are_kept_in_memory_than_allowed()
    {
        _harness.Options = new EngineOptions { MaxConcurrentActivities = 300, MaxLiveInstances = 20 };
        _harness.Define<string, string>(
            "Scene",
            async (context, _) =>
            {
                await context.CallActivityAsync<string>("Echo", "prepare");
                await context.CallActivityAsync<string>("Gated", "all");
                return await context.CallActivityAsync<string>("Echo", "publish");
            }
        );
        await _harness.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(n => _harness.BeginAsync("Scene", "", $"n-{n}")));
        await _harness.UntilAsync(() => _harness.Gates.Log.Count == 200);
        await _harness.UntilAsync(() => _harness.Engine.LiveInstances <= 20);

        _harness.Gates.Open("all");

        for (var n = 0; n < 200; n++)
        {
            Assert.Equal("publish", (await _harness.EndOfAsync($"n-{n}")).Output?.GetString());
        }

        Assert.Equal(600, _harness.Gates.Log.Count);
    }

    [Fact]
    public async Task Refuses_an_invalid_page_with_the_allowed_range()
    {
        await _harness.StartAsync();

        var top = await Assert.ThrowsAsync<ArgumentException>(() =>
            _harness.Engine.ListAsync(new InstanceQuery { Top = 1001 }, CancellationToken.None)
        );
        var continuation = await Assert.ThrowsAsync<InvalidContinuationException>(() =>
            _harness.Engine.ListAsync(new InstanceQuery { Continuation = "next" }, CancellationToken.None)
        );

        Assert.Contains("top must be 1 to 1000, not 1001", top.Message, StringComparison.Ordinal);
        Assert.Contains("continuation", continuation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_orchestrator_that_leaves_its_thread_fails_with_the_reason()
    {
        var elsewhere = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _harness.Define<string, string>(
            "Wrong",
            async (context, text) =>
            {
                var activity = context.CallActivityAsync<string>("Gated", "gate");
                await elsewhere.Task;
                return text + await activity;
            }
        );
        await _harness.StartAsync();
        await _harness.BeginAsync("Wrong", "x");
        // The activity starts when the orchestrator has come to rest: what it waits for ends on another thread.
        await _harness.Gates.ArrivalAsync("gate");
        elsewhere.SetResult();

        var ended = await _harness.EndOfAsync();

        Assert.Equal(RuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Contains("The orchestrator Wrong left its thread", ended.Output?.GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Orchestrators_log_once_although_they_are_replayed()
    {
        _harness.Options = new EngineOptions { MaxLiveInstances = 0 };
        _harness.Define<int, int>(
            "Log",
            async (context, steps) =>
            {
                var logger = context.CreateReplaySafeLogger("Steps");
                for (var i = 0; i < steps; i++)
                {
                    logger.LogInformation("step {Step}", i);
                    await context.CallActivityAsync<int>("Double", i);
                }

                return steps;
            }
        );
        await _harness.StartAsync();
        await _harness.BeginAsync("Log", 5);
        await _harness.EndOfAsync();

        Assert.Equal(["step 0", "step 1", "step 2", "step 3", "step 4"], _harness.Logs.Of("Steps"), StringComparer.Ordinal);
    }

    private static async Task<string> TagAsync(IOrchestrationContext context, string scene)
    {
        await context.CallActivityAsync<string>("Echo", scene);
        var running = "abc".Select(part => context.CallActivityAsync<string>("Gated", $"{part}")).ToList();
        var seen = "";
        while (running.Count > 0)
        {
            var first = await Task.WhenAny(running);
            running.Remove(first);
            seen += await first;
            context.SetCustomStatus(seen);
        }

        return await context.CallActivityAsync<string>("Gated", seen);
    }
}
