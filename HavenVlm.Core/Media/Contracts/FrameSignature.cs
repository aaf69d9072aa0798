namespace HavenVlm.Core.Media.Contracts;

/// <summary>A small picture of a frame, <see cref="Side"/> x <see cref="Side"/> in the planes of <see cref="PlanarPicture"/>.</summary>
/// <param name="Pixels">The levels of brightness, then of the two color differences.</param>
public sealed record FrameSignature(ReadOnlyMemory<byte> Pixels)
{
    /// <summary>Pixels on each side.</summary>
    public const int Side = 32;

    private const int Cells = Side * Side;

    // Averaging a picture down to 32 x 32 leaves less than 3 levels of encoder noise; a hand that moves changes its cells by far more.
    private const int NoiseLevel = 4;
    private const int FullChange = 64;
    private const int Neighborhood = 3;
    private const double LocalLimit = 6;
    private const double MeanLimit = 1.5;

    // Encoders keep less of color: heavy grain at low bit rates leaves up to 1.7 levels.
    private const double ColorMeanLimit = 2.5;

    /// <summary>The levels.</summary>
    public ReadOnlyMemory<byte> Pixels { get; } =
        Pixels.Length == PlanarPicture.Planes * Cells
            ? Pixels
            : throw new ArgumentException($"A signature has {PlanarPicture.Planes} planes of {Cells} pixels.", nameof(Pixels));

    /// <summary>
    /// How much of the picture differs: the mean over all cells of each cell's difference beyond noise, in brightness or color, whichever
    /// differs more, where 64 of 255 levels count as wholly changed. 0 = nothing, 1 = everything.
    /// </summary>
    public double DifferenceTo(FrameSignature other)
    {
        var mine = Pixels.Span;
        var theirs = other.Pixels.Span;
        var sum = 0;
        for (var i = 0; i < Cells; i++)
        {
            var largest = 0;
            for (var at = i; at < mine.Length; at += Cells)
            {
                largest = Math.Max(largest, Math.Abs(mine[at] - theirs[at]));
            }

            sum += Math.Clamp(largest - NoiseLevel, 0, FullChange);
        }

        return (double)sum / (Cells * FullChange);
    }

    /// <summary>
    /// Whether an answer about one picture holds for the other: neither in brightness nor in either color difference does a 3 x 3
    /// neighborhood differ by more than 6 levels on average, or the whole by more than 1.5 in brightness or 2.5 in color. Encoder noise stays
    /// below these, a movement of a hundredth of the picture does not.
    /// </summary>
    public bool LooksSameAs(FrameSignature other)
    {
        for (var plane = 0; plane < PlanarPicture.Planes; plane++)
        {
            var mine = Pixels.Span.Slice(plane * Cells, Cells);
            var theirs = other.Pixels.Span.Slice(plane * Cells, Cells);
            if (
                MeanDifference(mine, theirs) > (plane == 0 ? MeanLimit : ColorMeanLimit)
                || LargestLocalDifference(mine, theirs) > LocalLimit
            )
            {
                return false;
            }
        }

        return true;
    }

    private static double MeanDifference(ReadOnlySpan<byte> mine, ReadOnlySpan<byte> theirs)
    {
        var total = 0;
        for (var i = 0; i < Cells; i++)
        {
            total += Math.Abs(mine[i] - theirs[i]);
        }

        return (double)total / Cells;
    }

    private static double LargestLocalDifference(ReadOnlySpan<byte> mine, ReadOnlySpan<byte> theirs)
    {
        var largest = 0;
        for (var y = 0; y <= Side - Neighborhood; y++)
        {
            for (var x = 0; x <= Side - Neighborhood; x++)
            {
                var sum = 0;
                for (var cell = 0; cell < Neighborhood * Neighborhood; cell++)
                {
                    var i = (y + (cell / Neighborhood)) * Side + x + (cell % Neighborhood);
                    sum += Math.Abs(mine[i] - theirs[i]);
                }

                largest = Math.Max(largest, sum);
            }
        }

        return (double)largest / (Neighborhood * Neighborhood);
    }
}
