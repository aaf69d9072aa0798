using System.Buffers.Binary;
using System.Text;
using HavenVlm.Core.Media.Probing;

namespace HavenVlm.Core.Media.Pictures;

/// <summary>Formats of images.</summary>
internal enum PictureFormat
{
    Jpeg,
    Png,

    /// <summary>A PNG that moves.</summary>
    AnimatedPng,
    Gif,
    Webp,

    /// <summary>A WebP that moves.</summary>
    AnimatedWebp,
    Bmp,
    Tiff,
    JpegXl,
    Avif,

    /// <summary>An AVIF that moves.</summary>
    AnimatedAvif,
    Heic,

    /// <summary>A HEIC that moves.</summary>
    AnimatedHeic,

    /// <summary>A clip in a container of videos.</summary>
    Video,
}

/// <summary>Tells what an image is from its first bytes, whatever it is called. ffmpeg is made to use exactly that demuxer.</summary>
internal static class PictureFormats
{
    /// <summary>ffmpeg's names of the demuxers of pictures, beside those of videos.</summary>
    public static IReadOnlySet<string> Containers { get; } =
        new HashSet<string>(StringComparer.Ordinal)
        {
            "jpeg_pipe",
            "png_pipe",
            "apng",
            "gif",
            "webp_pipe",
            "bmp_pipe",
            "tiff_pipe",
            "jpegxl_pipe",
        };

    /// <summary>The format, or null when it is none that is read.</summary>
    public static PictureFormat? Detect(ReadOnlySpan<byte> head) =>
        head switch
        {
            [0xFF, 0xD8, 0xFF, ..] => PictureFormat.Jpeg,
            [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => IsAnimatedPng(head)
                ? PictureFormat.AnimatedPng
                : PictureFormat.Png,
            [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => PictureFormat.Gif,
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] =>
                AnimatedWebp.IsAnimated(head) ? PictureFormat.AnimatedWebp : PictureFormat.Webp,
            [(byte)'B', (byte)'M', _, _, _, _, 0, 0, 0, 0, ..] => PictureFormat.Bmp,
            [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..] => PictureFormat.Tiff,
            [0xFF, 0x0A, ..] or [0, 0, 0, 12, (byte)'J', (byte)'X', (byte)'L', (byte)' ', ..] => PictureFormat.JpegXl,
            [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] when Brand(head) is { } format => format,
            _ => MediaContainer.Detect(head) is null ? null : PictureFormat.Video,
        };

    /// <summary>ffmpeg's name of the demuxer; null for clips, which tell themselves.</summary>
    public static string? ContainerOf(PictureFormat format) =>
        format switch
        {
            PictureFormat.Jpeg => "jpeg_pipe",
            PictureFormat.Png => "png_pipe",
            PictureFormat.AnimatedPng => "apng",
            PictureFormat.Gif => "gif",
            PictureFormat.Webp or PictureFormat.AnimatedWebp => "webp_pipe",
            PictureFormat.Bmp => "bmp_pipe",
            PictureFormat.Tiff => "tiff_pipe",
            PictureFormat.JpegXl => "jpegxl_pipe",
            PictureFormat.Avif or PictureFormat.Heic or PictureFormat.AnimatedAvif or PictureFormat.AnimatedHeic => "mov",
            _ => null,
        };

    /// <summary>What the format is called among people.</summary>
    public static string NameOf(PictureFormat format) =>
        format switch
        {
            PictureFormat.AnimatedPng => "an animated PNG",
            PictureFormat.AnimatedWebp => "an animated WebP",
            PictureFormat.Jpeg => "a JPEG picture",
            PictureFormat.JpegXl => "a JPEG XL picture",
            PictureFormat.Video => "a clip",
            PictureFormat.Webp => "a WebP picture",
            PictureFormat.Avif => "an AVIF picture",
            PictureFormat.AnimatedAvif => "an animated AVIF",
            PictureFormat.AnimatedHeic => "an animated HEIC",
            _ => $"a {format.ToString().ToUpperInvariant()} picture",
        };

    // The chunk that makes a PNG move stands before the first picture.
    private static bool IsAnimatedPng(ReadOnlySpan<byte> head)
    {
        for (var at = 8; at + 8 <= head.Length; )
        {
            var kind = Encoding.Latin1.GetString(head.Slice(at + 4, 4));
            if (kind is "acTL" or "IDAT")
            {
                return kind is "acTL";
            }

            var next = at + 12L + BinaryPrimitives.ReadUInt32BigEndian(head[at..]);
            if (next > head.Length)
            {
                return false;
            }

            at = (int)next;
        }

        return false;
    }

    private static PictureFormat? Brand(ReadOnlySpan<byte> head)
    {
        var size = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(head), (uint)head.Length);
        var heif = false;
        PictureFormat? still = null;
        for (var at = 8; at + 4 <= size; at += at == 8 ? 8 : 4)
        {
            switch (Encoding.Latin1.GetString(head.Slice(at, 4)))
            {
                // A sequence also names the brand of the single picture in it.
                case "avis":
                    return PictureFormat.AnimatedAvif;
                case "hevc" or "hevx":
                    return PictureFormat.AnimatedHeic;
                case "avif":
                    still ??= PictureFormat.Avif;
                    break;
                case "heic" or "heix" or "heim" or "heis":
                    still ??= PictureFormat.Heic;
                    break;
                case "mif1" or "msf1":
                    heif = true;
                    break;
                default:
                    break;
            }
        }

        return still ?? (heif ? PictureFormat.Heic : null);
    }
}
