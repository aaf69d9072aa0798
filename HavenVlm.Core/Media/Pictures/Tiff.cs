using System.Buffers.Binary;

namespace HavenVlm.Core.Media.Pictures;

/// <summary>Reads from a TIFF how its first picture is compressed.</summary>
internal static class Tiff
{
    private const int EntryLength = 12;
    private const int MostEntries = 512;
    private const int CompressionTag = 259;

    /// <summary>Bytes from the beginning that hold the whole directory of the first picture, at most.</summary>
    public static long DirectoryEnd(ReadOnlySpan<byte> bytes) =>
        bytes.Length < 8 ? 0 : Number32(bytes, 4) + 2L + (MostEntries * EntryLength);

    /// <summary>The compression where it is none that ffmpeg decodes; null = it decodes it, or the directory is not among the bytes.</summary>
    public static string? UndecodableCompression(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 8 || Number32(bytes, 4) is var at && at + 2 > (uint)bytes.Length)
        {
            return null;
        }

        var count = Math.Min(Number16(bytes, (int)at), MostEntries);
        for (var entry = (int)at + 2; count > 0 && entry + EntryLength <= bytes.Length; entry += EntryLength, count--)
        {
            if (Number16(bytes, entry) == CompressionTag)
            {
                return Number16(bytes, entry + 8) switch
                {
                    // None, CCITT, LZW, Deflate, PackBits, LZMA.
                    1 or 2 or 3 or 4 or 5 or 8 or 32946 or 32773 or 34925 => null,
                    6 or 7 => "JPEG",
                    33003 or 33005 or 34712 => "JPEG 2000",
                    50000 => "Zstandard",
                    50001 => "WebP",
                    var other => $"number {other}",
                };
            }
        }

        return null;
    }

    private static bool IsBigEndian(ReadOnlySpan<byte> bytes) => bytes[0] == (byte)'M';

    private static int Number16(ReadOnlySpan<byte> bytes, int at) =>
        IsBigEndian(bytes) ? BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]) : BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint Number32(ReadOnlySpan<byte> bytes, int at) =>
        IsBigEndian(bytes) ? BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}
