using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Tests.Engine;

namespace HavenVlm.Local.UnitTests.Engine.Journal;

/// <summary>Lists of instances that change while they are read.</summary>
public sealed class InstanceReaderTests : IAsyncDisposable
{
    private const int Instances = 8;
    private const int Lists = 400;
    private readonly EngineHarness _harness = new();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task An_instance_that_goes_from_one_state_to_the_other_is_listed_once()
    {
        _harness.Define<string, string>("Wait", (context, gate) => context.CallActivityAsync<string>("Gated", gate));
        await _harness.StartAsync();
        string[] ids = [.. Enumerable.Range(0, Instances).Select(n => $"scene-{n}")];
        foreach (var id in ids)
        {
            await _harness.BeginAsync("Wait", "gate", id);
        }

        using var listed = new CancellationTokenSource();
        var switching = Task.WhenAll(ids.Select(id => SwitchAsync(id, listed.Token)));
        var query = new InstanceQuery { Statuses = [RuntimeStatus.Pending, RuntimeStatus.Running, RuntimeStatus.Suspended] };
        for (var i = 0; i < Lists; i++)
        {
            var page = await _harness.Engine.ListAsync(query, CancellationToken.None);
            Assert.Equal(ids, page.Instances.Select(instance => instance.InstanceId.Value).Order(StringComparer.Ordinal));
        }

        await listed.CancelAsync();
        await switching;
        _harness.Gates.Open("gate");
    }

    private async Task SwitchAsync(string id, CancellationToken untilListed)
    {
        while (!untilListed.IsCancellationRequested)
        {
            await _harness.Engine.SuspendAsync(id, "", CancellationToken.None);
            await _harness.Engine.ResumeAsync(id, "", CancellationToken.None);
        }
    }
}
