using HavenVlm.Core.Workflows.Ports;
using HavenVlm.EngineHost;
using HavenVlm.Local.Engine.Journal;
using HavenVlm.Local.Engine.Running;
using HavenVlm.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace HavenVlm.Local.Tests.Engine;

/// <summary>Many callers who start, join, hold, end, retry and forget the same instances at once.</summary>
public sealed class StressTests : IDisposable
{
    private static readonly RuntimeStatus[] Active = [RuntimeStatus.Pending, RuntimeStatus.Running, RuntimeStatus.Suspended];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1024)]
    public async Task Whatever_is_done_to_instances_none_gets_stuck_and_results_are_right(int live)
    {
        using var folder = await DataFolderLock.AcquireAsync(_folder.Path, TimeProvider.System, CancellationToken.None);
        await using var services = TreeOrchestrator.CreateServices();
        await using var engine = new EmbeddedEngine(
            TreeOrchestrator.Catalog,
            services,
            folder,
            TimeProvider.System,
            new EngineOptions { MaxConcurrentActivities = 16, MaxLiveInstances = live },
            NullLogger<EmbeddedEngine>.Instance
        );
        await engine.StartAsync(CancellationToken.None);
        var seed = new Random().Next();

        await Task.WhenAll(Enumerable.Range(0, 12).Select(caller => CallAsync(engine, new Random(seed + caller))));
        for (var i = 0; i < 20; i++)
        {
            await engine.ResumeAsync($"tree-{i}", "end", CancellationToken.None);
        }

        await EndOfAllAsync(engine, seed);
        var ended = await engine.ListAsync(
            new InstanceQuery { Statuses = [RuntimeStatus.Completed], WithInput = true },
            CancellationToken.None
        );
        Assert.All(
            ended.Instances,
            i => Assert.Equal(TreeOrchestrator.Expected(Input(int.Parse(i.InstanceId.Value["tree-".Length..]))), i.Output?.GetInt64())
        );
        Assert.DoesNotContain(ended.Instances, i => i.RuntimeStatus == RuntimeStatus.Failed);
        Assert.Equal(0, engine.OpenActivities);
        Assert.Equal(0, engine.WaitingTimers);
        Assert.Equal(0, engine.LiveInstances);
    }

    private static TreeInput Input(int number) => new(Tree.Random(new Random(number), depth: 2), Rounds: 2, Sum: 0);

    private static async Task CallAsync(EmbeddedEngine engine, Random random)
    {
        for (var i = 0; i < 100; i++)
        {
            var number = random.Next(20);
            var id = $"tree-{number}";
            switch (random.Next(10))
            {
                case 0:
                    await engine.SuspendAsync(id, "hold", CancellationToken.None);
                    break;
                case 1 or 2:
                    await engine.ResumeAsync(id, "go on", CancellationToken.None);
                    break;
                case 3:
                    await engine.TerminateAsync(id, "end", CancellationToken.None);
                    break;
                case 4:
                    await engine.RetryAsync(id, "again", CancellationToken.None);
                    break;
                case 5:
                    await engine.PurgeAsync(id, CancellationToken.None);
                    break;
                case 6:
                    await engine.ListAsync(new InstanceQuery { Statuses = Active, Top = 5 }, CancellationToken.None);
                    break;
                default:
                    await engine.StartAsync("Tree", id, Input(number), CancellationToken.None);
                    break;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(4)));
        }
    }

    private static async Task EndOfAllAsync(EmbeddedEngine engine, int seed)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        while (true)
        {
            var active = await engine.ListAsync(new InstanceQuery { Statuses = Active }, CancellationToken.None);
            if (active.Instances.Count == 0 && engine is { OpenActivities: 0, LiveInstances: 0 })
            {
                return;
            }

            Assert.False(
                deadline.IsCancellationRequested,
                $"seed {seed}: stuck with {engine.OpenActivities} activities, {engine.LiveInstances} live, "
                    + string.Join(", ", active.Instances.Select(i => $"{i.InstanceId} {i.RuntimeStatus}"))
            );
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }
}
