using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Functions.Storage.Artifacts;

/// <summary>
/// Appends groups to logs. Each goes to a known position, so that one whose acknowledgement was lost is recognized and not appended twice,
/// however many processes append. The caller lets one append per log run at a time.
/// </summary>
internal sealed class LogAppender(AzureStorage storage, BlobStoreLimits limits, TimeProvider time, Random random, ILogger logger)
{
    private readonly LogTails _tails = new();

    private enum Outcome
    {
        Done,
        Retry,
    }

    /// <summary>Appends one group; it is stored when this returns.</summary>
    public async Task AppendAsync(string name, ReadOnlyMemory<byte> group, CancellationToken cancellationToken)
    {
        // True while a try may have been applied although it failed for us.
        var mayBeThere = false;
        for (var failures = 0; ; )
        {
            try
            {
                var tail = await TailAsync(name, cancellationToken);
                if (await TryAppendAsync(name, tail, group, mayBeThere, cancellationToken) == Outcome.Done)
                {
                    return;
                }
            }
            catch (Exception e) when (failures < limits.AppendRetries && StorageFault.IsPassing(e, cancellationToken))
            {
                mayBeThere = true;
                failures++;
                logger.LogDebug("Appending to {Log} is tried again: {Reason}", name, StorageFault.Describe(e));
                await Task.Delay(PauseAfter(failures), time, cancellationToken);
            }
        }
    }

    /// <summary>Forgets where a log ends: it was sealed or deleted.</summary>
    public void Forget(string name) => _tails.Forget(name);

    private async Task<Outcome> TryAppendAsync(
        string name,
        LogTail tail,
        ReadOnlyMemory<byte> group,
        bool mayBeThere,
        CancellationToken cancellationToken
    )
    {
        var blob = storage.ContainerWithoutRetries.GetAppendBlobClient(LogBlobs.Part(name, tail.Part));
        using var content = new MemoryStream(group.ToArray(), writable: false);
        try
        {
            var appended = await blob.AppendBlockAsync(
                content,
                new AppendBlobAppendBlockOptions { Conditions = new AppendBlobRequestConditions { IfAppendPositionEqual = tail.Position } },
                cancellationToken
            );
            _tails.Set(name, new LogTail(tail.Part, tail.Position + group.Length, appended.Value.BlobCommittedBlockCount));
            return Outcome.Done;
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            _tails.Forget(name);
            if (e.ErrorCode == BlobErrorCode.InvalidBlobType)
            {
                throw new InvalidOperationException($"\"{name}\" was written whole; nothing can be appended to it.", e);
            }

            if (e.ErrorCode == BlobErrorCode.ContainerNotFound || e.ErrorCode == BlobErrorCode.ContainerBeingDeleted)
            {
                throw;
            }

            // Somebody appended, sealed or deleted meanwhile; or this is what we wrote before the connection broke.
            return mayBeThere && await IsThereAsync(name, tail, group, cancellationToken) ? Outcome.Done : Outcome.Retry;
        }
    }

    private async Task<LogTail> TailAsync(string name, CancellationToken cancellationToken)
    {
        var tail = _tails.Find(name);
        if (tail is null)
        {
            var last = await LogBlobs.LastPartAsync(storage.Container, name, cancellationToken);
            tail = await PartTailAsync(name, last, cancellationToken);
        }

        if (tail.Blocks >= limits.BlocksPerPart)
        {
            tail = await PartTailAsync(name, tail.Part + 1, cancellationToken);
        }

        return tail;
    }

    private async Task<LogTail> PartTailAsync(string name, int number, CancellationToken cancellationToken)
    {
        for (; ; )
        {
            if (await LogBlobs.FindPartAsync(storage.Container, name, number, cancellationToken) is { } part)
            {
                var tail = new LogTail(number, part.Length, part.Blocks);
                _tails.Set(name, tail);
                return tail;
            }

            await LogBlobs.CreatePartAsync(storage.Container, name, number, cancellationToken);
        }
    }

    private async Task<bool> IsThereAsync(string name, LogTail tail, ReadOnlyMemory<byte> group, CancellationToken cancellationToken)
    {
        try
        {
            var options = new BlobDownloadOptions { Range = new HttpRange(tail.Position, group.Length) };
            var present = await storage
                .Container.GetBlobClient(LogBlobs.Part(name, tail.Part))
                .DownloadContentAsync(options, cancellationToken);
            return present.Value.Content.ToMemory().Span.SequenceEqual(group.Span);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 416)
        {
            return false;
        }
    }

    private TimeSpan PauseAfter(int failures)
    {
        var longest = storage.Connection.RetryDelay * Math.Min(20, Math.Pow(2, failures - 1));
        return longest * (0.5 + (random.NextDouble() / 2));
    }
}
