using HavenVlm.Simulation.Media;
using StbImageSharp;

namespace HavenVlm.Simulation.Vlm.Vision;

/// <summary>What the simulated model sees in a picture.</summary>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Stamp">The frame stamp, when it could be read.</param>
/// <param name="Tags">Every tag of the legend that is visible, with its share of the picture.</param>
/// <param name="Color">The color when the picture is of one color alone.</param>
internal sealed record PictureContent(int Width, int Height, FrameStamp? Stamp, IReadOnlyDictionary<string, double> Tags, string? Color);

/// <summary>Decodes a JPEG and recognizes tags by their colors; scaling, cropping, black bars and compression do not matter.</summary>
internal static class PictureReader
{
    // A figure's body alone is about 2 % of the picture; what compression makes up at edges stays far below this.
    private const double MinShare = 0.002;

    /// <summary>Looks at a picture.</summary>
    /// <exception cref="InvalidDataException">It is not a JPEG, or a damaged one.</exception>
    public static PictureContent Read(ReadOnlyMemory<byte> jpeg)
    {
        var classes = new ColorMap(Decode(jpeg));
        var counts = classes.CountFlat();
        var pixels = (double)classes.Width * classes.Height;
        var tags = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var i = 0; i < TagLegend.Tags.Count; i++)
        {
            var share = counts[i] / pixels;
            if (share >= MinShare)
            {
                tags.Add(TagLegend.Tags[i], share);
            }
        }

        return new PictureContent(classes.Width, classes.Height, StampReader.Read(classes), tags, classes.PlainColor());
    }

    private static ImageResult Decode(ReadOnlyMemory<byte> jpeg)
    {
        var bytes = jpeg.ToArray();
        if (bytes is not [0xFF, 0xD8, ..])
        {
            throw new InvalidDataException("not a JPEG");
        }

        try
        {
            return ImageResult.FromMemory(bytes, ColorComponents.RedGreenBlue);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InvalidDataException($"damaged JPEG: {e.Message}", e);
        }
    }
}
