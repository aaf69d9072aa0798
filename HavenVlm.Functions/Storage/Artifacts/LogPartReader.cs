using System.IO.Compression;
using Azure;
using Azure.Storage.Blobs.Models;

namespace HavenVlm.Functions.Storage.Artifacts;

/// <summary>Reads the lines of one part, also while it is sealed or appended to: they keep their order, only their place changes.</summary>
internal sealed class LogPartReader(AzureStorage storage, LogRepair repair, string name, int number) : IAsyncDisposable, IDisposable
{
    private const int MaxChanges = 20;
    private const int SkipBuffer = 64 * 1024;

    private LogPart? _part;
    private byte[]? _repaired;
    private Stream? _current;
    private long _read;
    private long _openedAt;
    private int _changes;

    /// <summary>Reads on; 0 at the end of the part.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        for (; ; )
        {
            try
            {
                if (_current is null && !await OpenAsync(cancellationToken))
                {
                    return 0;
                }

                var read = await _current!.ReadAsync(buffer, cancellationToken);
                if (read > 0)
                {
                    _read += read;
                    return read;
                }

                if (_read == _openedAt)
                {
                    throw new InvalidDataException($"\"{name}\" is shorter than it was when it was sealed.");
                }

                // On to what follows, as long as there is something.
                await CloseAsync();
            }
            catch (Exception e) when (e is InvalidDataException or EndOfStreamException && _repaired is null && IsInSealed)
            {
                // The positions stay the same: reading goes on behind what was read.
                await CloseAsync();
                _repaired = await repair.RepairAsync(name, _part!, cancellationToken);
            }
            catch (RequestFailedException e) when (e.Status is 404 or 412 or 416 && _changes < MaxChanges)
            {
                _changes++;
                _part = null;
                await CloseAsync();
            }
        }
    }

    private bool IsInSealed => _part?.SealedBlob is not null && _read < _part.SealedLength;

    public ValueTask DisposeAsync() => CloseAsync();

    public void Dispose()
    {
        _current?.Dispose();
        _current = null;
    }

    /// <summary>Opens what follows the bytes that were read; false when there is no more.</summary>
    private async Task<bool> OpenAsync(CancellationToken cancellationToken)
    {
        _part ??=
            await LogBlobs.FindPartAsync(storage.Container, name, number, cancellationToken)
            ?? throw new IOException($"\"{name}\" was deleted while it was read.");
        _openedAt = _read;
        if (IsInSealed)
        {
            // Sealed again meanwhile, it holds more: repaired again.
            _repaired = _repaired?.LongLength == _part.SealedLength ? _repaired : null;
            if (_repaired is not null)
            {
                _current = new MemoryStream(_repaired, (int)_read, _repaired.Length - (int)_read, writable: false);
                return true;
            }

            var blob = storage.Container.GetBlobClient(_part.SealedBlob!);
            var plain = new GZipStream(
                await blob.OpenReadAsync(new BlobOpenReadOptions(allowModifications: false), cancellationToken),
                CompressionMode.Decompress
            );
            _current = plain;
            await SkipAsync(plain, _read, cancellationToken);
            return true;
        }

        var from = _read - _part.SealedLength;
        if (from >= _part.Length)
        {
            return false;
        }

        var response = await storage
            .Container.GetBlobClient(LogBlobs.Part(name, number))
            .DownloadStreamingAsync(
                new BlobDownloadOptions { Range = new HttpRange(from, Math.Min(_part.LongestRead, _part.Length - from)) },
                cancellationToken
            );
        _current = response.Value.Content;
        // Repaired, its lines lie in another blob; what the part holds itself stays.
        if (_repaired is null && LogPart.SealedBlobOf(response.Value.Details.Metadata) != _part.SealedBlob)
        {
            throw new RequestFailedException(412, "The part was sealed meanwhile.");
        }

        return true;
    }

    private static async Task SkipAsync(Stream stream, long bytes, CancellationToken cancellationToken)
    {
        var scratch = new byte[(int)Math.Min(bytes, SkipBuffer)];
        while (bytes > 0)
        {
            var part = scratch.AsMemory(0, (int)Math.Min(bytes, scratch.Length));
            await stream.ReadExactlyAsync(part, cancellationToken);
            bytes -= part.Length;
        }
    }

    private async ValueTask CloseAsync()
    {
        if (_current is { } current)
        {
            _current = null;
            await current.DisposeAsync();
        }
    }
}
