namespace HavenVlm.Core.Media;

/// <summary>A small grey picture of a frame: <see cref="Side"/> x <see cref="Side"/> bytes, row by row.</summary>
/// <param name="Pixels">The grey values.</param>
public sealed record FrameSignature(ReadOnlyMemory<byte> Pixels)
{
    /// <summary>Pixels on each side.</summary>
    public const int Side = 32;

    // Averaging a picture down to 32 x 32 leaves less than 3 levels of encoder noise; a hand that moves changes its cells by far more.
    private const int NoiseLevel = 4;
    private const int FullChange = 64;
    private const int Neighbourhood = 3;
    private const double LocalLimit = 6;
    private const double MeanLimit = 1.5;

    /// <summary>
    /// How much of the picture differs: the mean over all cells of each cell's difference beyond noise, where 64 of 255 levels count as
    /// wholly changed. 0 = nothing, 1 = everything.
    /// </summary>
    public double DifferenceTo(FrameSignature other)
    {
        var mine = Pixels.Span;
        var theirs = other.Pixels.Span;
        var sum = 0;
        for (var i = 0; i < Side * Side; i++)
        {
            sum += Math.Clamp(Math.Abs(mine[i] - theirs[i]) - NoiseLevel, 0, FullChange);
        }

        return (double)sum / (Side * Side * FullChange);
    }

    /// <summary>
    /// Whether an answer about one picture holds for the other: no 3 x 3 neighbourhood differs by more than 6 levels on average and the
    /// whole by no more than 1.5. Encoder noise stays below both, a movement of a hundredth of the picture does not.
    /// </summary>
    public bool LooksSameAs(FrameSignature other)
    {
        var mine = Pixels.Span;
        var theirs = other.Pixels.Span;
        var total = 0;
        for (var i = 0; i < Side * Side; i++)
        {
            total += Math.Abs(mine[i] - theirs[i]);
        }

        return total <= MeanLimit * Side * Side && LargestLocalDifference(mine, theirs) <= LocalLimit;
    }

    private static double LargestLocalDifference(ReadOnlySpan<byte> mine, ReadOnlySpan<byte> theirs)
    {
        var largest = 0;
        for (var y = 0; y <= Side - Neighbourhood; y++)
        {
            for (var x = 0; x <= Side - Neighbourhood; x++)
            {
                var sum = 0;
                for (var cell = 0; cell < Neighbourhood * Neighbourhood; cell++)
                {
                    var i = (y + (cell / Neighbourhood)) * Side + x + (cell % Neighbourhood);
                    sum += Math.Abs(mine[i] - theirs[i]);
                }

                largest = Math.Max(largest, sum);
            }
        }

        return (double)largest / (Neighbourhood * Neighbourhood);
    }
}
