using System.Diagnostics;
using System.Text.Json;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;
using HavenVlm.StorageHost;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Azurite.Tests.Durable;

/// <summary>A running activity learns of a suspend or terminate in time, with the polling of the app's own host.json.</summary>
public sealed class TaskHubStopTests(AzuriteServer azurite)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(RuntimeStatus.Suspended)]
    [InlineData(RuntimeStatus.Terminated)]
    public async Task A_running_activity_stops_within_five_seconds(RuntimeStatus stop)
    {
        var seen = new Seen();
        await using var hub = new AppTaskHub { DeletesAtEnd = true };
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(seen)
            .AddSingleton(hub.Client)
            .AddSingleton(TimeProvider.System)
            .AddScoped<Watching>()
            .BuildServiceProvider();
        var catalog = new WorkflowCatalog()
            .AddActivity<Watching, string, string>("Watching")
            .AddOrchestrator<string, string>("Chunk", () => new Chunk());
        await hub.StartAsync(azurite.ConnectionString, TaskHubFixture.NewName(), Times(), catalog, services);
        await hub.Client.StartAsync("Chunk", "one", "one", Token);
        await seen.Begun.Task.WaitAsync(TimeSpan.FromMinutes(1), Token);
        // The queues of a host whose activities run for minutes are idle: they are polled as rarely as they ever are.
        await Task.Delay(TimeSpan.FromSeconds(4), Token);

        var watch = Stopwatch.StartNew();
        var sent =
            stop == RuntimeStatus.Suspended
                ? hub.Client.SuspendAsync("one", "pause", Token)
                : hub.Client.TerminateAsync("one", "over", Token);
        var stoppedBy = await seen.Stopped.Task.WaitAsync(TimeSpan.FromMinutes(1), Token);
        var after = watch.Elapsed;
        await sent;

        Assert.Equal(stop, stoppedBy);
        Assert.InRange(after, TimeSpan.Zero, Limit);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static TaskHubTimes Times()
    {
        using var host = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "host.json")));
        var storage = host.RootElement.GetProperty("extensions").GetProperty("durableTask").GetProperty("storageProvider");
        return TaskHubTimes.Short with { Polling = TimeSpan.Parse(storage.GetProperty("maxQueuePollingInterval").GetString()!) };
    }

    private sealed class Seen
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<RuntimeStatus?> Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Chunk : IOrchestrator<string, string>
    {
        public Task<string> RunAsync(IOrchestrationContext context, string input) =>
            context.CallActivityAsync<string>("Watching", context.InstanceId);
    }

    private sealed class Watching(Seen seen, IOrchestrationClient client, TimeProvider time) : IActivity<string, string>
    {
        public async Task<string> RunAsync(string input, CancellationToken cancellationToken)
        {
            await using var watch = InstanceWatch.Begin(client, input, time, cancellationToken);
            var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = watch.Stop.Register(stopped.SetResult);
            seen.Begun.TrySetResult();
            await stopped.Task.WaitAsync(TimeSpan.FromMinutes(1), cancellationToken);
            seen.Stopped.TrySetResult(watch.StoppedBy);
            return input;
        }
    }
}
