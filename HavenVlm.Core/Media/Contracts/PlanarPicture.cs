namespace HavenVlm.Core.Media.Contracts;

/// <summary>
/// Reads pictures in <see cref="Format"/>: three planes of equal size, each row by row, of brightness and of the two color differences, whose
/// middle is 128.
/// </summary>
internal static class PlanarPicture
{
    /// <summary>ffmpeg's name of the format; all 256 levels are used.</summary>
    public const string Format = "yuvj444p";

    /// <summary>Number of planes.</summary>
    public const int Planes = 3;

    private const int NoColor = 128;

    /// <summary>The plane of brightness.</summary>
    public static ReadOnlySpan<byte> Luma(ReadOnlySpan<byte> picture) => picture[..(picture.Length / Planes)];

    /// <summary>Level of the strongest of red, green and blue at a pixel; equal to its brightness where it is gray.</summary>
    public static byte StrongestColor(ReadOnlySpan<byte> picture, int pixel)
    {
        var plane = picture.Length / Planes;
        var blue = picture[plane + pixel] - NoColor;
        var red = picture[(2 * plane) + pixel] - NoColor;
        // In thousandths, after ITU-R BT.601; other standards differ little here.
        var above = Math.Max(Math.Max(1402 * red, 1772 * blue), (-344 * blue) - (714 * red));
        return (byte)Math.Clamp(picture[pixel] + (above / 1000), 0, 255);
    }
}
