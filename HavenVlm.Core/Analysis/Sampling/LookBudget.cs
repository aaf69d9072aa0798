namespace HavenVlm.Core.Analysis.Sampling;

/// <summary>
/// Bounds the closer looks. Erratic answers of many tags make nearly every pair of neighbours differ; without a bound each would be
/// refined to the boundary precision. With it adaptive sampling hardly ever costs more than linear sampling would.
/// </summary>
/// <param name="linear">Looks that linear sampling makes.</param>
/// <param name="coarse">Looks of the coarse pass.</param>
internal sealed class LookBudget(int linear, int coarse)
{
    // Enough for every border of a short video.
    private const int Least = 64;

    private int _left = Math.Max(0, linear - coarse) + Least;

    /// <summary>Whether one more look may be made.</summary>
    public bool Grants() => _left-- > 0;
}
