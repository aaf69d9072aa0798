using System.Buffers.Binary;

namespace HavenVlm.Core.Media.Probing;

/// <summary>Recognizes streams that carry no name in front, also where a recording begins in the middle of them.</summary>
internal static class MpegStreams
{
    private const byte Sync = 0x47;
    private const int NeededPackets = 5;
    private const int NeededPacks = 2;

    // Plain; with a time stamp of 4 bytes before each, as on discs; with 16 bytes of error correction behind each, as broadcast.
    private static readonly int[] PacketLengths = [188, 192, 204];

    private static ReadOnlySpan<byte> StartCode => [0, 0, 1];

    /// <summary>Whether it is a transport stream; it may begin within a packet.</summary>
    public static bool IsTransportStream(ReadOnlySpan<byte> head) => FindPackets(head) is not null;

    /// <summary>Where the first whole packet of a transport stream begins, and the bytes from each to the next; null = there are none.</summary>
    public static (int Offset, int Length)? FindPackets(ReadOnlySpan<byte> bytes)
    {
        foreach (var length in PacketLengths)
        {
            for (var offset = 0; offset < length; offset++)
            {
                if (HasSync(bytes, offset, length))
                {
                    return (offset, length);
                }
            }
        }

        return null;
    }

    /// <summary>Whether there are packs of a program stream in it, wherever the first begins.</summary>
    public static bool HasProgramStream(ReadOnlySpan<byte> head)
    {
        var packs = 0;
        for (var rest = head; NextStart(rest) is >= 0 and var at; rest = rest[(at + StartCode.Length)..])
        {
            packs += IsPack(rest[at..]) ? 1 : 0;
            if (packs == NeededPacks)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>ffmpeg's name of a row of bare pictures in H.264 or HEVC, as some cameras store them; null = it is none.</summary>
    public static string? RawKind(ReadOnlySpan<byte> head)
    {
        if (NextStart(head) is not (0 or 1) || (head.Length > 0 && head[0] != 0))
        {
            return null;
        }

        var units = new List<(byte First, byte Second)>();
        for (var rest = head; NextStart(rest) is >= 0 and var at; rest = rest[(at + StartCode.Length)..])
        {
            var unit = rest[(at + StartCode.Length)..];
            if (unit.Length > 1)
            {
                units.Add((unit[0], unit[1]));
            }
        }

        // Parameters come before the first picture: of sequence (7) and picture (8) here, of video (32) and sequence (33) there.
        return units.Exists(unit => IsAvc(unit, 7)) && units.Exists(unit => IsAvc(unit, 8)) && IsAvc(units[0], 6, 7, 9) ? "h264"
            : units.Exists(unit => IsHevc(unit, 32)) && units.Exists(unit => IsHevc(unit, 33)) && IsHevc(units[0], 32, 33, 35, 39) ? "hevc"
            : null;
    }

    private static bool IsAvc((byte First, byte Second) unit, params ReadOnlySpan<int> kinds) =>
        (unit.First & 0x80) == 0 && kinds.Contains(unit.First & 0x1F);

    private static bool IsHevc((byte First, byte Second) unit, params ReadOnlySpan<int> kinds) =>
        (unit.First & 0x81) == 0 && unit.Second == 1 && kinds.Contains(unit.First >> 1);

    /// <summary>Where the next start code is; -1 = there is none.</summary>
    public static int NextStart(ReadOnlySpan<byte> bytes) => bytes.IndexOf(StartCode);

    /// <summary>Whether the bytes begin with a pack: marker bits of MPEG-2 or MPEG-1, and another start code right behind.</summary>
    public static bool IsPack(ReadOnlySpan<byte> bytes)
    {
        const int ShortPack = 12;
        const int LongPack = 14;
        if (bytes.Length <= LongPack || bytes[3] != 0xBA)
        {
            return false;
        }

        var length =
            (bytes[4] & 0xC4) == 0x44 ? LongPack + (bytes[LongPack - 1] & 7)
            : (bytes[4] & 0xF1) == 0x21 ? ShortPack
            : 0;
        return length > 0 && bytes[length..].StartsWith(StartCode);
    }

    private static bool HasSync(ReadOnlySpan<byte> head, int offset, int length)
    {
        for (var i = 0; i < NeededPackets; i++)
        {
            var at = offset + (i * length);
            if (at >= head.Length || head[at] != Sync)
            {
                return false;
            }
        }

        // A stretch of equal bytes is no row of packets.
        return BinaryPrimitives.ReadUInt32BigEndian(head[offset..]) != 0x47474747;
    }
}
