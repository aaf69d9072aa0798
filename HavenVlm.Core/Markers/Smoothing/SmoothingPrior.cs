namespace HavenVlm.Core.Markers.Smoothing;

/// <summary>What is believed before anything was learned, and how much it counts: each belief as so many looks or seconds already seen.</summary>
internal static class SmoothingPrior
{
    // What a good vision-language model does.
    private const double Miss = 0.15;
    private const double MissLooks = 60;
    private const double Imagine = 0.015;
    private const double ImagineLooks = 200;

    // Where errors come in bursts a short span looks like one: then much more has to be seen before imagining is believed to be frequent.
    private const double ImagineLooksInBursts = 2000;

    // 2,000 steps of two seconds each.
    private const double OnPerSecond = 1 / 300.0;
    private const double OffSeconds = 4000;
    private const double OffPerSecond = 1 / 40.0;
    private const double OnSeconds = 4000;

    // A tag deviates from all tags together only after so much of its own.
    private const double TagOnLooks = 400;
    private const double TagOffLooks = 2000;
    private const double TagSeconds = 4000;

    // No model is believed to imagine less: a lone positive is never certain.
    private const double LeastImagine = 0.01;
    private const double LeastMiss = 0.005;
    private const double Most = 0.95;

    private const double FollowedLooks = 20;
    private const double LeastRepeated = 0.15;
    private const double MostRepeated = 0.95;
    private const double LongestError = 10;

    // Errors that are as rare as this are none. Short spans that the smoothing would take for errors are among those counted.
    private const double RareMisses = 0.02;
    private const double RareImaginations = 0.004;
    private const double RareOnLooks = 200;
    private const double RareOffLooks = 1000;

    /// <summary>Without smoothing.</summary>
    public static SmoothingParameters Plain { get; } = Maximize(new SmoothingStatistics(), inBursts: false) with { Plain = true };

    /// <summary>The most probable numbers, given what was counted.</summary>
    /// <param name="counted">Expected counts.</param>
    /// <param name="inBursts">Whether errors may last; else each look errs by itself.</param>
    public static SmoothingParameters Maximize(SmoothingStatistics counted, bool inBursts)
    {
        var all = counted.Pooled();
        var pooled = new TagRates(
            Probability(all.Missed, all.OnLooks, Miss, MissLooks, LeastMiss),
            Probability(all.Imagined, all.OffLooks, Imagine, inBursts ? ImagineLooksInBursts : ImagineLooks, LeastImagine),
            Mean(all.Starts, all.OffSeconds, OnPerSecond, OffSeconds),
            Mean(all.Ends, all.OnSeconds, OffPerSecond, OnSeconds)
        );
        return new SmoothingParameters
        {
            Others = pooled,
            Tags = counted.Tags.ToDictionary(tag => tag.Key, tag => Deviating(tag.Value, pooled), StringComparer.Ordinal),
            ErrorSeconds = inBursts ? ErrorSeconds(counted) : 0,
            Bins = ConfidenceBins.Ratios(counted.BinsOn, counted.BinsOff),
        };
    }

    /// <summary>How well numbers agree with the prior, at most 0: its log density against that of its mode.</summary>
    public static double LogDensity(SmoothingParameters parameters)
    {
        var (miss, imagine, on, off) = parameters.Others;
        return -(MissLooks * Divergence(Miss, miss))
            - ((parameters.ErrorSeconds > 0 ? ImagineLooksInBursts : ImagineLooks) * Divergence(Imagine, imagine))
            - (OffSeconds * Excess(on, OnPerSecond))
            - (OnSeconds * Excess(off, OffPerSecond));
    }

    /// <summary>Whether no error of the model has become evident.</summary>
    public static bool SeesNoErrors(SmoothingStatistics counted)
    {
        var all = counted.Pooled();
        return all.Missed / (all.OnLooks + RareOnLooks) < RareMisses && all.Imagined / (all.OffLooks + RareOffLooks) < RareImaginations;
    }

    private static TagRates Deviating(TagStatistics tag, TagRates pooled) =>
        new(
            Probability(tag.Missed, tag.OnLooks, pooled.Miss, TagOnLooks, LeastMiss),
            Probability(tag.Imagined, tag.OffLooks, pooled.Imagine, TagOffLooks, LeastImagine),
            Mean(tag.Starts, tag.OffSeconds, pooled.On, TagSeconds),
            Mean(tag.Ends, tag.OnSeconds, pooled.Off, TagSeconds)
        );

    private static double ErrorSeconds(SmoothingStatistics counted)
    {
        var share = counted.Repeated / (counted.Followed + FollowedLooks);
        return share <= LeastRepeated
            ? 0
            : Math.Min(LongestError, -(counted.FollowedSeconds / counted.Followed) / Math.Log(Math.Min(share, MostRepeated)));
    }

    private static double Probability(double count, double of, double prior, double weight, double least) =>
        Math.Clamp(Mean(count, of, prior, weight), least, Most);

    private static double Mean(double count, double of, double prior, double weight) => (count + (prior * weight)) / (of + weight);

    /// <summary>Of Kullback and Leibler, between two coins.</summary>
    private static double Divergence(double p, double q) => (p * Math.Log(p / q)) + ((1 - p) * Math.Log((1 - p) / (1 - q)));

    private static double Excess(double rate, double prior) => rate - prior - (prior * Math.Log(rate / prior));
}
