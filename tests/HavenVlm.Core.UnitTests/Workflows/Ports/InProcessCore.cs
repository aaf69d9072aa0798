using System.Text;
using System.Text.Json;
using HavenVlm.Core.Api;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Storage;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Core.UnitTests.Workflows.Ports;

/// <summary>The product as a host puts it together, on a real store in a folder of its own, with instances in memory.</summary>
internal sealed class InProcessCore : IAsyncDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly ServiceProvider _services;

    /// <param name="change">Other settings than the default ones.</param>
    public InProcessCore(Func<HavenOptions, HavenOptions>? change = null)
    {
        var options = new HavenOptions();
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(new SettingsSource(change?.Invoke(options) ?? options))
            .AddSingleton<IArtifactStore>(_folder.Store)
            .AddSingleton<IOrchestrationClient>(Instances)
            .AddHavenCore()
            .BuildServiceProvider();
    }

    public InstanceTable Instances { get; } = new();

    public IArtifactStore Store => _folder.Store;

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Runs an activity by its name, with messages as JSON, as an engine does.</summary>
    public async Task<TOutput> RunAsync<TOutput>(string activity, object input)
    {
        var registration = Get<WorkflowCatalog>().FindActivity(activity)!;
        var json = JsonSerializer.Serialize(input, HavenVlm.Core.Common.HavenJson.Options);
        var output = await registration.RunJsonAsync(_services, json, CancellationToken.None);
        return JsonSerializer.Deserialize<TOutput>(output, HavenVlm.Core.Common.HavenJson.Options)!;
    }

    /// <summary>Sends a call through the route table.</summary>
    /// <param name="method">HTTP method.</param>
    /// <param name="template">The route's template.</param>
    /// <param name="body">JSON; null = none.</param>
    /// <param name="id">Value of the placeholder <c>id</c> or <c>name</c>.</param>
    /// <param name="query">Such as <c>top=5</c>.</param>
    public async Task<ApiAnswer> CallAsync(string method, string template, string? body = null, string id = "", string query = "")
    {
        var route = ApiRoutes.All.Single(r => r.Method == method && r.Template == template);
        var answer = await route.AnswerAsync(
            _services,
            new ApiRequest
            {
                Route = new Dictionary<string, string>(StringComparer.Ordinal) { ["id"] = id, ["name"] = id },
                Query = query
                    .Split('&', StringSplitOptions.RemoveEmptyEntries)
                    .Select(pair => pair.Split('=', 2))
                    .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal),
                Body = new MemoryStream(Encoding.UTF8.GetBytes(body ?? "")),
                BaseAddress = "http://nas:7071",
            },
            unexpected => throw new InvalidOperationException("An unexpected failure.", unexpected),
            CancellationToken.None
        );
        return new ApiAnswer(answer);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>An answer, and its body as JSON.</summary>
internal sealed record ApiAnswer(ApiResponse Response)
{
    public int Status => Response.Status;

    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Response.Body.Span);

    public string Text(string property) => Json.GetProperty(property).GetString()!;

    public bool IsProblem => Response.ContentType.StartsWith("application/problem+json", StringComparison.Ordinal);
}
