using HavenVlm.Core.Vlm.Contracts;

namespace HavenVlm.Core.Vlm.Pool;

/// <summary>Slots on one machine: a count per endpoint name. It outlives configuration reloads, so requests still out keep counting.</summary>
internal sealed class SemaphoreSlots : IEndpointSlots
{
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <inheritdoc/>
    public event Action<string>? Released;

    /// <inheritdoc/>
    public ValueTask<IEndpointSlot?> TryAcquireAsync(string endpoint, int maxConcurrent, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var taken = _taken.GetValueOrDefault(endpoint);
            if (taken >= maxConcurrent)
            {
                return ValueTask.FromResult<IEndpointSlot?>(null);
            }

            _taken[endpoint] = taken + 1;
        }

        return ValueTask.FromResult<IEndpointSlot?>(new Slot(this, endpoint));
    }

    private void Release(string endpoint)
    {
        lock (_gate)
        {
            var left = _taken[endpoint] - 1;
            if (left == 0)
            {
                _taken.Remove(endpoint);
            }
            else
            {
                _taken[endpoint] = left;
            }
        }

        Released?.Invoke(endpoint);
    }

    private sealed class Slot(SemaphoreSlots owner, string endpoint) : IEndpointSlot
    {
        private SemaphoreSlots? _owner = owner;

        public CancellationToken Lost => CancellationToken.None;

        public ValueTask DisposeAsync()
        {
            Interlocked.Exchange(ref _owner, null)?.Release(endpoint);
            return ValueTask.CompletedTask;
        }
    }
}
