using HavenVlm.Core.Workflows.Ports;
using HavenVlm.EngineContract;
using HavenVlm.Local.Engine.Journal;
using HavenVlm.Local.Engine.Running;
using HavenVlm.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Tests.Engine;

/// <summary>The embedded engine with orchestrators from lambdas, on a folder that outlives restarts.</summary>
internal sealed class EngineHarness : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TempFolder? _own;
    private readonly ServiceProvider _services;
    private WorkflowCatalog _catalog = new();
    private DataFolderLock? _lock;

    public EngineHarness(string? folder = null)
    {
        _own = folder is null ? new TempFolder() : null;
        Folder = folder ?? _own!.Path;
        _services = new ServiceCollection()
            .AddSingleton(Gates)
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs))
            .AddScoped<Echo>()
            .AddScoped<Gated>()
            .AddScoped<EngineContract.Double>()
            .AddScoped<Flaky>()
            .AddScoped<Stubborn>()
            .BuildServiceProvider();
        AddActivities();
    }

    public Gates Gates { get; } = new();

    public LogCollector Logs { get; } = new();

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public EngineOptions Options { get; set; } = new();

    public string Folder { get; }

    public string DatabasePath => System.IO.Path.Combine(Folder, "engine.db");

    public EmbeddedEngine Engine { get; private set; } = null!;

    public void Define<TInput, TOutput>(string name, Func<IOrchestrationContext, TInput, Task<TOutput>> run) =>
        _catalog.AddOrchestrator<TInput, TOutput>(name, () => new LambdaOrchestrator<TInput, TOutput>(run));

    /// <summary>Forgets all orchestrators, as another version of the program would.</summary>
    public void ForgetDefinitions()
    {
        _catalog = new WorkflowCatalog();
        AddActivities();
    }

    public async Task StartAsync()
    {
        _lock = await DataFolderLock.AcquireAsync(Folder, Time, CancellationToken.None);
        Engine = new EmbeddedEngine(_catalog, _services, _lock, Time, Options, _services.GetRequiredService<ILogger<EmbeddedEngine>>());
        await Engine.StartAsync(CancellationToken.None);
    }

    public async Task StopAsync()
    {
        await Engine.DisposeAsync();
        _lock!.Dispose();
        _lock = null;
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public Task<bool> BeginAsync(string name, object? input = null, string id = "one") =>
        Engine.StartAsync(name, id, input, CancellationToken.None);

    public Task<OrchestrationInstance> EndOfAsync(string id = "one") => UntilAsync(i => i.HasEnded, id);

    public Task<OrchestrationInstance> UntilAsync(RuntimeStatus status, string id = "one") =>
        UntilAsync(i => i.RuntimeStatus == status, id);

    public async Task<OrchestrationInstance> UntilAsync(Func<OrchestrationInstance, bool> condition, string id = "one")
    {
        OrchestrationInstance? instance = null;
        await UntilAsync(
            async () =>
            {
                instance = await Engine.GetAsync(id, withInput: true, CancellationToken.None);
                return instance is not null && condition(instance);
            },
            () => $"{instance}"
        );
        return instance!;
    }

    public Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()), () => "");

    public async ValueTask DisposeAsync()
    {
        if (_lock is not null)
        {
            await StopAsync();
        }

        await _services.DisposeAsync();
        _own?.Dispose();
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, Func<string> describe)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!await condition())
        {
            if (deadline.IsCancellationRequested)
            {
                throw new TimeoutException($"It did not happen. {describe()}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), CancellationToken.None);
        }
    }

    private void AddActivities() =>
        _catalog
            .AddActivity<Echo, string, string>("Echo")
            .AddActivity<Gated, string, string>("Gated")
            .AddActivity<EngineContract.Double, int, int>("Double")
            .AddActivity<Flaky, FailurePlan, int>("Flaky")
            .AddActivity<Stubborn, string, string>("Stubborn");

    private sealed class LambdaOrchestrator<TInput, TOutput>(Func<IOrchestrationContext, TInput, Task<TOutput>> run)
        : IOrchestrator<TInput, TOutput>
    {
        public Task<TOutput> RunAsync(IOrchestrationContext context, TInput input) => run(context, input);
    }
}

/// <summary>Waits at a gate and does not care about being cancelled, except that it then fails.</summary>
internal sealed class Stubborn(Gates gates) : IActivity<string, string>
{
    public async Task<string> RunAsync(string input, CancellationToken cancellationToken)
    {
        await gates.PassAsync(input, CancellationToken.None);
        return cancellationToken.IsCancellationRequested ? throw new InvalidDataException("cancelled meanwhile") : input;
    }
}
