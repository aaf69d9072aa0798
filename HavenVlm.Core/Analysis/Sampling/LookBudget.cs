namespace HavenVlm.Core.Analysis.Sampling;

/// <summary>
/// Bounds the looks that linear sampling would not make. Erratic answers of many tags make nearly every pair of neighbours differ;
/// without a bound each would be refined to the boundary precision.
/// </summary>
internal sealed class LookBudget(TimeGrid grid)
{
    // Enough for a boundary in every fifth frame of the grid, and for every boundary of a short video.
    private int _left = 64 + (grid.Count / 2);

    /// <summary>Whether a look may be made; those on the grid always may.</summary>
    public bool Grants(TimeSpan time) => grid.Nearest(time) == time || _left-- > 0;
}
