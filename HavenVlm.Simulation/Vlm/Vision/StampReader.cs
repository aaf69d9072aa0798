using HavenVlm.Simulation.Media;

namespace HavenVlm.Simulation.Vlm.Vision;

/// <summary>Finds the strip between the two end pieces and reads its blocks.</summary>
internal static class StampReader
{
    /// <summary>The stamp; null when there is none or it cannot be read.</summary>
    public static FrameStamp? Read(ColorMap picture)
    {
        var columns = new int[picture.Width];
        var rows = new int[picture.Height];
        for (var y = 0; y < picture.Height; y++)
        {
            for (var x = 0; x < picture.Width; x++)
            {
                if (picture.IsAnchor(x, y))
                {
                    columns[x]++;
                    rows[y]++;
                }
            }
        }

        if (Extent(columns) is not { } horizontal || Extent(rows) is not { } vertical)
        {
            return null;
        }

        double block = (double)(horizontal.End - horizontal.Start) / (FrameStamp.Columns + 2),
            row = (double)(vertical.End - vertical.Start) / FrameStamp.Rows;
        if (block < 2 || row < 1.5)
        {
            return null;
        }

        var blocks = new bool[FrameStamp.Rows * FrameStamp.Columns];
        for (var i = 0; i < blocks.Length; i++)
        {
            double x = horizontal.Start + (block * ((i % FrameStamp.Columns) + 1.5)),
                y = vertical.Start + (row * ((i / FrameStamp.Columns) + 0.5));
            blocks[i] = picture.Luma((int)x, (int)y) > 128;
        }

        return FrameStamp.FromBlocks(blocks);
    }

    // Stray pixels of that color appear at edges, but never as many in one line as the end pieces have.
    private static (int Start, int End)? Extent(int[] counts)
    {
        var least = Math.Max(2, counts.Max() / 2);
        var first = Array.FindIndex(counts, c => c >= least);
        return first < 0 ? null : (first, Array.FindLastIndex(counts, c => c >= least) + 1);
    }
}
