using System.IO.Compression;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Functions.Storage.Artifacts;

/// <summary>Compresses the parts of a log while others may append to it: a part is only emptied if nothing came since it was read.</summary>
internal sealed class LogSealer(AzureStorage storage, BlobStoreLimits limits, ILogger logger)
{
    private const int Tries = 5;

    /// <summary>Compresses every part. A part that keeps growing meanwhile stays as it is until the next time.</summary>
    public async Task SealAsync(string name, CancellationToken cancellationToken)
    {
        var parts = await LogBlobs.LastPartAsync(storage.Container, name, cancellationToken);
        for (var number = 0; number <= parts; number++)
        {
            await SealPartAsync(name, number, cancellationToken);
        }

        await RemoveOrphansAsync(name, cancellationToken);
    }

    private async Task SealPartAsync(string name, int number, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var part = await LogBlobs.FindPartAsync(storage.Container, name, number, cancellationToken);
            if (part is not { IsLog: true, Length: > 0 })
            {
                return;
            }

            var target = LogBlobs.NewSealed(name, number);
            if (!await TryCompressAsync(name, part, target, cancellationToken))
            {
                continue;
            }

            if (await TryEmptyAsync(name, part, target, cancellationToken))
            {
                if (part.SealedBlob is { } old)
                {
                    await storage.Container.GetBlobClient(old).DeleteIfExistsAsync(cancellationToken: cancellationToken);
                }

                return;
            }

            await storage.Container.GetBlobClient(target).DeleteIfExistsAsync(cancellationToken: cancellationToken);
        }

        logger.LogInformation("{Log} is still written to; it is compressed when it is finished the next time.", name);
    }

    /// <summary>Writes what was compressed before and what came since to a new blob, through a file: a log has no upper size.</summary>
    private async Task<bool> TryCompressAsync(string name, LogPart part, string target, CancellationToken cancellationToken)
    {
        var file = new FileStream(
            Path.Combine(Path.GetTempPath(), $"haven-{Guid.NewGuid():N}"),
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
            }
        );
        await using (file)
        {
            try
            {
                if (part.SealedBlob is { } before)
                {
                    await storage.Container.GetBlobClient(before).DownloadToAsync(file, cancellationToken);
                }

                // Compressed streams one behind the other are a compressed stream.
                var gzip = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true);
                await using (gzip)
                {
                    await CopyAsync(name, part, gzip, cancellationToken);
                }
            }
            catch (RequestFailedException e) when (e.Status is 404 or 412)
            {
                // Appended to, sealed or deleted by another process.
                return false;
            }

            file.Position = 0;
            await storage.Container.GetBlobClient(target).UploadAsync(file, new BlobUploadOptions(), cancellationToken);
        }

        return true;
    }

    private async Task CopyAsync(string name, LogPart part, Stream target, CancellationToken cancellationToken)
    {
        var blob = storage.Container.GetBlobClient(LogBlobs.Part(name, part.Number));
        var unchanged = new BlobRequestConditions { IfMatch = part.ETag };
        for (var from = 0L; from < part.Length; )
        {
            var range = new HttpRange(from, Math.Min(part.LongestRead, part.Length - from));
            var options = new BlobDownloadOptions { Conditions = unchanged, Range = range };
            using var piece = (await blob.DownloadStreamingAsync(options, cancellationToken)).Value;
            await piece.Content.CopyToAsync(target, cancellationToken);
            from += range.Length!.Value;
        }
    }

    /// <summary>Empties the part and makes it refer to its compressed lines, unless it changed since they were read.</summary>
    private async Task<bool> TryEmptyAsync(string name, LogPart part, string target, CancellationToken cancellationToken)
    {
        var blob = storage.Container.GetAppendBlobClient(LogBlobs.Part(name, part.Number));
        try
        {
            await blob.CreateAsync(
                new AppendBlobCreateOptions
                {
                    Conditions = new AppendBlobRequestConditions { IfMatch = part.ETag },
                    Metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
                    {
                        [LogPart.SealedIn] = target,
                        [LogPart.SealedBytes] = $"{part.SealedLength + part.Length}",
                    },
                },
                cancellationToken
            );
            return true;
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            // A repeated call whose first acknowledgement was lost fails too.
            var now = await LogBlobs.FindPartAsync(storage.Container, name, part.Number, cancellationToken);
            return now?.SealedBlob == target;
        }
    }

    /// <summary>Removes what sealings left that a crash ended. Ages by the service's clock.</summary>
    private async Task RemoveOrphansAsync(string name, CancellationToken cancellationToken)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        var compressed = new List<string>();
        await foreach (
            var page in storage
                .Container.GetBlobsAsync(BlobTraits.Metadata, BlobStates.None, LogBlobs.PiecesPrefix(name), cancellationToken)
                .AsPages()
        )
        {
            var now = page.GetRawResponse().Headers.Date ?? DateTimeOffset.MinValue;
            foreach (var blob in page.Values)
            {
                if (LogBlobs.PartNumber(name, blob.Name) is not null)
                {
                    used.Add(LogPart.SealedBlobOf(blob.Metadata) ?? "");
                }
                else if (
                    !blob.Name.EndsWith(LogRepair.DamagedSuffix, StringComparison.Ordinal)
                    && now - blob.Properties.LastModified >= limits.OrphanAge
                )
                {
                    compressed.Add(blob.Name);
                }
            }
        }

        if (compressed.Count == 0)
        {
            return;
        }

        used.Add((await LogBlobs.FindPartAsync(storage.Container, name, 0, cancellationToken))?.SealedBlob ?? "");
        foreach (var orphan in compressed.Where(blob => !used.Contains(blob)))
        {
            await storage.Container.GetBlobClient(orphan).DeleteIfExistsAsync(cancellationToken: cancellationToken);
        }
    }
}
