namespace HavenVlm.Core.Storage;

/// <summary>Reads several streams as one, each at most to its limit, and disposes them.</summary>
internal sealed class PartsStream(IReadOnlyList<PartsStream.Part> parts) : Stream
{
    private int _current;
    private long _readOfCurrent;

    /// <summary>One piece.</summary>
    internal sealed record Part(Stream Content, long Limit = long.MaxValue);

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
        while (!buffer.IsEmpty && _current < parts.Count)
        {
            var part = parts[_current];
            var room = (int)Math.Min(buffer.Length, part.Limit - _readOfCurrent);
            var read = room == 0 ? 0 : await part.Content.ReadAsync(buffer[..room], cancellationToken);
            if (Advance(read))
            {
                return read;
            }
        }

        return 0;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        while (count > 0 && _current < parts.Count)
        {
            var part = parts[_current];
            var room = (int)Math.Min(count, part.Limit - _readOfCurrent);
            var read = room == 0 ? 0 : part.Content.Read(buffer, offset, room);
            if (Advance(read))
            {
                return read;
            }
        }

        return 0;
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var part in parts)
            {
                part.Content.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    /// <summary>Counts what was read; false when the current part has ended.</summary>
    private bool Advance(int read)
    {
        if (read > 0)
        {
            _readOfCurrent += read;
            return true;
        }

        _current++;
        _readOfCurrent = 0;
        return false;
    }
}
