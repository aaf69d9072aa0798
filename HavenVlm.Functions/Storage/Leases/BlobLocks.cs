using HavenVlm.Core.Storage;

namespace HavenVlm.Functions.Storage.Leases;

/// <summary>Named locks over every process that shares the container: leases on the blobs <c>~locks/NAME</c>, renewed while they are held.</summary>
internal sealed class BlobLocks(AzureStorage storage, LeaseTimes times, TimeProvider time, Random random)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    // Within the process first come first served, and only one asks the service.
    private readonly NamedLocks _turns = new();

    /// <summary>Waits for a lock and takes it. Disposing gives it back, and throws when it was lost before.</summary>
    public async Task<IAsyncDisposable> TakeAsync(string name, CancellationToken cancellationToken)
    {
        var turn = await _turns.TakeAsync(name, cancellationToken);
        try
        {
            for (var pause = ShortestPause; ; pause = pause * 2 > LongestPause ? LongestPause : pause * 2)
            {
                if (await BlobLease.TryTakeAsync(storage.Container, "~locks/" + name, times, time, cancellationToken) is { } lease)
                {
                    return new Holder(name, turn, lease, times, time);
                }

                await Task.Delay(pause * (0.5 + (random.NextDouble() / 2)), time, cancellationToken);
            }
        }
        catch
        {
            await turn.DisposeAsync();
            throw;
        }
    }

    private sealed class Holder : IAsyncDisposable
    {
        private readonly string _name;
        private readonly NamedLocks.Holder _turn;
        private readonly BlobLease _lease;
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _renewing;
        private int _disposed;

        public Holder(string name, NamedLocks.Holder turn, BlobLease lease, LeaseTimes times, TimeProvider time)
        {
            _name = name;
            _turn = turn;
            _lease = lease;
            _renewing = KeepAsync(times, time, _stop.Token);
        }

        /// <summary>Gives it back.</summary>
        /// <exception cref="IOException">It was lost: others may have been at work at the same time, so the work has to be done again.</exception>
        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _disposed, 1) != 0)
            {
                return;
            }

            await _stop.CancelAsync();
            await _renewing;
            var wasLost = _lease.Lost.IsCancellationRequested;
            await _lease.DisposeAsync();
            _stop.Dispose();
            await _turn.DisposeAsync();
            if (wasLost)
            {
                throw new IOException(
                    $"The lock \"{_name}\" was lost while it was held: the storage account could not be reached in time."
                );
            }
        }

        private async Task KeepAsync(LeaseTimes times, TimeProvider time, CancellationToken stop)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop, _lease.Lost);
            while (!ended.IsCancellationRequested)
            {
                await Task.Delay(times.RenewEvery, time, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (ended.IsCancellationRequested)
                {
                    return;
                }

                try
                {
                    await _lease.RenewAsync(ended.Token);
                }
                catch (Exception e) when (StorageFault.IsFault(e, CancellationToken.None))
                {
                    // Tried again until the lease counts as lost.
                    await Task.Delay(times.RenewEvery / 9, time, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }
    }
}
