using System.Text.Json;
using HavenVlm.Core.Api;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;
using HavenVlm.Local.Engine.Journal;
using HavenVlm.Local.Engine.Running;
using HavenVlm.Local.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Local.Tests.EndToEnd;

/// <summary>The program's services and engine within the test, on a world's configuration: nothing runs but what a test asks for.</summary>
internal sealed class InProcessHaven : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);
    private readonly DataFolderLock _folder;
    private readonly ServiceProvider _services;

    private InProcessHaven(DataFolderLock folder, ServiceProvider services)
    {
        _folder = folder;
        _services = services;
    }

    public SceneRequests SceneRequests => Get<SceneRequests>();

    public ImageRequests ImageRequests => Get<ImageRequests>();

    public SweepRequests Sweeps => Get<SweepRequests>();

    public InstanceControl Control => Get<InstanceControl>();

    public InstanceRetry Retry => Get<InstanceRetry>();

    public IOrchestrationClient Client => Get<IOrchestrationClient>();

    public static async Task<InProcessHaven> StartAsync(World world)
    {
        var options = ConfigurationLoader.Load(Path.Combine(world.Folder, "haven.yaml"), new Dictionary<string, string>()).Options;
        var folder = await DataFolderLock.AcquireAsync(options.Storage.DataDir, TimeProvider.System, CancellationToken.None);
        var services = new ServiceCollection()
            .AddHavenLocal(new SettingsSource(options), folder, _ => { }, LogLevel.Warning, TimeProvider.System)
            .BuildServiceProvider();
        await services.GetRequiredService<EmbeddedEngine>().StartAsync(CancellationToken.None);
        var haven = new InProcessHaven(folder, services);
        await haven.Get<RequestedScenes>().PrepareAsync(CancellationToken.None);
        return haven;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Waits until an instance has ended; as it ended.</summary>
    public async Task<OrchestrationInstance> EndedAsync(string id)
    {
        OrchestrationInstance? instance = null;
        await UntilAsync(
            async () => (instance = await Client.GetAsync(id, withInput: false, CancellationToken.None)) is { HasEnded: true },
            () => $"the end of {id}: {instance}"
        );
        return instance!;
    }

    /// <summary>The output of an instance that has ended well.</summary>
    public async Task<T> OutputAsync<T>(string id)
    {
        var instance = await EndedAsync(id);
        Assert.True(instance.RuntimeStatus is RuntimeStatus.Completed, $"{id}: {instance.RuntimeStatus} {instance.Output}");
        return instance.Output!.Value.Deserialize<T>(HavenJson.Options)!;
    }

    public async Task<IReadOnlyList<string>> InstancesAsync(string prefix) =>
        [
            .. (await Client.ListAsync(new InstanceQuery { Prefix = prefix, Top = 1000 }, CancellationToken.None)).Instances.Select(i =>
                i.InstanceId
            ),
        ];

    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> what)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!await condition())
        {
            if (deadline.IsCancellationRequested)
            {
                throw new TimeoutException($"It never came to this: {what()}");
            }

            await Task.Delay(20, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Get<EmbeddedEngine>().StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
        _folder.Dispose();
    }
}
