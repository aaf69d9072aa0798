using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.Workflows.Running;

/// <summary>
/// Looks after the instance that an activity works for: ending or holding an instance does not stop its activities on every engine,
/// so a long one looks every two seconds.
/// </summary>
internal sealed class InstanceWatch : IAsyncDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _end;
    private readonly Task _loop;
    private DateTimeOffset? _created;

    private InstanceWatch(IOrchestrationClient client, string instanceId, TimeProvider time, CancellationToken cancellationToken)
    {
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _loop = ObserveAsync(client, instanceId, time);
    }

    /// <summary>Cancelled when the instance no longer runs, or the activity itself is cancelled.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>The state that stopped it; null = it runs.</summary>
    public RuntimeStatus? StoppedBy { get; private set; }

    public static InstanceWatch Begin(
        IOrchestrationClient client,
        string instanceId,
        TimeProvider time,
        CancellationToken cancellationToken
    ) => new(client, instanceId, time, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _loop;
        _end.Dispose();
        _stop.Dispose();
    }

    private async Task<RuntimeStatus?> StoppedByAsync(IOrchestrationClient client, string instanceId)
    {
        try
        {
            var instance = await client.GetAsync(instanceId, withInput: false, _end.Token);
            _created ??= instance?.CreatedTime;
            return instance switch
            {
                null => RuntimeStatus.Terminated,
                // Ended and started again: the one that this activity works for is over.
                _ when instance.CreatedTime != _created => RuntimeStatus.Terminated,
                { RuntimeStatus: RuntimeStatus.Running or RuntimeStatus.Pending } => null,
                _ => instance.RuntimeStatus,
            };
        }
        catch (Exception) when (!_end.IsCancellationRequested)
        {
            // The state cannot be read at the moment (a full disk, a storage account that is away): read again next time.
            return null;
        }
    }

    private async Task ObserveAsync(IOrchestrationClient client, string instanceId, TimeProvider time)
    {
        using var timer = new PeriodicTimer(PollInterval, time);
        try
        {
            StoppedBy = await StoppedByAsync(client, instanceId);
            while (StoppedBy is null && await timer.WaitForNextTickAsync(_end.Token))
            {
                StoppedBy = await StoppedByAsync(client, instanceId);
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The activity ended or is being cancelled: either way nothing new is asked.
        }

        await _stop.CancelAsync();
    }
}
