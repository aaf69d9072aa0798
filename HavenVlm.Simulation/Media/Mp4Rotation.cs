using System.Buffers.Binary;
using System.Text;

namespace HavenVlm.Simulation.Media;

/// <summary>
/// Writes the rotation of an MP4's video track into its track header (ISO/IEC 14496-12, 8.3.2), as phones do.
/// ffmpeg's own option for it differs between versions.
/// </summary>
internal static class Mp4Rotation
{
    private const int MatrixOffset = 40; // after the box header, in a version 0 track header
    private const int One = 0x10000; // 16.16 fixed point

    /// <summary>Sets the clockwise rotation of the first track.</summary>
    public static async Task WriteAsync(string path, int degrees, CancellationToken cancellationToken)
    {
        var file = await File.ReadAllBytesAsync(path, cancellationToken);
        var moov = Find(file, 0, file.Length, "moov");
        var trak = Find(file, moov.Start, moov.End, "trak");
        var tkhd = Find(file, trak.Start, trak.End, "tkhd");
        (int A, int B, int C, int D) matrix = degrees switch
        {
            90 => (0, One, -One, 0),
            180 => (-One, 0, 0, -One),
            270 => (0, -One, One, 0),
            _ => (One, 0, 0, One),
        };
        var at = tkhd.Start + MatrixOffset;
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(at), matrix.A);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(at + 4), matrix.B);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(at + 12), matrix.C);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(at + 16), matrix.D);
        await File.WriteAllBytesAsync(path, file, cancellationToken);
    }

    /// <summary>The content of the first box of a type inside a range.</summary>
    private static (int Start, int End) Find(byte[] file, int start, int end, string type)
    {
        for (var at = start; at + 8 <= end; )
        {
            var size = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            if (Encoding.ASCII.GetString(file, at + 4, 4).Equals(type, StringComparison.Ordinal))
            {
                return (at + 8, at + (int)size);
            }

            if (size < 8)
            {
                break;
            }

            at += (int)size;
        }

        throw new InvalidDataException($"The MP4 has no '{type}' box where one belongs.");
    }
}
