namespace HavenVlm.Core.Markers.Smoothing;

/// <summary>What the looks at a tag came to: expected counts, which may be added up over scenes.</summary>
internal sealed record TagStatistics
{
    /// <summary>Looks while the tag was on.</summary>
    public double OnLooks { get; init; }

    /// <summary>Of these the ones that did not see it.</summary>
    public double Missed { get; init; }

    /// <summary>Looks while the tag was off.</summary>
    public double OffLooks { get; init; }

    /// <summary>Of these the ones that saw it.</summary>
    public double Imagined { get; init; }

    /// <summary>Times that it came on.</summary>
    public double Starts { get; init; }

    /// <summary>Seconds for which it was off.</summary>
    public double OffSeconds { get; init; }

    /// <summary>Times that it went off.</summary>
    public double Ends { get; init; }

    /// <summary>Seconds for which it was on.</summary>
    public double OnSeconds { get; init; }

    /// <summary>These and a share of others.</summary>
    public TagStatistics Plus(TagStatistics other, double share = 1) =>
        new()
        {
            OnLooks = Sum(OnLooks, other.OnLooks, share),
            Missed = Sum(Missed, other.Missed, share),
            OffLooks = Sum(OffLooks, other.OffLooks, share),
            Imagined = Sum(Imagined, other.Imagined, share),
            Starts = Sum(Starts, other.Starts, share),
            OffSeconds = Sum(OffSeconds, other.OffSeconds, share),
            Ends = Sum(Ends, other.Ends, share),
            OnSeconds = Sum(OnSeconds, other.OnSeconds, share),
        };

    /// <summary>Whether these can be counts.</summary>
    public bool IsSound() =>
        Array.TrueForAll(
            [OnLooks, Missed, OffLooks, Imagined, Starts, OffSeconds, Ends, OnSeconds],
            count => double.IsFinite(count) && count >= 0
        );

    /// <summary>Taking away what was added may leave a rounding error, which is no count.</summary>
    internal static double Sum(double a, double b, double share) => Math.Max(0, a + (share * b));
}
