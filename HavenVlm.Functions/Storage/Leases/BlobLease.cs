using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace HavenVlm.Functions.Storage.Leases;

/// <summary>
/// A lease on an empty blob. How long it is ours is counted on our own steady clock from before the service was asked, so it never ends
/// later for us than for the service, whatever the clocks say.
/// </summary>
internal sealed class BlobLease : IAsyncDisposable
{
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(5);

    private readonly BlobLeaseClient _client;
    private readonly LeaseTimes _times;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _lost = new();
    private readonly ITimer _deadline;
    private readonly Lock _sync = new();
    private bool _isOver;
    private long _askedAt;

    private BlobLease(BlobLeaseClient client, LeaseTimes times, TimeProvider time, long askedAt)
    {
        _client = client;
        _times = times;
        _time = time;
        _askedAt = askedAt;
        Lost = _lost.Token;
        _deadline = time.CreateTimer(_ => Lose(), state: null, UntilLost(), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancelled when the lease is, or may soon be, somebody else's.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Whether it is time to renew it.</summary>
    public bool IsRenewalDue => _time.GetElapsedTime(_askedAt) >= _times.RenewEvery;

    /// <summary>Takes the lease; null when somebody else has it.</summary>
    /// <exception cref="Exception">The service can't be asked (<see cref="StorageFault"/>).</exception>
    public static async Task<BlobLease?> TryTakeAsync(
        BlobContainerClient container,
        string blobName,
        LeaseTimes times,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var blob = container.GetBlobClient(blobName);
        // An id of our own: when the acknowledgement is lost, asking again with the same id succeeds.
        var client = blob.GetBlobLeaseClient(Guid.NewGuid().ToString());
        for (var isMade = false; ; isMade = true)
        {
            var askedAt = time.GetTimestamp();
            try
            {
                await client.AcquireAsync(times.Duration, cancellationToken: cancellationToken);
                var lease = new BlobLease(client, times, time, askedAt);
                if (!lease.Lost.IsCancellationRequested)
                {
                    return lease;
                }

                // The answer took as long as the lease.
                await lease.DisposeAsync();
                return null;
            }
            catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound && !isMade)
            {
                await MakeAsync(blob, cancellationToken);
            }
            catch (RequestFailedException e) when (e.Status == 409)
            {
                return null;
            }
        }
    }

    /// <summary>Makes an empty blob unless it exists, be it leased or not.</summary>
    public static async Task MakeAsync(BlobClient blob, CancellationToken cancellationToken)
    {
        try
        {
            var options = new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } };
            await blob.UploadAsync(BinaryData.Empty, options, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status is 409 or 412)
        {
            // It exists.
        }
    }

    /// <summary>Renews it. When the service says that it is no longer ours it is lost; when the service can't be asked, time decides.</summary>
    /// <exception cref="Exception">The service can't be asked (<see cref="StorageFault"/>).</exception>
    public async Task RenewAsync(CancellationToken cancellationToken)
    {
        var askedAt = _time.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Lost);
        try
        {
            await _client.RenewAsync(cancellationToken: limit.Token);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            Lose();
            return;
        }

        if (!Lost.IsCancellationRequested)
        {
            _askedAt = askedAt;
            _deadline.Change(UntilLost(), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Gives it back; when the service can't be asked it ends by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_sync)
        {
            _isOver = true;
        }

        await _deadline.DisposeAsync();
        using var limit = new CancellationTokenSource(ReleaseTimeout, _time);
        try
        {
            await _client.ReleaseAsync(cancellationToken: limit.Token);
        }
        catch (Exception e) when (StorageFault.IsFault(e, CancellationToken.None))
        {
            // Nobody else can have it before it ended.
        }

        _lost.Dispose();
    }

    private void Lose()
    {
        lock (_sync)
        {
            if (!_isOver)
            {
                _lost.Cancel();
            }
        }
    }

    private TimeSpan UntilLost()
    {
        var left = _times.Duration - _times.Margin - _time.GetElapsedTime(_askedAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
