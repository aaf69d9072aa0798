using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Tests.Engine;

namespace HavenVlm.Local.Tests.Engine;

/// <summary>A large library leaves many instances.</summary>
public sealed class ManyInstancesTests : IAsyncDisposable
{
    private readonly EngineHarness _harness = new();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task Ten_thousand_instances_are_listed_quickly()
    {
        _harness.Define<int, int>("Same", (_, number) => Task.FromResult(number));
        await _harness.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 10_000).Select(n => _harness.BeginAsync("Same", n, $"scene-{n}")));
        await _harness.BeginAsync("Same", 0, "sweep");
        await _harness.EndOfAsync("sweep");
        await _harness.UntilAsync(() => _harness.Engine.LiveInstances == 0);

        InstanceQuery[] queries =
        [
            new() { Top = 50 },
            new() { Top = 50, Statuses = [RuntimeStatus.Running, RuntimeStatus.Pending] },
            new() { Top = 50, Prefix = "sweep" },
            new()
            {
                Top = 50,
                Prefix = "scene-",
                Statuses = [RuntimeStatus.Completed, RuntimeStatus.Failed],
            },
        ];
        var started = TimeProvider.System.GetTimestamp();
        foreach (var query in queries)
        {
            await _harness.Engine.ListAsync(query, CancellationToken.None);
        }

        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        var page = await _harness.Engine.ListAsync(new InstanceQuery { Prefix = "sw" }, CancellationToken.None);
        Assert.Equal("sweep", Assert.Single(page.Instances).InstanceId);
    }
}
