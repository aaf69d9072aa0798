using System.Buffers.Binary;

namespace HavenVlm.Core.Tests.Media;

/// <summary>Reads a JPEG's size from its frame header.</summary>
internal static class JpegSize
{
    public static (int Width, int Height) Of(ReadOnlySpan<byte> jpeg)
    {
        for (var at = 2; at + 9 < jpeg.Length; at += 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + 2)..]))
        {
            if (jpeg[at + 1] is >= 0xC0 and <= 0xC3)
            {
                return (BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + 5)..]));
            }
        }

        throw new InvalidDataException("No JPEG.");
    }
}
