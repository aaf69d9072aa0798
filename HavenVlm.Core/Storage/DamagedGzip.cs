using System.Buffers.Binary;
using System.IO.Compression;

namespace HavenVlm.Core.Storage;

/// <summary>Compressed lines of which some bytes are not what was written.</summary>
public static class DamagedGzip
{
    // The framework gives nothing of the read in which it finds the damage, so reads are small.
    private const int Step = 64;
    private const int HeaderLength = 10;
    private const int TrailerLength = 8;

    // As this program's writer begins a member: no name, no time.
    private static ReadOnlySpan<byte> MemberStart => [0x1F, 0x8B, 8, 0, 0, 0, 0, 0];

    /// <summary>Whether a file of one member decompresses to its end. The framework takes a file that was cut off for a whole one.</summary>
    public static async Task<bool> IsSoundAsync(FileStream file, CancellationToken cancellationToken)
    {
        var length = file.Length;
        if (length < HeaderLength + TrailerLength)
        {
            return false;
        }

        var size = new byte[sizeof(uint)];
        await RandomAccess.ReadAsync(file.SafeFileHandle, size, length - size.Length, cancellationToken);
        file.Position = 0;
        try
        {
            var plain = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
            await using (plain)
            {
                var counter = new CountingStream();
                await plain.CopyToAsync(counter, cancellationToken);
                return (uint)counter.Count == BinaryPrimitives.ReadUInt32LittleEndian(size);
            }
        }
        catch (InvalidDataException)
        {
            return false;
        }
        finally
        {
            file.Position = 0;
        }
    }

    /// <summary>
    /// The whole lines that can still be read: in every member those before its damage. Where the damage begins cannot be told from
    /// where it is noticed, so a line shortly before may be garbled; whoever reads lines checks each of them anyway.
    /// </summary>
    public static byte[] ReadableLines(ReadOnlySpan<byte> compressed)
    {
        var lines = new MemoryStream();
        var start = 0;
        while (start < compressed.Length)
        {
            var next = compressed[(start + 1)..].IndexOf(MemberStart);
            var end = next < 0 ? compressed.Length : start + 1 + next;
            lines.Write(LinesOf(compressed[start..end].ToArray()));
            start = end;
        }

        return lines.ToArray();
    }

    private static ReadOnlySpan<byte> LinesOf(byte[] member)
    {
        var plain = Decompressed(() => new GZipStream(new MemoryStream(member), CompressionMode.Decompress));
        if (plain.Length == 0 && member.Length > HeaderLength)
        {
            // Perhaps only the header is damaged.
            plain = Decompressed(() =>
                new DeflateStream(new MemoryStream(member, HeaderLength, member.Length - HeaderLength), CompressionMode.Decompress)
            );
        }

        return plain.AsSpan(0, plain.AsSpan().LastIndexOf((byte)'\n') + 1);
    }

    private static byte[] Decompressed(Func<Stream> open)
    {
        var plain = new MemoryStream();
        try
        {
            using var stream = open();
            var step = new byte[Step];
            while (stream.Read(step) is > 0 and var read)
            {
                plain.Write(step, 0, read);
            }
        }
        catch (InvalidDataException)
        {
            // The damage; what came before it is there.
        }

        return plain.ToArray();
    }

    private sealed class CountingStream : Stream
    {
        public long Count { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => Count += count;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Count += buffer.Length;
            return ValueTask.CompletedTask;
        }

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
