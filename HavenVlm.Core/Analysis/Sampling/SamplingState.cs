namespace HavenVlm.Core.Analysis.Sampling;

/// <summary>Where choosing times has got to with what the log holds.</summary>
/// <param name="Points">Every planned time with what is known there, in order; the grid of the marker arithmetic.</param>
/// <param name="Dropped">Closer looks that stayed unanswered; what was seen beside them stands there, what was not is unknown.</param>
/// <param name="Wanted">The times that lack answers; empty = finished.</param>
/// <param name="Tolerance">How far an answer for the wanted times may lie from them.</param>
/// <param name="WantsChanges">Whether knowing picture changes would help from here on.</param>
internal sealed record SamplingState(
    IReadOnlyList<AnswersAt> Points,
    IReadOnlyList<AnswersAt> Dropped,
    IReadOnlyList<WantedFrame> Wanted,
    TimeSpan Tolerance,
    bool WantsChanges
);
