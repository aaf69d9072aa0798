using System.Diagnostics;
using HavenVlm.Core.Api;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Functions.Storage;
using HavenVlm.Simulation.Demo;
using HavenVlm.Simulation.Media;
using HavenVlm.Simulation.Vlm;
using HavenVlm.StorageHost;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Azurite.Tests.Durable;

/// <summary>Five scenes from request to markers on the durable backend and the storage of production.</summary>
public sealed class TaskHubScenesTests(AzuriteServer azurite)
{
    private const int Scenes = 5;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    // Answers reach the log a second late at most, and writing them takes its time.
    private static readonly TimeSpan Unsaved = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Five_scenes_end_as_the_videos_really_are()
    {
        await using var demo = await StartDemoAsync();
        var storage = await azurite.NewStorageAsync();
        await using var hub = new AppTaskHub { DeletesAtEnd = true };
        await using var services = ServicesOf(demo, storage, hub);
        await StartAsync(hub, TaskHubFixture.NewName(), services);

        var ended = await EndOfAsync(hub.Client, await RequestAsync(services));

        AssertIsTrue(demo, ended);
        Assert.Empty(demo.Vlms[0].Log.AskedAgain());
    }

    [Fact]
    public async Task Another_process_finishes_the_work_of_a_killed_one_and_repeats_at_most_its_last_two_seconds()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("HAVEN_TEST_TIER") == "all", "Leases have to run out: release tier.");
        await using var demo = await StartDemoAsync();
        var storage = await azurite.NewStorageAsync();
        var name = TaskHubFixture.NewName();
        await using var killed = StorageHostProcess.Start(azurite, storage.Container.Name, "durable", name, demo.ConfigurationFile);
        await killed.UntilAsync(lines => lines.Contains("working"), TimeSpan.FromMinutes(1));
        await using var hub = new AppTaskHub { DeletesAtEnd = true };
        await using var services = ServicesOf(demo, storage, hub);
        await StartAsync(hub, name, services);

        var request = await RequestAsync(services);
        using var deadline = new CancellationTokenSource(Deadline);
        while (demo.Vlms[0].Log.Answered < 10)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), deadline.Token);
        }

        var unsaved = DateTimeOffset.UtcNow - Unsaved;
        await killed.KillAsync();
        var answers = demo.Vlms[0].Log.Exchanges.Count(exchange => exchange.At >= unsaved);
        var watch = Stopwatch.StartNew();
        var ended = await EndOfAsync(hub.Client, request);

        AssertIsTrue(demo, ended);
        var repeated = demo.Vlms[0].Log.AskedAgain().Select(question => question.Stamp).Distinct().Count();
        TestContext.Current.TestOutputHelper?.WriteLine($"done {watch.Elapsed.TotalSeconds:0.0} s after the kill, {repeated} repeated");
        Assert.InRange(repeated, 0, answers + demo.Options.MaxConcurrent);
    }

    private static Task<DemoEnvironment> StartDemoAsync() =>
        DemoEnvironment.StartAsync(
            new DemoEnvironmentOptions
            {
                Scripts = [.. SampleScripts.All.Take(Scenes)],
                Vlm = new VlmBehavior { Latency = TimeSpan.FromMilliseconds(50) },
            },
            TestContext.Current.CancellationToken
        );

    private ServiceProvider ServicesOf(DemoEnvironment demo, AzureStorage storage, AppTaskHub hub) =>
        DurableWork.Services(
            AzureStorageConnection.From(_ => azurite.ConnectionString),
            storage.Container.Name,
            demo.ConfigurationFile,
            hub.Client
        );

    private Task StartAsync(AppTaskHub hub, string name, ServiceProvider services) =>
        hub.StartAsync(azurite.ConnectionString, name, TaskHubTimes.Short, services.GetRequiredService<WorkflowCatalog>(), services);

    private static Task<string> RequestAsync(ServiceProvider services) =>
        services
            .GetRequiredService<SceneRequests>()
            .StartAsync(new TagScenesRequest(), update: false, TestContext.Current.CancellationToken);

    private static async Task<OrchestrationInstance> EndOfAsync(IOrchestrationClient client, string id)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (true)
        {
            if (await client.GetAsync(id, withInput: false, deadline.Token) is { HasEnded: true } ended)
            {
                return ended;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), deadline.Token);
        }
    }

    private static void AssertIsTrue(DemoEnvironment demo, OrchestrationInstance ended)
    {
        Assert.Equal(RuntimeStatus.Completed, ended.RuntimeStatus);
        Assert.Equal(Scenes, ended.Output!.Value.GetProperty("done").GetInt32());
        Assert.All(TruthCheck.Run(demo), check => Assert.Empty(check.Problems));
    }
}
