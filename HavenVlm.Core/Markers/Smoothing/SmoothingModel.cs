namespace HavenVlm.Core.Markers.Smoothing;

/// <summary>With what a scene's answers are smoothed.</summary>
/// <param name="Parameters">The numbers.</param>
/// <param name="Cuts">Where the whole picture changes, in order.</param>
internal sealed record SmoothingModel(SmoothingParameters Parameters, IReadOnlyList<TimeSpan> Cuts)
{
    /// <summary>The same cuts as the looks count them.</summary>
    public IReadOnlyList<double> CutSeconds { get; } = [.. Cuts.Select(cut => cut.TotalSeconds)];
}
