using HavenVlm.Core.Configuration;
using HavenVlm.Core.Storage;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;
using HavenVlm.Functions.Tests.Workflows;
using HavenVlm.Functions.Triggers;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace HavenVlm.Functions.Tests;

/// <summary>What the nightly timer forgets, on the real engine and a real store; only its clock is another.</summary>
public sealed class HistoryTimerTests : IAsyncDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("haven-history-").FullName;
    private readonly DurableFixture _engine = new();
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly FileArtifactStore _store;

    public HistoryTimerTests() => _store = new FileArtifactStore(_folder);

    [Fact]
    public async Task Forgets_an_ended_instance_and_what_it_wrote_after_the_time_to_keep_it()
    {
        await StartEngineAsync();
        await EndAsync("scenes-old", ends: true);

        await RunTimerAsync(Kept + TimeSpan.FromHours(1));

        Assert.Null(await _engine.Client.GetAsync("scenes-old", withInput: false, Token));
        Assert.Empty(await ArtifactsAsync("scenes-old"));
    }

    [Fact]
    public async Task Keeps_an_ended_instance_until_then()
    {
        await StartEngineAsync();
        await EndAsync("scenes-young", ends: true);

        await RunTimerAsync(Kept - TimeSpan.FromHours(1));

        Assert.NotNull(await _engine.Client.GetAsync("scenes-young", withInput: false, Token));
        Assert.Single(await ArtifactsAsync("scenes-young"));
    }

    [Fact]
    public async Task Keeps_an_instance_that_has_not_ended_however_old_it_is()
    {
        await StartEngineAsync();
        await EndAsync("scenes-waiting", ends: false);

        await RunTimerAsync(Kept * 10);

        var instance = await _engine.Client.GetAsync("scenes-waiting", withInput: false, Token);
        Assert.False(instance!.HasEnded);
        Assert.Single(await ArtifactsAsync("scenes-waiting"));
        await _engine.Client.TerminateAsync("scenes-waiting", "over", Token);
    }

    [Fact]
    public async Task Forgets_failed_and_terminated_instances_too_and_leaves_what_belongs_to_none()
    {
        await StartEngineAsync();
        await _engine.Client.StartAsync(WorkflowNames.Undo, "undo-failed", input: "fails", Token);
        await UntilEndedAsync("undo-failed");
        await EndAsync("scenes-terminated", ends: false);
        await _engine.Client.TerminateAsync("scenes-terminated", "over", Token);
        await UntilEndedAsync("scenes-terminated");
        await _store.WriteOnceJsonAsync("logs/video/answers.json", "paid for", Token);

        await RunTimerAsync(Kept * 2);

        Assert.Null(await _engine.Client.GetAsync("undo-failed", withInput: false, Token));
        Assert.Null(await _engine.Client.GetAsync("scenes-terminated", withInput: false, Token));
        Assert.Empty(await ArtifactsAsync("scenes-terminated"));
        Assert.Equal("paid for", await _store.ReadJsonAsync<string>("logs/video/answers.json", Token));
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task StartEngineAsync() =>
        _engine.StartAsync(
            new WorkflowCatalog()
                .AddOrchestrator<bool, bool>(WorkflowNames.TagScenes, () => new Ends())
                .AddOrchestrator<string, string>(WorkflowNames.Undo, () => new Fails()),
            _services
        );

    /// <summary>An instance with an artifact of its own.</summary>
    private async Task EndAsync(string id, bool ends)
    {
        await _store.WriteOnceJsonAsync($"requests/{id}/request.json", "of the instance", Token);
        await _engine.Client.StartAsync(WorkflowNames.TagScenes, id, ends, Token);
        if (ends)
        {
            await UntilEndedAsync(id);
        }
    }

    private async Task UntilEndedAsync(string id)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(Deadline);
        while (await _engine.Client.GetAsync(id, withInput: false, deadline.Token) is not { HasEnded: true })
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), deadline.Token);
        }
    }

    private Task RunTimerAsync(TimeSpan later)
    {
        var options = new HavenOptions();
        options = options with { Storage = options.Storage with { KeepHistory = Kept } };
        var timer = new HistoryTimer(
            new SettingsSource(options),
            new InstanceArtifacts(_store),
            new LaterClock(later),
            NullLogger<HistoryTimer>.Instance
        );
        return timer.RunAsync(new TimerInfo(), _engine.Tasks, Token);
    }

    private ValueTask<List<string>> ArtifactsAsync(string id) => _store.ListAsync($"requests/{id}/", Token).ToListAsync(Token);

    private sealed class LaterClock(TimeSpan later) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + later;
    }

    /// <summary>Ends at once, or waits for a year.</summary>
    private sealed class Ends : IOrchestrator<bool, bool>
    {
        public async Task<bool> RunAsync(IOrchestrationContext context, bool input)
        {
            if (!input)
            {
                await context.CreateTimerAsync(context.CurrentUtc + TimeSpan.FromDays(365), CancellationToken.None);
            }

            return input;
        }
    }

    private sealed class Fails : IOrchestrator<string, string>
    {
        public Task<string> RunAsync(IOrchestrationContext context, string input) => throw new OrchestrationFailedException(input);
    }
}
