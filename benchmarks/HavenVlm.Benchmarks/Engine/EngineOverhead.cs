using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Local.Engine.Journal;
using HavenVlm.Local.Engine.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace HavenVlm.Benchmarks.Engine;

/// <summary>What the embedded engine costs for each activity, with its journal on a real disk and no work in the activity.</summary>
internal static class EngineOverhead
{
    private const int Instances = 100;
    private const int PerInstance = 100;

    public static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var rate = await Median.OfAsync(options.Runs, () => MeasureAsync(cancellationToken));
        return
        [
            Row.AtLeast("engine: journalled activities a second, 100 instances side by side", 2_000, rate, "", "0"),
            Row.AtMost("engine: time of an activity in which nothing is done", 1, 1000 / rate, " ms"),
        ];
    }

    private static async Task<double> MeasureAsync(CancellationToken cancellationToken)
    {
        var path = Directory.CreateTempSubdirectory("haven-bench-");
        try
        {
            var catalog = new WorkflowCatalog().AddOrchestrator<int, int>("Steps", () => new Steps()).AddActivity<Step, int, int>("Step");
            await using var services = new ServiceCollection().AddLogging().AddScoped<Step>().BuildServiceProvider();
            using var folder = await DataFolderLock.AcquireAsync(path.FullName, TimeProvider.System, cancellationToken);
            await using var engine = new EmbeddedEngine(
                catalog,
                services,
                folder,
                TimeProvider.System,
                new EngineOptions { MaxConcurrentActivities = 256 },
                NullLogger<EmbeddedEngine>.Instance
            );
            await engine.StartAsync(cancellationToken);
            var since = TimeProvider.System.GetTimestamp();
            for (var i = 0; i < Instances; i++)
            {
                await engine.StartAsync("Steps", $"steps-{i}", PerInstance, cancellationToken);
            }

            for (var i = 0; i < Instances; i++)
            {
                OrchestrationInstance? instance;
                while ((instance = await engine.GetAsync($"steps-{i}", withInput: false, cancellationToken)) is not { HasEnded: true })
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(10), cancellationToken);
                }

                if (instance.RuntimeStatus != RuntimeStatus.Completed)
                {
                    throw new InvalidOperationException($"{instance.InstanceId} ended {instance.RuntimeStatus}");
                }
            }

            return Instances * PerInstance / TimeProvider.System.GetElapsedTime(since).TotalSeconds;
        }
        finally
        {
            path.Delete(recursive: true);
        }
    }

    private sealed class Steps : IOrchestrator<int, int>
    {
        public async Task<int> RunAsync(IOrchestrationContext context, int input)
        {
            var sum = 0;
            for (var i = 0; i < input; i++)
            {
                sum += await context.CallActivityAsync<int>("Step", i);
            }

            return sum;
        }
    }

    private sealed class Step : IActivity<int, int>
    {
        public Task<int> RunAsync(int input, CancellationToken cancellationToken) => Task.FromResult(input);
    }
}
