namespace HavenVlm.Simulation.Stash.Http;

/// <summary>Passes on so many bytes and swallows the rest, or cuts the connection there.</summary>
internal sealed class CutStream(Stream inner, long limit, Action? cut) : Stream
{
    private long _left = limit;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var passed = (int)Math.Min(_left, buffer.Length);
        if (passed > 0)
        {
            await inner.WriteAsync(buffer[..passed], cancellationToken);
            _left -= passed;
        }

        if (passed < buffer.Length && cut is not null)
        {
            await inner.FlushAsync(cancellationToken);
            cut();
            throw new IOException("The connection was cut on purpose.");
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
