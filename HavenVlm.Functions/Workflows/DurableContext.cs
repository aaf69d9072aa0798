using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Functions.Workflows;

/// <summary>The orchestrators' port on Durable Functions; only forwards. Messages are JSON elements, so that no second serializer touches them.</summary>
internal sealed class DurableContext(TaskOrchestrationContext inner, DateTimeOffset? created) : IOrchestrationContext
{
    private JsonElement? _status;

    public InstanceId InstanceId => InstanceId.Known(inner.InstanceId);

    public DateTimeOffset CurrentUtc => new(DateTime.SpecifyKind(inner.CurrentUtcDateTime, DateTimeKind.Utc));

    public bool IsReplaying => inner.IsReplaying;

    public async Task<TResult> CallActivityAsync<TResult>(string name, object? input)
    {
        try
        {
            // No retry options: retrying is our own orchestrator code, the same on every engine.
            var output = await inner.CallActivityAsync<JsonElement?>(name, DurableJson.ToElement(input));
            return DurableJson.To<TResult>(output);
        }
        catch (TaskFailedException e)
        {
            throw new ActivityFailedException(name, ActivityFault.Read(e.FailureDetails));
        }
    }

    public Task CreateTimerAsync(DateTimeOffset fireAt, CancellationToken cancellationToken) =>
        inner.CreateTimer(fireAt.UtcDateTime, cancellationToken);

    public void SetCustomStatus(object? status) => SetCustomStatus(DurableJson.ToElement(status));

    public void ContinueAsNew(object? input) =>
        inner.ContinueAsNew(new ContinuedRun(_status, created, DurableJson.ToElement(input)).ToElement());

    public ILogger CreateReplaySafeLogger(string category) => inner.CreateReplaySafeLogger(category);

    public void SetCustomStatus(JsonElement? status)
    {
        _status = status;
        inner.SetCustomStatus(status);
    }
}
