namespace HavenVlm.Core.Markers.Smoothing;

/// <summary>How probable it is that a look says what it says.</summary>
/// <param name="On">While the tag is on.</param>
/// <param name="Off">While it is off.</param>
/// <param name="StayOn">While it is on as it was at the look before, whose draw may last.</param>
/// <param name="StayOff">While it is off as it was at the look before, whose draw may last.</param>
/// <param name="Copied">Share of the last two that comes from repeating the draw of the look before.</param>
internal readonly record struct Emission(double On, double Off, double StayOn, double StayOff, double Copied)
{
    /// <summary>Of each look at a tag.</summary>
    public static Emission[] Of(TagLooks looks, TagRates rates, double errorSeconds, IReadOnlyList<int> bins)
    {
        var emissions = new Emission[looks.Count];
        for (var i = 0; i < emissions.Length; i++)
        {
            emissions[i] =
                looks[i].Evidence == LookEvidence.None
                    ? new Emission(1, 1, 1, 1, 0)
                    : Of(looks[i], looks.IsSame(i), looks.Lasting(i, errorSeconds), rates, bins);
        }

        return emissions;
    }

    private static Emission Of(Look look, bool isSame, double lasting, TagRates rates, IReadOnlyList<int> bins)
    {
        var isPositive = look.Evidence == LookEvidence.Positive;
        var (on, off) = isPositive ? (1 - rates.Miss, rates.Imagine) : (rates.Miss, 1 - rates.Imagine);
        if (isPositive && look.Bin >= 0 && bins.Count > 0)
        {
            on *= Math.Exp(bins[look.Bin] / 1000.0);
        }

        var copied = isSame ? lasting : 0;
        return new Emission(on, off, copied + ((1 - lasting) * on), copied + ((1 - lasting) * off), copied);
    }
}
