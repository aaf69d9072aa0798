namespace HavenVlm.Core.Media.Probing;

/// <summary>Reads the clocks of transport and program streams from their bytes, in ticks of a 90,000th of a second.</summary>
internal static class MpegClock
{
    /// <summary>Ticks in a second.</summary>
    public const long Rate = 90_000;

    private const byte Sync = 0x47;
    private const int PackLength = 14;

    /// <summary>Each clock's times in the order of the bytes.</summary>
    /// <param name="bytes">A stretch of the file.</param>
    /// <param name="isTransport">Whether it is a transport stream, whose programs have a clock each.</param>
    public static IReadOnlyList<(int Clock, long Time)> Read(ReadOnlySpan<byte> bytes, bool isTransport) =>
        isTransport ? ReadTransport(bytes) : ReadProgram(bytes);

    private static List<(int Clock, long Time)> ReadTransport(ReadOnlySpan<byte> bytes)
    {
        var times = new List<(int, long)>();
        var offset = 0;
        while (MpegStreams.FindPackets(bytes[offset..]) is { } packets)
        {
            for (offset += packets.Offset; offset + 12 <= bytes.Length && bytes[offset] == Sync; offset += packets.Length)
            {
                var packet = bytes[offset..];
                // An adaptation field, long enough, with a clock in it.
                if ((packet[3] & 0x20) != 0 && packet[4] >= 7 && (packet[5] & 0x10) != 0)
                {
                    times.Add((((packet[1] & 0x1F) << 8) | packet[2], Base(packet[6..])));
                }
            }

            // Where it was torn, the next packets are looked for a little further on.
            offset = Math.Min(offset + 1, bytes.Length);
        }

        return times;
    }

    private static long Base(ReadOnlySpan<byte> clock) =>
        ((long)clock[0] << 25) | ((long)clock[1] << 17) | ((long)clock[2] << 9) | ((long)clock[3] << 1) | ((long)clock[4] >> 7);

    private static List<(int Clock, long Time)> ReadProgram(ReadOnlySpan<byte> bytes)
    {
        var times = new List<(int, long)>();
        for (var rest = bytes; MpegStreams.NextStart(rest) is >= 0 and var at && rest.Length - at > PackLength; rest = rest[(at + 3)..])
        {
            var pack = rest[at..];
            if (MpegStreams.IsPack(pack))
            {
                times.Add((0, (pack[4] & 0xC0) == 0x40 ? Long(pack) : Short(pack)));
            }
        }

        return times;
    }

    private static long Long(ReadOnlySpan<byte> pack) =>
        ((pack[4] >> 3 & 7L) << 30)
        | ((pack[4] & 3L) << 28)
        | ((long)pack[5] << 20)
        | ((long)(pack[6] >> 3) << 15)
        | ((pack[6] & 3L) << 13)
        | ((long)pack[7] << 5)
        | ((long)pack[8] >> 3);

    private static long Short(ReadOnlySpan<byte> pack) =>
        ((pack[4] >> 1 & 7L) << 30) | ((long)pack[5] << 22) | ((long)(pack[6] >> 1) << 15) | ((long)pack[7] << 7) | ((long)pack[8] >> 1);
}
