namespace HavenVlm.Core.Markers.Smoothing;

/// <summary>The numbers for a scene, and what its answers add to what was learned.</summary>
/// <param name="Parameters">The numbers.</param>
/// <param name="Counted">Expected counts of this scene alone.</param>
internal sealed record SmoothingFit(SmoothingParameters Parameters, SmoothingStatistics Counted)
{
    private const int Steps = 12;

    // Bursts are believed when they explain so much more, for each positive. Spans that are never short gain half of it.
    private const double BurstGain = 0.09;
    private const double LeastBurstGain = 10;
    private const double LeastBurstMiss = 0.05;
    private static readonly double[] BurstSeconds = [2, 5];
    private static readonly (double Miss, double Imagine)[] Starts = [(0.4, 0.1), (0.4, 0.4)];

    /// <summary>
    /// Finds the numbers by expectation maximization (Dempster, Laird and Rubin 1977), over this scene's answers and the sums of earlier
    /// scenes (as Neal and Hinton 1998 do incrementally). It is started from several beginnings, because a model that sees a tag everywhere is
    /// easily taken for one that misses it, and the best of all ends is taken.
    /// </summary>
    /// <param name="tags">The looks at each tag.</param>
    /// <param name="learned">What earlier scenes came to.</param>
    public static SmoothingFit Of(IReadOnlyDictionary<string, TagLooks> tags, SmoothingStatistics learned)
    {
        var independent = SmoothingPrior.Maximize(learned, inBursts: false);
        var best = Climb(tags, learned, independent, inBursts: false);
        foreach (var (miss, imagine) in Starts)
        {
            best = Better(best, Climb(tags, learned, Erring(independent, miss, imagine), inBursts: false));
        }

        var inBursts = SmoothingPrior.Maximize(learned, inBursts: true);
        var seconds = inBursts.ErrorSeconds > 0 ? [inBursts.ErrorSeconds] : BurstSeconds;
        var lasting = seconds.Select(length => Climb(tags, learned, inBursts with { ErrorSeconds = length }, inBursts: true));
        var bursts = lasting.Where(end => end.Parameters is { ErrorSeconds: > 0, Others.Miss: >= LeastBurstMiss }).MaxBy(end => end.Score);
        var gain = Math.Max(LeastBurstGain, BurstGain * tags.Values.Sum(looks => looks.Positives));
        var (parameters, counted, _) = bursts is not null && bursts.Score > best.Score + gain ? bursts : best;
        var isPlain = parameters.ErrorSeconds <= 0 && SmoothingPrior.SeesNoErrors(learned.Plus(counted));
        return new SmoothingFit(parameters with { Plain = isPlain }, counted);
    }

    private static End Better(End one, End other) => other.Score > one.Score + 1e-9 ? other : one;

    private static End Climb(
        IReadOnlyDictionary<string, TagLooks> tags,
        SmoothingStatistics learned,
        SmoothingParameters start,
        bool inBursts
    )
    {
        var parameters = start;
        var counted = new SmoothingStatistics();
        var score = double.NegativeInfinity;
        for (var step = 0; step < Steps; step++)
        {
            (counted, var logLikelihood) = SmoothingExpectation.Of(tags, parameters);
            score = logLikelihood + SmoothingPrior.LogDensity(parameters);
            parameters = SmoothingPrior.Maximize(learned.Plus(counted), inBursts);
        }

        return new End(parameters, counted, score);
    }

    private static SmoothingParameters Erring(SmoothingParameters parameters, double miss, double imagine) =>
        parameters with
        {
            Others = parameters.Others with { Miss = miss, Imagine = imagine },
            Tags = parameters.Tags.ToDictionary(
                tag => tag.Key,
                tag => tag.Value with { Miss = miss, Imagine = imagine },
                StringComparer.Ordinal
            ),
        };

    private sealed record End(SmoothingParameters Parameters, SmoothingStatistics Counted, double Score);
}
