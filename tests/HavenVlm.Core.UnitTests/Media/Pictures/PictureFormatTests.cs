using System.Text;
using HavenVlm.Core.Media.Pictures;

namespace HavenVlm.Core.UnitTests.Media.Pictures;

/// <summary>What an image is and how it is turned, from its bytes.</summary>
public sealed class PictureFormatTests
{
    [Theory]
    [InlineData("avif", "mif1", nameof(PictureFormat.Avif))]
    [InlineData("mif1", "avif", nameof(PictureFormat.Avif))]
    [InlineData("heic", "mif1", nameof(PictureFormat.Heic))]
    [InlineData("avis", "avif", nameof(PictureFormat.AnimatedAvif))]
    [InlineData("msf1", "hevc", nameof(PictureFormat.AnimatedHeic))]
    [InlineData("mif1", "miaf", nameof(PictureFormat.Heic))]
    [InlineData("isom", "avc1", nameof(PictureFormat.Video))]
    public void Recognizes_ISO_media_files_by_brand(string major, string compatible, string expected) =>
        Assert.Equal(expected, $"{PictureFormats.Detect(Boxes(major, compatible))}");

    [Theory]
    [InlineData(1, "transpose=cclock")]
    [InlineData(2, "hflip", "vflip")]
    [InlineData(3, "transpose=clock")]
    [InlineData(0)]
    public void A_turned_AVIF_is_turned_back(byte angle, params string[] filters)
    {
        byte[] file =
        [
            .. Boxes("avif", "mif1"),
            0,
            0,
            0,
            40,
            .. "ipco"u8,
            0,
            0,
            0,
            12,
            .. "pasp"u8,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            9,
            .. "irot"u8,
            angle,
        ];
        Assert.Equal(filters, PictureOrientation.Filters(PictureFormat.Avif, file));
    }

    [Fact]
    public void Cut_off_and_senseless_headers_say_nothing()
    {
        byte[] jpeg =
        [
            0xFF,
            0xD8,
            0xFF,
            0xE1,
            0,
            34,
            .. "Exif\0\0"u8,
            .. "II"u8,
            42,
            0,
            8,
            0,
            0,
            0,
            1,
            0,
            0x12,
            0x01,
            3,
            0,
            1,
            0,
            0,
            0,
            6,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0xFF,
            0xDA,
        ];
        Assert.Equal(["transpose=clock"], PictureOrientation.Filters(PictureFormat.Jpeg, jpeg));
        for (var length = 0; length < jpeg.Length - 14; length++)
        {
            Assert.Empty(PictureOrientation.Filters(PictureFormat.Jpeg, jpeg.AsSpan(0, length)));
        }

        var random = new Random(1);
        foreach (var format in Enum.GetValues<PictureFormat>())
        {
            for (var i = 0; i < 2000; i++)
            {
                var bytes = new byte[random.Next(200)];
                random.NextBytes(bytes);
                jpeg.AsSpan(0, Math.Min(bytes.Length, 12)).CopyTo(bytes);
                _ = PictureOrientation.Filters(format, bytes);
                _ = PictureFormats.Detect(bytes);
                _ = AnimatedWebp.Read(bytes);
            }
        }
    }

    [Fact]
    public void Pictures_of_an_animated_WebP_that_show_only_a_change_are_left_out()
    {
        byte[] file =
        [
            .. "RIFF"u8,
            0,
            0,
            0,
            0,
            .. "WEBP"u8,
            .. Chunk("VP8X", 2, 0, 0, 0, 63, 0, 0, 31, 0, 0),
            .. Chunk("ANIM", 0, 0, 0, 0, 0, 0),
            .. Frame(0, 64, 32, 500, blend: 0, "VP8L", 0x2F, 0, 0, 0, 0x10),
            .. Frame(0, 64, 32, 500, blend: 0, "VP8L", 0x2F, 0, 0, 0, 0x10),
            .. Frame(2, 60, 32, 500, blend: 2, "VP8 ", 1, 2, 3, 4, 5),
            .. Frame(0, 64, 32, 0, blend: 2, "VP8L", 0x2F, 0, 0, 0, 0x10),
            .. Frame(0, 64, 32, 500, blend: 0, "VP8 ", 1, 2, 3, 4, 5),
        ];

        Assert.True(AnimatedWebp.IsAnimated(file));
        var (pictures, duration) = AnimatedWebp.Read(file);

        Assert.Equal([0, 1500, 1600], pictures.Select(picture => picture.Time.TotalMilliseconds));
        Assert.Equal(2100, duration.TotalMilliseconds);
        var still = AnimatedWebp.ToStill(file, pictures[2]);
        Assert.Equal("RIFF\u0012\0\0\0WEBPVP8 ", Encoding.Latin1.GetString(still.Span[..16]));
        // A file that ends in the middle gives what came before.
        Assert.Equal(2, AnimatedWebp.Read(file.AsSpan(0, file.Length - 20)).Pictures.Count);
    }

    private static byte[] Boxes(string major, string compatible) =>
        [0, 0, 0, 20, .. "ftyp"u8, .. Encoding.Latin1.GetBytes(major), 0, 0, 0, 0, .. Encoding.Latin1.GetBytes(compatible)];

    private static byte[] Chunk(string kind, params byte[] content) =>
        [.. Encoding.Latin1.GetBytes(kind), (byte)content.Length, 0, 0, 0, .. content, .. content.Length % 2 == 1 ? new byte[1] : []];

    private static byte[] Frame(byte x, byte width, byte height, int milliseconds, byte blend, string kind, params byte[] content)
    {
        byte[] header =
        [
            x,
            0,
            0,
            0,
            0,
            0,
            (byte)(width - 1),
            0,
            0,
            (byte)(height - 1),
            0,
            0,
            (byte)milliseconds,
            (byte)(milliseconds >> 8),
            0,
            blend,
        ];
        return Chunk("ANMF", [.. header, .. Chunk(kind, content)]);
    }
}
