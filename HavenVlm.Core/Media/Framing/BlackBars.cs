using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Media.Framing;

/// <summary>Finds black bars in small pictures of one video. Nothing is cut that any of them shows.</summary>
internal sealed class BlackBars
{
    private const int Black = 24;

    // Below this a picture is too dark to tell bars from night.
    private const double TooDark = 28;
    private const int LightEnough = 40;
    private const double SmallestBar = 0.02;
    private const double LargestBar = 0.45;
    private const int NeededPictures = 3;

    // A bar ends in an edge, a vignette does not.
    private const int EdgeWidth = 2;

    // Color is stored at half the size and bleeds over the edge.
    private const int ColorBleed = 4;
    private readonly int _width;
    private readonly int _height;
    private readonly byte[] _lightestColumns;
    private readonly byte[] _lightestRows;
    private int _left;
    private int _right;
    private int _top;
    private int _bottom;
    private int _pictures;

    /// <summary>For pictures of this size.</summary>
    public BlackBars(int width, int height)
    {
        (_width, _height) = (width, height);
        (_left, _right, _top, _bottom) = (width, width, height, height);
        (_lightestColumns, _lightestRows) = (new byte[width], new byte[height]);
    }

    /// <summary>Whether further pictures can still change the result to bars.</summary>
    public bool IsExcluded =>
        _pictures > 0 && Math.Max(_left, _right) < _width * SmallestBar && Math.Max(_top, _bottom) < _height * SmallestBar;

    /// <summary>Looks at one more picture; a dark one is left out.</summary>
    public void Add(ReadOnlySpan<byte> picture)
    {
        var gray = PlanarPicture.Luma(picture);
        var columns = new byte[_width];
        var rows = new byte[_height];
        var (columnColors, rowColors) = (new byte[_width], new byte[_height]);
        long sum = 0;
        for (var y = 0; y < _height; y++)
        {
            var row = gray.Slice(y * _width, _width);
            for (var x = 0; x < _width; x++)
            {
                sum += row[x];
                columns[x] = Math.Max(columns[x], row[x]);
                rows[y] = Math.Max(rows[y], row[x]);
                var color = PlanarPicture.StrongestColor(picture, (y * _width) + x);
                columnColors[x] = Math.Max(columnColors[x], color);
                rowColors[y] = Math.Max(rowColors[y], color);
            }
        }

        // The light part must reach along the bars: a lamp in the night has black all around it.
        if ((double)sum / gray.Length < TooDark || Share(columns) < 0.3 || Share(rows) < 0.3)
        {
            return;
        }

        _pictures++;
        KeepLightest(_lightestColumns, columns);
        KeepLightest(_lightestRows, rows);
        _left = Math.Min(_left, Leading(columns, columnColors));
        _top = Math.Min(_top, Leading(rows, rowColors));
        _right = Math.Min(_right, Leading(Reversed(columns), Reversed(columnColors)));
        _bottom = Math.Min(_bottom, Leading(Reversed(rows), Reversed(rowColors)));
    }

    /// <summary>The part inside the bars in the pixels of the given displayed size, or null when there are none.</summary>
    public CropRectangle? Find(int displayedWidth, int displayedHeight)
    {
        if (_pictures < NeededPictures || IsExcluded)
        {
            return null;
        }

        var (left, right) = (Inset(_left, _lightestColumns, displayedWidth), Inset(_right, Reversed(_lightestColumns), displayedWidth));
        var (top, bottom) = (Inset(_top, _lightestRows, displayedHeight), Inset(_bottom, Reversed(_lightestRows), displayedHeight));
        if (left + right + top + bottom == 0)
        {
            return null;
        }

        var crop = new CropRectangle(left, top, displayedWidth - left - right, displayedHeight - top - bottom);
        return crop.Width > displayedWidth / 10 && crop.Height > displayedHeight / 10 ? crop : null;
    }

    // In displayed pixels; nothing where the bar is too thin, too thick or without an edge.
    private static int Inset(int bar, byte[] lightest, int displayedSide)
    {
        var side = lightest.Length;
        var isBar = bar >= side * SmallestBar && bar <= side * LargestBar && lightest[Math.Min(side - 1, bar + EdgeWidth)] >= LightEnough;
        // In steps, so that another build of the decoder finds the same crop: answers are kept by it.
        var step = Math.Max(2, displayedSide / 160);
        return isBar ? (int)((double)bar * displayedSide / side / step) * step : 0;
    }

    private static byte[] Reversed(byte[] lines) => [.. lines.Reverse()];

    private static void KeepLightest(byte[] lightest, byte[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            lightest[i] = Math.Max(lightest[i], lines[i]);
        }
    }

    // A saturated blue is as dark as black, but it is no bar.
    private static int Leading(ReadOnlySpan<byte> lines, ReadOnlySpan<byte> colors)
    {
        var (dark, colorless) = (Leading(lines), Leading(colors));
        return colorless + ColorBleed >= dark ? dark : colorless;
    }

    private static int Leading(ReadOnlySpan<byte> lines)
    {
        var count = 0;
        while (count < lines.Length && lines[count] <= Black)
        {
            count++;
        }

        return count;
    }

    private static double Share(ReadOnlySpan<byte> lines)
    {
        var light = 0;
        foreach (var line in lines)
        {
            light += line >= LightEnough ? 1 : 0;
        }

        return (double)light / lines.Length;
    }
}
