using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Analysis.Sampling;

/// <summary>
/// Bounds the closer looks. Erratic answers of many tags make nearly every pair of neighbors differ; without a bound each would be
/// refined to the boundary precision. With it adaptive sampling hardly ever costs more than linear sampling would.
/// </summary>
/// <param name="linear">Looks that linear sampling makes.</param>
/// <param name="coarse">Looks of the coarse pass.</param>
internal sealed class SampleBudget(int linear, int coarse)
{
    // Enough for every border of a short video.
    private const int MinBudget = 64;

    private int _remaining = Math.Max(0, linear - coarse) + MinBudget;

    /// <summary>
    /// Frames that a run of a scene may record in all: more than any plan comes to, also with substitutes for frames that cannot be had.
    /// Only a fault asks beyond it.
    /// </summary>
    public static int MaxRecords(SamplingInput input)
    {
        var grid = new TimeGrid(input.Duration, input.Settings.FrameInterval).Count;
        return input.Settings.Mode == SamplingMode.Adaptive ? (int)Math.Min(int.MaxValue, 2L * (grid + MinBudget)) : grid;
    }

    /// <summary>Whether one more look may be made.</summary>
    public bool TrySpend() => _remaining-- > 0;
}
