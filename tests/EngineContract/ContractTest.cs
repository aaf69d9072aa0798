using HavenVlm.Core.Workflows.Ports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HavenVlm.EngineContract;

/// <summary>What the parts of the contract share: orchestrators from lambdas, a started engine, waiting with a deadline.</summary>
public abstract class ContractTest<TFixture> : IAsyncDisposable
    where TFixture : IEngineFixture, new()
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TFixture _fixture = new();
    private readonly WorkflowCatalog _catalog = new();
    private ServiceProvider? _services;

    protected Gates Gates { get; } = new();

    protected IOrchestrationClient Client => _fixture.Client;

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Adds an orchestrator. Before <see cref="StartEngineAsync"/>.</summary>
    protected void Define<TInput, TOutput>(string name, Func<IOrchestrationContext, TInput, Task<TOutput>> run) =>
        _catalog.AddOrchestrator<TInput, TOutput>(name, () => new LambdaOrchestrator<TInput, TOutput>(run));

    protected Task StartEngineAsync()
    {
        _catalog
            .AddActivity<Echo, string, string>("Echo")
            .AddActivity<Gated, string, string>("Gated")
            .AddActivity<Double, int, int>("Double")
            .AddActivity<Flaky, FailurePlan, int>("Flaky")
            .AddActivity<Carry, Parcel, Parcel>("Carry")
            .AddActivity<Nothing, string?, string?>("Nothing");
        _services = new ServiceCollection()
            .AddSingleton(Gates)
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning))
            .AddScoped<Echo>()
            .AddScoped<Gated>()
            .AddScoped<Double>()
            .AddScoped<Flaky>()
            .AddScoped<Carry>()
            .AddScoped<Nothing>()
            .BuildServiceProvider();
        return _fixture.StartAsync(_catalog, _services);
    }

    protected async Task<OrchestrationInstance> RunAsync(string name, object? input = null, string id = "one")
    {
        Assert.True(await Client.StartAsync(name, id, input, CancellationToken.None));
        return await EndOfAsync(id);
    }

    protected Task<OrchestrationInstance> EndOfAsync(string id = "one") => UntilAsync(i => i.HasEnded, id);

    protected Task<OrchestrationInstance> UntilAsync(RuntimeStatus status, string id = "one") =>
        UntilAsync(i => i.RuntimeStatus == status, id);

    protected async Task<OrchestrationInstance> UntilAsync(Func<OrchestrationInstance, bool> condition, string id = "one")
    {
        using var deadline = new CancellationTokenSource(Deadline);
        OrchestrationInstance? instance = null;
        try
        {
            while (true)
            {
                instance = await Client.GetAsync(id, withInput: true, deadline.Token);
                if (instance is not null && condition(instance))
                {
                    return instance;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(10), deadline.Token);
            }
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"The instance did not get there; it is {instance}.", e);
        }
    }

    /// <summary>The state of an instance that has it for some time, to be sure that nothing happens to it.</summary>
    protected async Task<OrchestrationInstance> AfterAWhileAsync(string id = "one")
    {
        await Task.Delay(TimeSpan.FromMilliseconds(700));
        return (await Client.GetAsync(id, withInput: true, CancellationToken.None))!;
    }

    private sealed class LambdaOrchestrator<TInput, TOutput>(Func<IOrchestrationContext, TInput, Task<TOutput>> run)
        : IOrchestrator<TInput, TOutput>
    {
        public Task<TOutput> RunAsync(IOrchestrationContext context, TInput input) => run(context, input);
    }
}
