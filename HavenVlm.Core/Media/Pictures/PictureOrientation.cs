using System.Buffers.Binary;

namespace HavenVlm.Core.Media.Pictures;

/// <summary>
/// How a picture has to be turned to stand upright. Cameras write it as an Exif orientation, 1 to 8 (CIPA DC-008, tag 0x0112); AVIF and HEIC as
/// a rotation and a mirroring of the item (ISO/IEC 23008-12). Read here, because ffmpeg's versions differ in what they heed.
/// </summary>
internal static class PictureOrientation
{
    private const ushort OrientationTag = 0x0112;
    private const int MaxEntries = 512;

    /// <summary>ffmpeg filters that turn the picture upright; none when it is or says nothing.</summary>
    public static IReadOnlyList<string> Filters(PictureFormat format, ReadOnlySpan<byte> bytes) =>
        format switch
        {
            PictureFormat.Jpeg => FromExif(OfJpeg(bytes)),
            PictureFormat.Png or PictureFormat.AnimatedPng => FromExif(OfPng(bytes)),
            PictureFormat.Webp or PictureFormat.AnimatedWebp => FromExif(OfWebp(bytes)),
            PictureFormat.Avif or PictureFormat.Heic => OfItem(bytes),
            _ => [],
        };

    private static IReadOnlyList<string> FromExif(int orientation) =>
        orientation switch
        {
            2 => ["hflip"],
            3 => ["hflip", "vflip"],
            4 => ["vflip"],
            5 => ["transpose=cclock_flip"],
            6 => ["transpose=clock"],
            7 => ["transpose=clock_flip"],
            8 => ["transpose=cclock"],
            _ => [],
        };

    private static int OfJpeg(ReadOnlySpan<byte> bytes)
    {
        for (var at = 2; at + 4 <= bytes.Length && bytes[at] == 0xFF; )
        {
            var marker = bytes[at + 1];
            if (marker == 0xFF)
            {
                at++;
                continue;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
            if (marker is 0xDA or 0xD9 || length < 2)
            {
                return 1;
            }

            var content = bytes[(at + 4)..Math.Min(bytes.Length, at + 2 + length)];
            if (marker == 0xE1 && content.StartsWith("Exif\0\0"u8))
            {
                return OfTiff(content[6..]);
            }

            at += 2 + length;
        }

        return 1;
    }

    private static int OfPng(ReadOnlySpan<byte> bytes)
    {
        for (long at = 8; at + 12 <= bytes.Length; )
        {
            var chunk = bytes[(int)at..];
            var length = BinaryPrimitives.ReadUInt32BigEndian(chunk);
            if (chunk[4..8].SequenceEqual("eXIf"u8))
            {
                return OfTiff(chunk[8..(int)Math.Min(chunk.Length, 8 + length)]);
            }

            at += 12 + length;
        }

        return 1;
    }

    private static int OfWebp(ReadOnlySpan<byte> bytes)
    {
        for (long at = 12; at + 8 <= bytes.Length; )
        {
            var chunk = bytes[(int)at..];
            var length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk[..4].SequenceEqual("EXIF"u8))
            {
                var content = chunk[8..(int)Math.Min(chunk.Length, 8 + length)];
                return OfTiff(content.StartsWith("Exif\0\0"u8) ? content[6..] : content);
            }

            at += 8 + length + (length & 1);
        }

        return 1;
    }

    private static int OfTiff(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8 || !(tiff.StartsWith("II"u8) || tiff.StartsWith("MM"u8)))
        {
            return 1;
        }

        var little = tiff[0] == (byte)'I';
        var at = (long)(little ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]));
        if (at + 2 > tiff.Length)
        {
            return 1;
        }

        var entries = Math.Min(MaxEntries, (int)Word(tiff, (int)at, little));
        for (var i = 0; i < entries; i++)
        {
            var entry = at + 2 + (i * 12L);
            if (entry + 12 > tiff.Length)
            {
                return 1;
            }

            if (Word(tiff, (int)entry, little) == OrientationTag)
            {
                return Word(tiff, (int)entry + 8, little);
            }
        }

        return 1;
    }

    private static ushort Word(ReadOnlySpan<byte> bytes, int at, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]) : BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);

    private static List<string> OfItem(ReadOnlySpan<byte> bytes)
    {
        var filters = new List<string>();
        var properties = bytes.IndexOf("ipco"u8);
        for (long at = properties + 4L; properties >= 0 && at + 8 <= bytes.Length; )
        {
            var box = bytes[(int)at..];
            var size = BinaryPrimitives.ReadUInt32BigEndian(box);
            var kind = box[4..8];
            // What follows the list of properties is their association.
            if (size < 8 || kind.SequenceEqual("ipma"u8))
            {
                break;
            }

            if (box.Length > 8 && kind.SequenceEqual("irot"u8))
            {
                filters.AddRange(
                    (box[8] & 3) switch
                    {
                        1 => ["transpose=cclock"],
                        2 => ["hflip", "vflip"],
                        3 => ["transpose=clock"],
                        _ => [],
                    }
                );
            }
            else if (box.Length > 8 && kind.SequenceEqual("imir"u8))
            {
                filters.Add((box[8] & 1) == 0 ? "vflip" : "hflip");
            }

            at += size;
        }

        return filters;
    }
}
