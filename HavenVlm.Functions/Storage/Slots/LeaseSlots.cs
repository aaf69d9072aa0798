using Azure.Storage.Blobs;
using HavenVlm.Core.Vlm.Contracts;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Functions.Storage.Slots;

/// <summary>
/// Keeps <c>maxConcurrent</c> over all instances of the app: a slot is a blob lease. A process takes a lease when a request needs it and
/// keeps it for many requests; all processes together never hold more than there are.
/// </summary>
internal sealed class LeaseSlots : IEndpointSlots, IAsyncDisposable
{
    private readonly AzureStorage _storage;
    private readonly LeaseSlotTimes _times;
    private readonly ILogger _logger;
    private readonly string _process = Guid.NewGuid().ToString("N");
    private readonly long _start;
    private readonly Dictionary<string, EndpointLeases> _endpoints = new(StringComparer.Ordinal);
    private readonly Lock _sync = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _maintaining;
    private int _disposed;

    /// <summary>Makes the slots; the container exists.</summary>
    public LeaseSlots(AzureStorage storage, LeaseSlotTimes times, TimeProvider time, Random random, ILogger<LeaseSlots> logger)
    {
        _storage = storage;
        _times = times;
        _logger = logger;
        _start = time.GetTimestamp();
        Time = time;
        Random = random;
        _maintaining = MaintainAsync(_stopping.Token);
    }

    /// <inheritdoc/>
    public event Action<string>? Released;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Spreads who asks for which slot.</summary>
    public Random Random { get; }

    /// <summary>Time since the start, on a steady clock.</summary>
    public TimeSpan Now => Time.GetElapsedTime(_start);

    /// <summary>
    /// Where the blobs are. Calls are not repeated by themselves: a slot that can't be had now is asked for again soon, and a late answer
    /// would come for a lease that has ended.
    /// </summary>
    public BlobContainerClient Container => _storage.ContainerWithoutRetries;

    /// <inheritdoc/>
    public async ValueTask<IEndpointSlot?> TryAcquireAsync(string endpoint, int maxConcurrent, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_stopping.IsCancellationRequested || maxConcurrent <= 0)
        {
            return null;
        }

        var leases = Of(endpoint);
        return await leases.TryUseAsync(maxConcurrent, cancellationToken) is { } held ? new Slot(this, endpoint, leases, held) : null;
    }

    /// <summary>How long calls to the service may take: a lease that is waited for in vain must not keep others from being renewed.</summary>
    public CancellationTokenSource LimitedBy(CancellationToken cancellationToken)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_times.Lease.CallTimeout);
        return limit;
    }

    /// <summary>Gives every slot back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _maintaining;
        foreach (var leases in All())
        {
            await leases.DisposeAsync();
        }

        _stopping.Dispose();
    }

    private EndpointLeases Of(string endpoint)
    {
        lock (_sync)
        {
            if (!_endpoints.TryGetValue(endpoint, out var leases))
            {
                var blobs = new SlotBlobs(Container, endpoint, _process, _times);
                _endpoints.Add(endpoint, leases = new EndpointLeases(this, endpoint, blobs, _times, _logger));
            }

            return leases;
        }
    }

    private EndpointLeases[] All()
    {
        lock (_sync)
        {
            return [.. _endpoints.Values];
        }
    }

    private async Task MaintainAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(_times.MaintenanceInterval, Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await Task.WhenAll(All().Select(leases => leases.MaintainAsync(stopping)));
            }
            catch (OperationCanceledException)
            {
                // We are being put down.
            }
            catch (Exception e)
            {
                _logger.LogError(e, "Looking after the slots failed");
            }
        }
    }

    private sealed class Slot(LeaseSlots owner, string endpoint, EndpointLeases leases, HeldSlot held) : IEndpointSlot
    {
        private int _disposed;

        public CancellationToken Lost => held.Lease.Lost;

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0 && await leases.LeaveAsync(held))
            {
                owner.Released?.Invoke(endpoint);
            }
        }
    }
}
