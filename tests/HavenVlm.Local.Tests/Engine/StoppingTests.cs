using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Tests.Engine;

namespace HavenVlm.Local.Tests.Engine;

/// <summary>Stopping while something does not stop: the engine waits for seconds, and no longer.</summary>
public sealed class StoppingTests : IAsyncDisposable
{
    private readonly EngineHarness _harness = new();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task An_activity_that_ignores_its_cancellation_does_not_hold_the_process()
    {
        _harness.Define<string, string>("One", (context, gate) => context.CallActivityAsync<string>("Stubborn", gate));
        await _harness.StartAsync();
        await _harness.BeginAsync("One", "gate");
        await _harness.Gates.ArrivalAsync("gate");

        var started = TimeProvider.System.GetTimestamp();
        await _harness.StopAsync();
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        _harness.Gates.Open("gate");
        await _harness.StartAsync();

        // What it threw after it was cancelled counted for nothing.
        Assert.Equal("gate", (await _harness.EndOfAsync()).Output?.GetString());
    }

    [Fact]
    public async Task An_orchestrator_that_blocks_does_not_hold_the_process()
    {
        using var gate = new ManualResetEventSlim();
        using var blocked = new ManualResetEventSlim();
        _harness.Define<string, string>(
            "Block",
            (_, text) =>
            {
                blocked.Set();
                gate.Wait();
                return Task.FromResult(text);
            }
        );
        await _harness.StartAsync();
        await _harness.BeginAsync("Block", "x");
        await _harness.UntilAsync(() => blocked.IsSet);

        var started = TimeProvider.System.GetTimestamp();
        await _harness.StopAsync();
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(5));

        gate.Set();
        await _harness.StartAsync();
        Assert.Equal("x", (await _harness.EndOfAsync()).Output?.GetString());
    }

    [Fact]
    public async Task An_orchestrator_that_changes_again_fails_its_instance()
    {
        for (var version = 0; version < 3; version++)
        {
            var name = version == 1 ? "Stubborn" : "Gated";
            _harness.ForgetDefinitions();
            _harness.Define<string, string>("Tag", (context, _) => context.CallActivityAsync<string>(name, "gate"));
            await _harness.StartAsync();
            await _harness.BeginAsync("Tag", "");
            if (version < 2)
            {
                await _harness.UntilAsync(() => _harness.Engine.ReadHistory("one").Any(e => e.Name == name));
                await _harness.StopAsync();
            }
        }

        var ended = await _harness.EndOfAsync();

        Assert.Equal(RuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Contains(
            "The history no longer fits the orchestrator Tag: at position 3",
            ended.Output?.GetString(),
            StringComparison.Ordinal
        );
        _harness.Gates.Open("gate");
    }
}
