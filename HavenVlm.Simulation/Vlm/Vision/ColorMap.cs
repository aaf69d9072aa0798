using HavenVlm.Simulation.Media;
using StbImageSharp;

namespace HavenVlm.Simulation.Vlm.Vision;

/// <summary>Every pixel's color of the legend: its number, <see cref="Anchor"/>, or <see cref="Nothing"/>.</summary>
internal sealed class ColorMap
{
    /// <summary>A pixel of the stamp's end pieces.</summary>
    public static readonly byte Anchor = (byte)TagLegend.Tags.Count;

    /// <summary>A pixel of no color of the legend.</summary>
    public const byte Nothing = 255;

    // 5 bits per channel: coarse enough for a small table, fine enough to tell the legend's colors apart.
    private const int Bits = 5;
    private static readonly byte[] Nearest = BuildTable();

    private readonly byte[] _classes;
    private readonly byte[] _rgb;

    public ColorMap(ImageResult image)
    {
        Width = image.Width;
        Height = image.Height;
        _rgb = image.Data;
        _classes = new byte[Width * Height];
        for (int i = 0, p = 0; i < _classes.Length; i++, p += 3)
        {
            _classes[i] = Nearest[IndexOf(_rgb[p], _rgb[p + 1], _rgb[p + 2])];
        }
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Whether a pixel belongs to the stamp's end pieces.</summary>
    public bool IsAnchor(int x, int y) => _classes[(y * Width) + x] == Anchor;

    /// <summary>Brightness of a pixel, 0 to 255.</summary>
    public int Luma(int x, int y)
    {
        var p = ((y * Width) + x) * 3;
        return ((_rgb[p] * 299) + (_rgb[p + 1] * 587) + (_rgb[p + 2] * 114)) / 1000;
    }

    /// <summary>Pixels of each color that lie in an even patch of it: edges mix colors into others of the legend.</summary>
    public int[] CountFlat()
    {
        var counts = new int[TagLegend.Tags.Count];
        var reach = Math.Clamp(Math.Min(Width, Height) / 80, 1, 4);
        for (var y = reach; y < Height - reach; y++)
        {
            var row = y * Width;
            for (var x = reach; x < Width - reach; x++)
            {
                var c = _classes[row + x];
                if (
                    c < counts.Length
                    && _classes[row + x - reach] == c
                    && _classes[row + x + reach] == c
                    && _classes[row + x - (reach * Width)] == c
                    && _classes[row + x + (reach * Width)] == c
                )
                {
                    counts[c]++;
                }
            }
        }

        return counts;
    }

    /// <summary>The color of a picture of one color alone; null = it is another picture.</summary>
    public string? PlainColor()
    {
        var first = (_rgb[0], _rgb[1], _rgb[2]);
        for (var p = 0; p < _rgb.Length; p += 3)
        {
            if (Math.Abs(_rgb[p] - first.Item1) + Math.Abs(_rgb[p + 1] - first.Item2) + Math.Abs(_rgb[p + 2] - first.Item3) > 30)
            {
                return null;
            }
        }

        return first switch
        {
            (> 200, < 60, < 60) => "red",
            (< 60, > 100, < 60) => "green",
            (< 60, < 60, > 200) => "blue",
            _ => null,
        };
    }

    private static int IndexOf(int r, int g, int b) => ((r >> (8 - Bits)) << (2 * Bits)) | ((g >> (8 - Bits)) << Bits) | (b >> (8 - Bits));

    private static byte[] BuildTable()
    {
        Rgb[] legend = [.. TagLegend.Tags.Select(TagLegend.ColorOf), TagLegend.Anchor];
        var table = new byte[1 << (3 * Bits)];
        const int step = 1 << (8 - Bits);
        for (var i = 0; i < table.Length; i++)
        {
            var color = new Rgb(
                (byte)(((i >> (2 * Bits)) * step) + (step / 2)),
                (byte)(((i >> Bits) % 32 * step) + (step / 2)),
                (byte)((i % 32 * step) + (step / 2))
            );
            var best = Enumerable.Range(0, legend.Length).MinBy(n => Distance(color, legend[n]));
            table[i] = Distance(color, legend[best]) <= 30 ? (byte)best : Nothing;
        }

        return table;
    }

    // In brightness and color difference, where compression leaves its errors; brightness counts half.
    private static double Distance(Rgb a, Rgb b)
    {
        static (double Y, double Cb, double Cr) Split(Rgb c)
        {
            var y = (0.299 * c.R) + (0.587 * c.G) + (0.114 * c.B);
            return (y, 0.564 * (c.B - y), 0.713 * (c.R - y));
        }

        var (ay, acb, acr) = Split(a);
        var (by, bcb, bcr) = Split(b);
        return Math.Sqrt((0.25 * (ay - by) * (ay - by)) + ((acb - bcb) * (acb - bcb)) + ((acr - bcr) * (acr - bcr)));
    }
}
