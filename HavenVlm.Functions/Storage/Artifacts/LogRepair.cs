using System.IO.Compression;
using Azure;
using Azure.Storage.Blobs.Models;
using HavenVlm.Core.Storage;

namespace HavenVlm.Functions.Storage.Artifacts;

/// <summary>
/// Takes the place of a part's compressed lines when these are damaged: what can be read of them, followed by spaces up to the old length,
/// so that every position behind them stays what it is. The damaged blob is kept as <c>NAME~k~id.damaged</c>.
/// </summary>
internal sealed class LogRepair(AzureStorage storage, DamageReports? damage)
{
    /// <summary>What the blob of a damaged piece is called from then on.</summary>
    public const string DamagedSuffix = ".damaged";

    /// <summary>The lines to read instead, as long as the damaged ones were.</summary>
    public async Task<byte[]> RepairAsync(string name, LogPart part, CancellationToken cancellationToken)
    {
        var damaged = part.SealedBlob!;
        var content = (await storage.Container.GetBlobClient(damaged).DownloadContentAsync(cancellationToken)).Value.Content;
        var lines = Filled(DamagedGzip.ReadableLines(content.ToMemory().Span), part.SealedLength);
        var isReplaced = false;
        try
        {
            isReplaced = await TryReplaceAsync(name, part, lines, content, cancellationToken);
        }
        catch (RequestFailedException)
        {
            // Without the right to write, or with the account full: what can be read is used all the same.
        }

        damage?.Add(
            name,
            isReplaced
                ? $"A part of {name} is damaged; it is kept as {damaged}{DamagedSuffix}. What could be read is used; the rest is requested again."
                : $"A part of {name} is damaged and could not be set aside. What could be read of it is used."
        );
        return lines;
    }

    /// <summary>The lines, and one of nothing but spaces for what is missing.</summary>
    private static byte[] Filled(byte[] lines, long length)
    {
        var filled = new byte[length];
        filled.AsSpan().Fill((byte)' ');
        var kept = Math.Min(lines.Length, filled.Length);
        lines.AsSpan(0, kept).CopyTo(filled);
        if (kept < filled.Length)
        {
            filled[^1] = (byte)'\n';
        }

        return filled;
    }

    /// <summary>Makes the part refer to the readable lines, unless it changed since it was read.</summary>
    private async Task<bool> TryReplaceAsync(
        string name,
        LogPart part,
        byte[] lines,
        BinaryData damaged,
        CancellationToken cancellationToken
    )
    {
        // Kept first: at no moment is what was there gone.
        await storage.Container.GetBlobClient(part.SealedBlob + DamagedSuffix).UploadAsync(damaged, overwrite: true, cancellationToken);
        var target = LogBlobs.NewSealed(name, part.Number);
        using var compressed = new MemoryStream();
        var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true);
        await using (gzip)
        {
            await gzip.WriteAsync(lines, cancellationToken);
        }

        compressed.Position = 0;
        await storage.Container.GetBlobClient(target).UploadAsync(compressed, new BlobUploadOptions(), cancellationToken);
        try
        {
            await storage
                .Container.GetBlobClient(LogBlobs.Part(name, part.Number))
                .SetMetadataAsync(
                    new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
                    {
                        [LogPart.SealedIn] = target,
                        [LogPart.SealedBytes] = $"{part.SealedLength}",
                    },
                    new BlobRequestConditions { IfMatch = part.ETag },
                    cancellationToken
                );
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            // Appended to, sealed or repaired meanwhile: whoever reads it next tries again.
            await storage.Container.GetBlobClient(target).DeleteIfExistsAsync(cancellationToken: cancellationToken);
            return false;
        }

        await storage.Container.GetBlobClient(part.SealedBlob).DeleteIfExistsAsync(cancellationToken: cancellationToken);
        return true;
    }
}
