using System.Text.Json;
using HavenVlm.Core.Common;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Core.Workflows.Ports;

/// <summary>Every orchestrator and activity by name: what an engine needs to run them from JSON.</summary>
public sealed class WorkflowCatalog
{
    private readonly Dictionary<string, OrchestratorRegistration> _orchestrators = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ActivityRegistration> _activities = new(StringComparer.Ordinal);

    /// <summary>An empty catalog.</summary>
    public WorkflowCatalog() { }

    /// <summary>A catalog of what was registered, by <see cref="PortsServiceCollectionExtensions"/>.</summary>
    public WorkflowCatalog(IEnumerable<OrchestratorRegistration> orchestrators, IEnumerable<ActivityRegistration> activities)
    {
        foreach (var orchestrator in orchestrators)
        {
            _orchestrators.Add(orchestrator.Name, orchestrator);
        }

        foreach (var activity in activities)
        {
            _activities.Add(activity.Name, activity);
        }
    }

    /// <summary>All orchestrators.</summary>
    public IReadOnlyCollection<OrchestratorRegistration> Orchestrators => _orchestrators.Values;

    /// <summary>All activities.</summary>
    public IReadOnlyCollection<ActivityRegistration> Activities => _activities.Values;

    /// <summary>The orchestrator of that name, or null.</summary>
    public OrchestratorRegistration? FindOrchestrator(string name) => _orchestrators.GetValueOrDefault(name);

    /// <summary>The activity of that name, or null.</summary>
    public ActivityRegistration? FindActivity(string name) => _activities.GetValueOrDefault(name);

    /// <summary>Adds an orchestrator.</summary>
    public WorkflowCatalog AddOrchestrator<TInput, TOutput>(string name, Func<IOrchestrator<TInput, TOutput>> create)
    {
        _orchestrators.Add(name, OrchestratorRegistration.Of(name, create));
        return this;
    }

    /// <summary>Adds an activity that is resolved from the services for every call.</summary>
    public WorkflowCatalog AddActivity<TActivity, TInput, TOutput>(string name)
        where TActivity : class, IActivity<TInput, TOutput>
    {
        _activities.Add(name, ActivityRegistration.Of<TActivity, TInput, TOutput>(name));
        return this;
    }
}

/// <summary>One orchestrator.</summary>
public sealed record OrchestratorRegistration(
    string Name,
    Type InputType,
    Type OutputType,
    Func<IOrchestrationContext, object?, Task<object?>> RunAsync
)
{
    /// <summary>Runs with JSON in and out.</summary>
    public async Task<string> RunJsonAsync(IOrchestrationContext context, string? inputJson)
    {
        var input = inputJson is null ? null : JsonSerializer.Deserialize(inputJson, InputType, HavenJson.Options);
        // No ConfigureAwait: this runs inside the orchestrator's scheduler.
        var output = await RunAsync(context, input);
        return JsonSerializer.Serialize(output, OutputType, HavenJson.Options);
    }

    internal static OrchestratorRegistration Of<TInput, TOutput>(string name, Func<IOrchestrator<TInput, TOutput>> create) =>
        new(name, typeof(TInput), typeof(TOutput), async (context, input) => await create().RunAsync(context, (TInput)input!));
}

/// <summary>One activity.</summary>
public sealed record ActivityRegistration(
    string Name,
    Type InputType,
    Type OutputType,
    Func<IServiceProvider, object?, CancellationToken, Task<object?>> RunAsync
)
{
    /// <summary>Runs with JSON in and out.</summary>
    public async Task<string> RunJsonAsync(IServiceProvider services, string? inputJson, CancellationToken cancellationToken)
    {
        var input = inputJson is null ? null : JsonSerializer.Deserialize(inputJson, InputType, HavenJson.Options);
        var output = await RunAsync(services, input, cancellationToken);
        return JsonSerializer.Serialize(output, OutputType, HavenJson.Options);
    }

    internal static ActivityRegistration Of<TActivity, TInput, TOutput>(string name)
        where TActivity : class, IActivity<TInput, TOutput> =>
        new(
            name,
            typeof(TInput),
            typeof(TOutput),
            async (services, input, cancellationToken) =>
                await services.GetRequiredService<TActivity>().RunAsync((TInput)input!, cancellationToken)
        );
}
