namespace HavenVlm.Core.Media.Framing;

/// <summary>The frames of a video that are asked about first.</summary>
/// <param name="Times">Planned times, ascending.</param>
/// <param name="Tolerance">A frame may be this far from its planned time.</param>
internal sealed record FirstLooks(IReadOnlyList<TimeSpan> Times, TimeSpan Tolerance);
