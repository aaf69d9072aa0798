namespace HavenVlm.Functions.Storage.Artifacts;

/// <summary>Reads a log over all its parts. Only asynchronously: every read may be a call to the service.</summary>
internal sealed class LogStream(AzureStorage storage, LogRepair repair, string name, int lastPart) : Stream
{
    private LogPartReader? _reader = new(storage, repair, name, 0);
    private int _number;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty && _reader is not null)
        {
            var read = await _reader.ReadAsync(buffer, cancellationToken);
            if (read > 0)
            {
                return read;
            }

            await _reader.DisposeAsync();
            _reader = _number < lastPart ? new LogPartReader(storage, repair, name, ++_number) : null;
        }

        return 0;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("A log in blobs is read asynchronously.");

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        if (_reader is not null)
        {
            await _reader.DisposeAsync();
            _reader = null;
        }

        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _reader?.Dispose();
            _reader = null;
        }

        base.Dispose(disposing);
    }
}
