using System.Buffers;

namespace HavenVlm.Core.Media.Nut;

/// <summary>Reads NUT's primitive values; every method answers false when the bytes have not all arrived yet.</summary>
internal ref struct NutCursor(ReadOnlySequence<byte> buffer)
{
    private SequenceReader<byte> _reader = new(buffer);

    /// <summary>Where the next value begins.</summary>
    public readonly SequencePosition Position => _reader.Position;

    public readonly bool TryPeek(out byte value) => _reader.TryPeek(out value);

    public bool TryReadByte(out byte value) => _reader.TryRead(out value);

    public bool TryReadStartcode(out ulong value)
    {
        var complete = _reader.TryReadBigEndian(out long signed);
        value = (ulong)signed;
        return complete;
    }

    /// <summary>NUT's <c>v</c>: seven bits in a byte, the highest first, a set top bit means more.</summary>
    public bool TryReadNumber(out ulong value)
    {
        value = 0;
        for (var length = 0; length < 10; length++)
        {
            if (!_reader.TryRead(out var part))
            {
                return false;
            }

            value = (value << 7) | (uint)(part & 0x7F);
            if (part < 0x80)
            {
                return true;
            }
        }

        throw new InvalidDataException("A number has more digits than NUT allows.");
    }

    /// <summary>NUT's <c>s</c>: 0, 1, -1, 2, -2… as <c>v</c>.</summary>
    public bool TryReadSigned(out long value)
    {
        var complete = TryReadNumber(out var raw);
        var shifted = (long)(raw + 1);
        value = (shifted & 1) != 0 ? -(shifted >> 1) : shifted >> 1;
        return complete;
    }

    public bool TrySkip(long count)
    {
        if (_reader.Remaining < count)
        {
            return false;
        }

        _reader.Advance(count);
        return true;
    }

    public bool TryTake(long count, out ReadOnlySequence<byte> bytes)
    {
        if (_reader.Remaining < count)
        {
            bytes = default;
            return false;
        }

        bytes = _reader.UnreadSequence.Slice(0, count);
        _reader.Advance(count);
        return true;
    }

    /// <summary>A number inside a header that has arrived whole.</summary>
    public ulong Number() => TryReadNumber(out var value) ? value : throw Torn();

    /// <summary>A signed number inside a header that has arrived whole.</summary>
    public long Signed() => TryReadSigned(out var value) ? value : throw Torn();

    /// <summary>A counted byte string inside a header that has arrived whole.</summary>
    public byte[] Bytes() => TryTake(checked((long)Number()), out var bytes) ? bytes.ToArray() : throw Torn();

    private static InvalidDataException Torn() => new("A header ends too early.");
}
