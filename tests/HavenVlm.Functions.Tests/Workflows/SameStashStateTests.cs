using HavenVlm.Core;
using HavenVlm.Core.Api;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Storage;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Local.Engine.Journal;
using HavenVlm.Local.Engine.Running;
using HavenVlm.Simulation.Demo;
using HavenVlm.Simulation.Stash;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Functions.Tests.Workflows;

/// <summary>The same scenes tagged by both engines look the same in Stash, and as the videos really are.</summary>
public sealed class SameStashStateTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Five_scenes_end_in_the_same_state_on_both_engines()
    {
        var embedded = await TagAsync(RunEmbeddedAsync);
        var durable = await TagAsync(RunDurableAsync);

        Assert.NotEmpty(durable);
        Assert.Equal(embedded, durable);
    }

    private static async Task<IReadOnlyList<string>> TagAsync(Func<DemoEnvironment, Task<OrchestrationInstance>> run)
    {
        await using var demo = await DemoEnvironment.StartAsync(
            new DemoEnvironmentOptions { Scripts = [.. HavenVlm.Simulation.Media.SampleScripts.All.Take(5)] },
            CancellationToken.None
        );

        var ended = await run(demo);

        Assert.Equal(RuntimeStatus.Completed, ended.RuntimeStatus);
        Assert.Equal(5, ended.Output!.Value.GetProperty("done").GetInt32());
        Assert.All(TruthCheck.Run(demo), check => Assert.Empty(check.Problems));
        return StateOf(demo.Stash.Library);
    }

    private static async Task<OrchestrationInstance> RunEmbeddedAsync(DemoEnvironment demo)
    {
        var folder = Path.Combine(demo.Folder, "data");
        using var locked = await DataFolderLock.AcquireAsync(folder, TimeProvider.System, CancellationToken.None);
        await using var services = Services(
            demo,
            provider => new EmbeddedEngine(
                provider.GetRequiredService<WorkflowCatalog>(),
                provider,
                locked,
                TimeProvider.System,
                new EngineOptions(),
                provider.GetRequiredService<ILogger<EmbeddedEngine>>()
            )
        );
        await ((EmbeddedEngine)services.GetRequiredService<IOrchestrationClient>()).StartAsync(CancellationToken.None);
        return await TagAllAsync(services);
    }

    private static async Task<OrchestrationInstance> RunDurableAsync(DemoEnvironment demo)
    {
        await using var engine = new DurableFixture();
        await using var services = Services(demo, _ => engine.Client);
        await engine.StartAsync(services.GetRequiredService<WorkflowCatalog>(), services);
        return await TagAllAsync(services);
    }

    private static ServiceProvider Services(DemoEnvironment demo, Func<IServiceProvider, IOrchestrationClient> engine)
    {
        var options = ConfigurationLoader.Load(demo.ConfigurationFile, new Dictionary<string, string>(StringComparer.Ordinal)).Options;
        return new ServiceCollection()
            .AddLogging()
            .AddSingleton(new SettingsSource(options))
            .AddSingleton<IArtifactStore>(new FileArtifactStore(Path.Combine(demo.Folder, "artifacts")))
            .AddHavenCore()
            .AddSingleton(engine)
            .BuildServiceProvider();
    }

    private static async Task<OrchestrationInstance> TagAllAsync(ServiceProvider services)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var client = services.GetRequiredService<IOrchestrationClient>();
        var id = await services.GetRequiredService<SceneRequests>().StartAsync(new TagScenesRequest(), update: false, deadline.Token);
        while (true)
        {
            if (await client.GetAsync(id, withInput: false, deadline.Token) is { HasEnded: true } ended)
            {
                return ended;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), deadline.Token);
        }
    }

    // By name, because ids depend on who was quicker.
    private static IReadOnlyList<string> StateOf(StashLibrary library)
    {
        var scenes = from scene in library.Scenes.Values from tag in scene.TagIds select $"{scene.Title}: {library.Tags[tag].Name}";
        var markers =
            from scene in library.Scenes.Values
            from marker in library.MarkersOf(scene.Id)
            select $"{scene.Title}: {library.Tags[marker.PrimaryTagId].Name} {marker.Seconds:0.###}-{marker.EndSeconds:0.###} {marker.Title}";
        return [.. scenes.Concat(markers).Order(StringComparer.Ordinal)];
    }
}
