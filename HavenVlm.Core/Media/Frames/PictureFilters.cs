using System.Globalization;
using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Media.Frames;

/// <summary>ffmpeg filters from a decoded picture to what is wanted of it.</summary>
internal static class PictureFilters
{
    // Wide enough to see both people of a scene, narrow enough that the edges are not drawn out.
    private const int HorizontalView = 110;
    private const int VerticalView = 90;

    // A wide or square eye is a whole sphere or half of one.
    private const double SphereAspect = 1.5;

    // High definition is stored by another matrix than a JPEG is read by: without this, pure red loses a tenth.
    private const string JpegMatrix = "scale=out_color_matrix=bt601";

    /// <summary>Upright, one eye, flat, without bars, at its final size; without the trailing comma.</summary>
    public static string Picture(VideoFacts facts, PictureSettings settings)
    {
        var steps = new List<string>(Upright(facts));
        var (width, height) = ((double)facts.Width, (double)facts.Height);
        switch (settings.Vr)
        {
            case VrLayout.SideBySide:
                steps.Add("crop=iw/2:ih:0:0:exact=1");
                width /= 2;
                steps.AddRange(Flatten(width / height, settings.MaxImageSize));
                break;
            case VrLayout.TopBottom:
                steps.Add("crop=iw:ih/2:0:0:exact=1");
                height /= 2;
                steps.AddRange(Flatten(width / height, settings.MaxImageSize));
                break;
            case VrLayout.Mono:
                steps.AddRange(Flatten(width / height, settings.MaxImageSize));
                break;
            default:
                if (settings.Crop is { } crop)
                {
                    // As shares, because the stored picture may have other than square pixels, or change its size midway.
                    steps.Add(
                        $"crop=iw*{Share(crop.Width, width)}:ih*{Share(crop.Height, height)}:iw*{Share(crop.X, width)}:ih*{Share(crop.Y, height)}"
                    );
                    (width, height) = (crop.Width, crop.Height);
                }

                steps.Add(Scale(width, height, settings.MaxImageSize));
                break;
        }

        // At the final size, where it costs least.
        steps.AddRange(settings.Color is { } color ? ColorConversion.Filters(color) : [JpegMatrix]);
        return string.Join(',', steps);
    }

    /// <summary>Upright and whole, at a size whose longest side is given.</summary>
    public static string Whole(VideoFacts facts, int longestSide) =>
        string.Join(',', [.. Upright(facts), Scale(facts.Width, facts.Height, longestSide)]);

    /// <summary>The size of a picture whose longest side must not exceed a limit.</summary>
    public static (int Width, int Height) Fit(double width, double height, int longestSide)
    {
        var factor = Math.Min(1, longestSide / Math.Max(width, height));
        return (Math.Max(1, (int)Math.Round(width * factor)), Math.Max(1, (int)Math.Round(height * factor)));
    }

    /// <summary>The filters that turn and mirror as the container asks.</summary>
    public static IEnumerable<string> Upright(VideoFacts facts)
    {
        IEnumerable<string> mirror = facts.IsMirrored ? ["hflip"] : [];
        return facts.Rotation switch
        {
            90 => [.. mirror, "transpose=clock"],
            180 when facts.IsMirrored => ["vflip"],
            180 => ["hflip", "vflip"],
            270 => [.. mirror, "transpose=cclock"],
            _ => mirror,
        };
    }

    private static string Scale(double width, double height, int longestSide)
    {
        var (fittedWidth, fittedHeight) = Fit(width, height, longestSide);
        return string.Create(CultureInfo.InvariantCulture, $"scale={fittedWidth}:{fittedHeight}:flags=bilinear,setsar=1");
    }

    private static IEnumerable<string> Flatten(double eyeAspect, int longestSide)
    {
        var projection = eyeAspect > SphereAspect ? "equirect" : "hequirect";
        var aspect = Math.Tan(double.DegreesToRadians(HorizontalView / 2.0)) / Math.Tan(double.DegreesToRadians(VerticalView / 2.0));
        var (width, height) = Fit(longestSide, longestSide / aspect, longestSide);
        return
        [
            string.Create(
                CultureInfo.InvariantCulture,
                $"v360={projection}:flat:h_fov={HorizontalView}:v_fov={VerticalView}:w={width}:h={height}:interp=linear"
            ),
            "setsar=1",
        ];
    }

    private static string Share(double part, double whole) => (part / whole).ToString("0.########", CultureInfo.InvariantCulture);
}
