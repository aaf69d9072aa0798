using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.UnitTests.Workflows.Ports;

/// <summary>The engine's side of the client port, in memory: instances with the port's rules, whose work the test does itself.</summary>
internal sealed class InstanceTable : IOrchestrationClient
{
    private readonly Dictionary<string, OrchestrationInstance> _instances = new(StringComparer.Ordinal);
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What was done, in order: the verb and the instance.</summary>
    public List<string> Done { get; } = [];

    public OrchestrationInstance this[string id] => _instances[id];

    public T InputOf<T>(string id) => _instances[id].Input!.Value.Deserialize<T>(HavenJson.Options)!;

    /// <summary>Ends an instance, as its orchestrator would.</summary>
    public void End(string id, RuntimeStatus status, object? output) =>
        Set(id, instance => instance with { RuntimeStatus = status, Output = Json(output) });

    public Task<bool> StartAsync(string name, string instanceId, object? input, CancellationToken cancellationToken)
    {
        if (_instances.TryGetValue(instanceId, out var running) && !running.HasEnded)
        {
            return Task.FromResult(false);
        }

        Done.Add($"start {instanceId}");
        var now = _now = _now.AddSeconds(1);
        _instances[instanceId] = new OrchestrationInstance
        {
            Name = name,
            InstanceId = InstanceId.Known(instanceId),
            RuntimeStatus = RuntimeStatus.Running,
            Input = Json(input),
            CreatedTime = now,
            LastUpdatedTime = now,
        };
        return Task.FromResult(true);
    }

    public Task<OrchestrationInstance?> GetAsync(string instanceId, bool withInput, CancellationToken cancellationToken) =>
        Task.FromResult(_instances.TryGetValue(instanceId, out var found) ? found with { Input = withInput ? found.Input : null } : null);

    public Task<InstancePage> ListAsync(InstanceQuery query, CancellationToken cancellationToken) =>
        Task.FromResult(
            new InstancePage(
                [
                    .. _instances
                        .Values.Where(i => query.Prefix is null || i.InstanceId.Value.StartsWith(query.Prefix, StringComparison.Ordinal))
                        .Where(i => query.Statuses.Count == 0 || query.Statuses.Contains(i.RuntimeStatus))
                        .OrderByDescending(i => i.CreatedTime)
                        .Take(query.Top),
                ],
                Continuation: null
            )
        );

    public Task TerminateAsync(string instanceId, string reason, CancellationToken cancellationToken) =>
        ChangeAsync("terminate", instanceId, i => i with { RuntimeStatus = RuntimeStatus.Terminated, Output = Json(reason) });

    public Task SuspendAsync(string instanceId, string reason, CancellationToken cancellationToken) =>
        ChangeAsync("suspend", instanceId, i => i with { RuntimeStatus = RuntimeStatus.Suspended });

    public Task ResumeAsync(string instanceId, string reason, CancellationToken cancellationToken) =>
        ChangeAsync("resume", instanceId, i => i with { RuntimeStatus = RuntimeStatus.Running });

    public Task<bool> RetryAsync(string instanceId, string reason, CancellationToken cancellationToken) =>
        _instances.TryGetValue(instanceId, out var ended) && ended.HasEnded
            ? StartAsync(ended.Name, instanceId, ended.Input, cancellationToken)
            : Task.FromResult(false);

    public Task<bool> PurgeAsync(string instanceId, CancellationToken cancellationToken) =>
        Task.FromResult(_instances.TryGetValue(instanceId, out var ended) && ended.HasEnded && _instances.Remove(instanceId));

    private Task ChangeAsync(string verb, string id, Func<OrchestrationInstance, OrchestrationInstance> change)
    {
        if (_instances.TryGetValue(id, out var instance) && !instance.HasEnded)
        {
            Done.Add($"{verb} {id}");
            Set(id, change);
        }

        return Task.CompletedTask;
    }

    private void Set(string id, Func<OrchestrationInstance, OrchestrationInstance> change) => _instances[id] = change(_instances[id]);

    private static JsonElement? Json(object? value) => value is null ? null : JsonSerializer.SerializeToElement(value, HavenJson.Options);
}
