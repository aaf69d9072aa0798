using HavenVlm.Core.Tests.Media.Pictures;

namespace HavenVlm.Core.Tests.Media;

/// <summary>A JPEG decoded by ffmpeg as any viewer would, to see which colors it shows.</summary>
internal sealed class DecodedPicture
{
    private readonly byte[] _pixels;

    private DecodedPicture(byte[] pixels, int width, int height) => (_pixels, Width, Height) = (pixels, width, height);

    public int Width { get; }

    public int Height { get; }

    public static async Task<DecodedPicture> OfAsync(ReadOnlyMemory<byte> jpeg)
    {
        var (width, height) = JpegSize.Of(jpeg.Span);
        var pixels = await PictureFiles.PixelsAsync(jpeg);
        Assert.Equal(width * height * 3, pixels.Length);
        return new DecodedPicture(pixels, width, height);
    }

    /// <summary>The color at a place, both from 0 to 1.</summary>
    public (int Red, int Green, int Blue) At(double x, double y)
    {
        var at = (((int)(y * Height) * Width) + (int)(x * Width)) * 3;
        return (_pixels[at], _pixels[at + 1], _pixels[at + 2]);
    }

    /// <summary>The plain name of the color at a place: red, green, blue, white, gray or black; else its numbers.</summary>
    public string NameAt(double x, double y)
    {
        const int Off = 80;
        const int On = 170;
        var (red, green, blue) = At(x, y);
        return (red, green, blue) switch
        {
            (> On, < Off, < Off) => "red",
            (< Off, > On, < Off) => "green",
            (< Off, < Off, > On) => "blue",
            (> On, > On, > On) => "white",
            (< Off, < Off, < Off) => "black",
            _ when Math.Max(red, Math.Max(green, blue)) - Math.Min(red, Math.Min(green, blue)) < 20 => "gray",
            _ => $"({red}, {green}, {blue})",
        };
    }
}
