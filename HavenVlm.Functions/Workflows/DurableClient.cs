using HavenVlm.Core.Storage;
using HavenVlm.Core.Workflows.Ports;
using Microsoft.DurableTask.Client;
using OrchestrationMetadata = Microsoft.DurableTask.Client.OrchestrationMetadata;

namespace HavenVlm.Functions.Workflows;

/// <summary>The product's port for starting and controlling instances, on Durable Functions.</summary>
/// <param name="client">The client of the task hub, asked for at every call.</param>
/// <param name="time">The clock.</param>
internal sealed class DurableClient(Func<DurableTaskClient> client, TimeProvider time) : IOrchestrationClient
{
    private readonly InstanceListing _listing = new(client);
    private readonly NamedLocks _starts = new();

    public async Task<bool> StartAsync(string name, string instanceId, object? input, CancellationToken cancellationToken)
    {
        // Look first: starting an active id fails silently on some versions of the extension. The lock is for this process; starts of
        // two processes at once meet in the storage, which takes one of them.
        using var turn = await _starts.TakeAsync(instanceId, cancellationToken);
        return await GetMetadataAsync(instanceId, cancellationToken) is not { IsCompleted: false }
            && await ScheduleAsync(name, instanceId, DurableJson.ToElement(input), cancellationToken);
    }

    public async Task<OrchestrationInstance?> GetAsync(string instanceId, bool withInput, CancellationToken cancellationToken) =>
        await GetMetadataAsync(instanceId, cancellationToken) is { } metadata ? InstanceMapping.From(metadata, withInput) : null;

    public Task<InstancePage> ListAsync(InstanceQuery query, CancellationToken cancellationToken) =>
        _listing.ListAsync(query, cancellationToken);

    public async Task TerminateAsync(string instanceId, string reason, CancellationToken cancellationToken)
    {
        if (await IsActiveAsync(instanceId, cancellationToken))
        {
            await SendUntilAppliedAsync(
                instanceId,
                () => client().TerminateInstanceAsync(instanceId, reason, cancellationToken),
                reached: _ => false,
                cancellationToken
            );
        }
    }

    public async Task SuspendAsync(string instanceId, string reason, CancellationToken cancellationToken)
    {
        if (await IsActiveAsync(instanceId, cancellationToken))
        {
            await SendUntilAppliedAsync(
                instanceId,
                () => client().SuspendInstanceAsync(instanceId, reason, cancellationToken),
                reached: status => status == OrchestrationRuntimeStatus.Suspended,
                cancellationToken
            );
        }
    }

    public async Task ResumeAsync(string instanceId, string reason, CancellationToken cancellationToken)
    {
        if (await GetMetadataAsync(instanceId, cancellationToken) is { RuntimeStatus: OrchestrationRuntimeStatus.Suspended })
        {
            await client().ResumeInstanceAsync(instanceId, reason, cancellationToken);
        }
    }

    public async Task<bool> RetryAsync(string instanceId, string reason, CancellationToken cancellationToken)
    {
        using var turn = await _starts.TakeAsync(instanceId, cancellationToken);
        return await GetMetadataAsync(instanceId, cancellationToken) is { IsCompleted: true } ended
            && await ScheduleAsync(ended.Name, instanceId, ContinuedRun.InputOf(ended.SerializedInput), cancellationToken);
    }

    public async Task<bool> PurgeAsync(string instanceId, CancellationToken cancellationToken)
    {
        using var turn = await _starts.TakeAsync(instanceId, cancellationToken);
        return await GetMetadataAsync(instanceId, cancellationToken) is { IsCompleted: true }
            && (await client().PurgeInstanceAsync(instanceId, cancellationToken)).PurgedInstanceCount > 0;
    }

    private async Task<bool> ScheduleAsync(
        string name,
        string instanceId,
        System.Text.Json.JsonElement? input,
        CancellationToken cancellationToken
    )
    {
        var options = new Microsoft.DurableTask.StartOrchestrationOptions(instanceId);
        var run = new ContinuedRun(Status: null, time.GetUtcNow(), input).ToElement();
        try
        {
            await client().ScheduleNewOrchestrationInstanceAsync(name, run, options, cancellationToken);
            return true;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            switch (await GetMetadataAsync(instanceId, cancellationToken))
            {
                case { IsCompleted: false }:
                    // Somebody else was quicker, or it was ours and only the answer was lost: it runs.
                    return false;
                case { IsCompleted: true }:
                    // A store that does not write over an ended instance.
                    await client().PurgeInstanceAsync(instanceId, cancellationToken);
                    await client().ScheduleNewOrchestrationInstanceAsync(name, run, options, cancellationToken);
                    return true;
                default:
                    throw;
            }
        }
    }

    /// <summary>
    /// Sends a control event until it is seen to have worked. One that arrives together with what makes the instance continue as new is
    /// dropped by the framework with the old history, without a word; the next one finds the new history.
    /// </summary>
    private async Task SendUntilAppliedAsync(
        string instanceId,
        Func<Task> send,
        Func<OrchestrationRuntimeStatus, bool> reached,
        CancellationToken cancellationToken
    )
    {
        for (var sent = 0; sent < Resending.MaxAttempts; sent++)
        {
            await send();
            for (var look = 0; look < Resending.ChecksPerAttempt; look++)
            {
                await Task.Delay(Resending.CheckInterval, time, cancellationToken);
                if (
                    await GetMetadataAsync(instanceId, cancellationToken) is not { IsCompleted: false } active
                    || reached(active.RuntimeStatus)
                )
                {
                    return;
                }
            }
        }
    }

    private async Task<bool> IsActiveAsync(string instanceId, CancellationToken cancellationToken) =>
        await GetMetadataAsync(instanceId, cancellationToken) is { IsCompleted: false };

    // With inputs and outputs always: without them the custom status and the reason of a failure are left out, too.
    private async Task<OrchestrationMetadata?> GetMetadataAsync(string instanceId, CancellationToken cancellationToken)
    {
        try
        {
            return await client().GetInstanceAsync(instanceId, getInputsAndOutputs: true, cancellationToken);
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested)
        {
            // The client says so in the words of gRPC, which nobody who cancels would recognize.
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
    }

    /// <summary>How long a control event is waited for: longer than the queues are polled apart, then it was lost.</summary>
    private static class Resending
    {
        public const int MaxAttempts = 4;
        public const int ChecksPerAttempt = 16;
        public static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(200);
    }
}
